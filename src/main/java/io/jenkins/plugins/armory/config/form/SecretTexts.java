package io.jenkins.plugins.armory.config.form;

import com.cloudbees.plugins.credentials.Credentials;
import com.cloudbees.plugins.credentials.CredentialsMatchers;
import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import com.cloudbees.plugins.credentials.common.StandardListBoxModel;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.ChosenSecrets;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Lookup of Secret text credentials. Templates may not use a credential that the settings trust with callbacks:
 * otherwise the author of a Pipeline could send it to their own server and decide for other jobs with it.
 */
@Restricted(NoExternalUse.class)
public final class SecretTexts {

    private SecretTexts() {}

    /** Something that is looked up in a credential. */
    @FunctionalInterface
    public interface LookUp<T> {
        T get() throws IOException;
    }

    /**
     * Looks up something in a credential with the rights of Jenkins itself, which may take as long as its provider
     * does.
     *
     * @param id that of the credential, for messages
     * @throws IOException if the provider of the credential fails
     * @throws IllegalArgumentException as the look-up does
     */
    public static <T> T read(String id, LookUp<T> lookUp) throws IOException {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return lookUp.get();
        } catch (IllegalArgumentException x) {
            throw x;
        } catch (RuntimeException x) {
            throw new IOException(
                    "the secret of " + id + " cannot be read; check the provider of that credential: " + x, x);
        }
    }

    /**
     * Returns that the secret of a caller is too short. Empty if it is not, or if it is not there or cannot be read
     * now: it is looked at again when it is used.
     *
     * @param id that of the credential
     */
    public static Optional<String> problem(String id, LookUp<Optional<String>> secret) {
        try {
            return read(id, secret).flatMap(found -> tooShort(id, found));
        } catch (IOException | IllegalArgumentException x) {
            return Optional.empty();
        }
    }

    /** Returns that a Secret text of Jenkins itself is too short, see {@link #problem(String, LookUp)}. */
    public static Optional<String> problem(@CheckForNull String id) {
        return id == null ? Optional.empty() : problem(id, () -> text(ofJenkins(id)));
    }

    /** Returns that a Secret text of a job is too short; empty also for a user who may not use its credentials. */
    public static Optional<String> problem(@CheckForNull Item item, @CheckForNull String id) {
        return id == null || item == null || !item.hasPermission(CredentialsProvider.USE_ITEM)
                ? Optional.empty()
                : problem(id, () -> text(unlessOfSystem(find(StringCredentials.class, id, item.getParent()))));
    }

    private static Optional<String> text(@CheckForNull StringCredentials credentials) {
        return Optional.ofNullable(credentials).map(found -> found.getSecret().getPlainText());
    }

    /** Returns that a secret is too short, empty if it is not. */
    public static Optional<String> tooShort(String id, String secret) {
        return ChosenSecrets.isTooShort(secret) ? Optional.of(Messages.SecretTexts_tooShort(id)) : Optional.empty();
    }

    /** @throws IllegalArgumentException naming the field, if there is a problem */
    public static void require(String field, Optional<String> problem) {
        problem.ifPresent(text -> {
            throw new IllegalArgumentException(field + ": " + text);
        });
    }

    /** Returns a credential of Jenkins itself, of any scope; {@code null} if there is none. */
    @CheckForNull
    public static StringCredentials ofJenkins(String id) {
        return find(StringCredentials.class, id, Jenkins.get());
    }

    /** Returns a credential of a folder or of Jenkins itself, of any scope; {@code null} if there is none. */
    @CheckForNull
    public static <T extends IdCredentials> T find(Class<T> type, String id, ItemGroup<?> place) {
        return CredentialsProvider.findCredentialByIdInItemGroup(id, type, place, ACL.SYSTEM2, List.of());
    }

    /**
     * Returns the credential that may decide an approval, {@code null} if there is none. A credential that the step
     * names is looked up for its job. One that the settings trust is looked up in Jenkins itself, so no credential of a
     * folder replaces it, and a step may name it unless it is of scope System. That of a rule is of Jenkins itself, and
     * of scope System.
     *
     * @param allowedCallers the allowed callers of the approval
     */
    @CheckForNull
    public static StringCredentials ofCaller(String id, List<String> allowedCallers, Run<?, ?> run, boolean isRule) {
        if (isRule) {
            return ofRule(id);
        }
        if (!AllowedCallers.nameCredential(allowedCallers, id)) {
            return ofJenkins(id);
        }
        return Settings.get().trusts(id)
                ? unlessOfSystem(ofJenkins(id))
                : CredentialsProvider.findCredentialById(id, StringCredentials.class, run);
    }

    /** Returns the credential of a caller that may decide a rule of an environment, {@code null} if there is none. */
    @CheckForNull
    public static StringCredentials ofRule(String id) {
        StringCredentials credentials = ofJenkins(id);
        return credentials == null || credentials.getScope() != CredentialsScope.SYSTEM ? null : credentials;
    }

    @CheckForNull
    static <T extends Credentials> T unlessOfSystem(@CheckForNull T credentials) {
        return credentials == null || credentials.getScope() == CredentialsScope.SYSTEM ? null : credentials;
    }

    /** @throws IllegalArgumentException if the settings trust the credential with callbacks */
    public static void refuseTrusted(String id) {
        if (Settings.get().trusts(id)) {
            throw new IllegalArgumentException(
                    "is a credential that Manage Jenkins » System trusts with callbacks. No job may send it;"
                            + " create another credential for the service that is called");
        }
    }

    /**
     * Returns the list for a form: the credentials that the item may use, if the user may configure it; else the
     * current one only.
     *
     * @param item the configured item, {@code null} for Jenkins itself
     * @param current the id of the current credential
     */
    public static ListBoxModel items(@CheckForNull Item item, String current) {
        return items(StringCredentials.class, item, current);
    }

    /** @param type the kind of credentials */
    public static ListBoxModel items(
            Class<? extends StandardCredentials> type, @CheckForNull Item item, String current) {
        StandardListBoxModel items = new StandardListBoxModel();
        if (item == null) {
            if (Jenkins.get().hasPermission(Jenkins.ADMINISTER)) {
                items.includeEmptyValue()
                        .includeMatchingAs(ACL.SYSTEM2, Jenkins.get(), type, List.of(), CredentialsMatchers.always());
            }
        } else if (item.hasPermission(Item.EXTENDED_READ) || item.hasPermission(CredentialsProvider.USE_ITEM)) {
            items.includeEmptyValue()
                    .includeMatchingAs(ACL.SYSTEM2, item, type, List.of(), CredentialsMatchers.always());
        }
        return items.includeCurrentValue(current);
    }
}
