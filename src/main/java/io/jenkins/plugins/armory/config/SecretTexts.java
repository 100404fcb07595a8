package io.jenkins.plugins.armory.config;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Secret text credentials, as whoever asks may see them. Those that the settings trust with callbacks are no job's to send: else
 * whoever writes a Pipeline could have them sent to himself, and decide for other jobs with them.
 */
@Restricted(NoExternalUse.class)
public final class SecretTexts {

    private SecretTexts() {}

    /** The credential of that id as Jenkins itself sees it, of scope System too; {@code null} where there is none. */
    @CheckForNull
    static StringCredentials ofJenkins(String id) {
        return CredentialsProvider.findCredentialByIdInItemGroup(
                id, StringCredentials.class, Jenkins.get(), ACL.SYSTEM2, List.of());
    }

    /**
     * The credential whose holder may decide an approval, {@code null} where there is none. One that the step names is looked up as
     * its job may see it, the one of the settings as Jenkins itself does: no credential of a folder stands in for it.
     *
     * @param allowedCallers of the approval
     */
    @CheckForNull
    public static StringCredentials ofCaller(String id, List<String> allowedCallers, Run<?, ?> run) {
        return AllowedCallers.nameCredential(allowedCallers, id) ? visibleTo(run, id) : ofJenkins(id);
    }

    /**
     * {@code {{secrets.ID}}} of a job's template, {@code null} where the job may use no such credential.
     *
     * @throws IllegalArgumentException when the settings trust it with callbacks
     */
    @CheckForNull
    public static StringCredentials forTemplate(String id, Run<?, ?> run) {
        refuseTrusted(id);
        return visibleTo(run, id);
    }

    /**
     * {@code {{secrets.ID}}} as the jobs of a place would see it.
     *
     * @throws IllegalArgumentException when the settings trust it with callbacks
     */
    @CheckForNull
    static StringCredentials forTemplate(String id, ItemGroup<?> place) {
        refuseTrusted(id);
        StringCredentials credentials = CredentialsProvider.findCredentialByIdInItemGroup(
                id, StringCredentials.class, place, ACL.SYSTEM2, List.of());
        return credentials == null || credentials.getScope() == CredentialsScope.SYSTEM ? null : credentials;
    }

    private static void refuseTrusted(String id) {
        if (ArmoryConfiguration.get().trusts(id)) {
            throw new IllegalArgumentException(
                    "is a credential that Manage Jenkins » System trusts with callbacks, which no job"
                            + " may send; make another one for the service that is called");
        }
    }

    @CheckForNull
    private static StringCredentials visibleTo(Run<?, ?> run, String id) {
        return CredentialsProvider.findCredentialById(id, StringCredentials.class, run);
    }

    /**
     * What a form offers to the current user: all that the item may use to whoever may configure it, and to others no
     * more than what is chosen already.
     *
     * @param item what is configured, {@code null} for Jenkins itself
     * @param current id of what is chosen
     */
    public static ListBoxModel items(@CheckForNull Item item, String current) {
        StandardListBoxModel items = new StandardListBoxModel();
        if (item == null) {
            if (Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
                items.includeEmptyValue()
                        .includeMatchingAs(
                                ACL.SYSTEM2,
                                Jenkins.get(),
                                StringCredentials.class,
                                List.of(),
                                CredentialsMatchers.always());
            }
        } else if (item.hasPermission(Item.EXTENDED_READ) || item.hasPermission(CredentialsProvider.USE_ITEM)) {
            items.includeEmptyValue()
                    .includeMatchingAs(
                            ACL.SYSTEM2, item, StringCredentials.class, List.of(), CredentialsMatchers.always());
        }
        return items.includeCurrentValue(current);
    }
}
