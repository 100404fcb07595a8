package io.jenkins.plugins.armory.config;

import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Item;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.util.ListBoxModel;
import java.util.List;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;

/** Secret text credentials, as whoever asks may see them. */
public final class SecretTexts {

    private SecretTexts() {}

    /** The credential of that id as the build's job may see it, {@code null} where it may see none. */
    @CheckForNull
    public static StringCredentials visibleTo(Run<?, ?> run, String id) {
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
