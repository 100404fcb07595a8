package io.jenkins.plugins.armory.part.protect;

import com.cloudbees.plugins.credentials.CredentialsProvider;
import com.cloudbees.plugins.credentials.CredentialsScope;
import com.cloudbees.plugins.credentials.SystemCredentialsProvider;
import com.cloudbees.plugins.credentials.common.IdCredentials;
import com.cloudbees.plugins.credentials.common.StandardCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.model.Item;
import hudson.security.ACL;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The credentials that environments of the administrators own, as they are stored: in the store of Jenkins itself, of
 * scope System, and under an id that nobody else offers. Otherwise a job could get them, or something else in their
 * place, without the environment.
 */
@Restricted(NoExternalUse.class)
public final class EnvironmentCredentials {

    private EnvironmentCredentials() {}

    /** Returns what Jenkins itself has under an id, whether an environment may own it or not. */
    public static Optional<IdCredentials> stored(String id) {
        return ofJenkins(id).findFirst();
    }

    /**
     * Returns the credential that an environment owns.
     *
     * @param job the job that uses it, {@code null} for none
     * @throws IllegalArgumentException saying why no environment may own it
     */
    public static StandardCredentials require(String id, @CheckForNull Item job) {
        List<IdCredentials> all = ofJenkins(id).toList();
        if (all.isEmpty()) {
            throw new IllegalArgumentException(
                    "there is no credential \"" + id + "\" in Jenkins itself; create it there, with the scope System");
        }
        if (all.size() > 1) {
            throw new IllegalArgumentException(
                    "there is more than one credential \"" + id + "\" in Jenkins itself; delete the others");
        }
        if (all.get(0).getScope() != CredentialsScope.SYSTEM) {
            throw new IllegalArgumentException("credential \"" + id
                    + "\" is not of the scope System, so that every job can read it; change its scope");
        }
        if (!(all.get(0) instanceof StandardCredentials only)
                || CredentialKind.of(only).isEmpty()) {
            throw new IllegalArgumentException(
                    "credential \"" + id
                            + "\" is of a kind that no environment can own: neither a Secret text, a user name with a password or an SSH key, a secret file nor a certificate");
        }
        for (CredentialsProvider provider : ExtensionList.lookup(CredentialsProvider.class)) {
            if (!(provider instanceof SystemCredentialsProvider.ProviderImpl)
                    && offered(provider, id, job).findAny().isPresent()) {
                throw new IllegalArgumentException("credential \"" + id + "\" is offered by "
                        + provider.getDisplayName() + " too; delete or rename that one");
            }
        }
        return only;
    }

    /** Returns why no environment may own a credential, empty if one may. */
    public static Optional<String> problem(String id) {
        try {
            require(id, null);
            return Optional.empty();
        } catch (IllegalArgumentException x) {
            return Optional.of(x.getMessage());
        }
    }

    private static Stream<IdCredentials> ofJenkins(String id) {
        return ExtensionList.lookup(CredentialsProvider.class).stream()
                .filter(SystemCredentialsProvider.ProviderImpl.class::isInstance)
                .flatMap(provider -> offered(provider, id, null));
    }

    private static Stream<IdCredentials> offered(CredentialsProvider provider, String id, @CheckForNull Item job) {
        List<IdCredentials> all = job == null
                ? provider.getCredentialsInItemGroup(IdCredentials.class, Jenkins.get(), ACL.SYSTEM2, List.of())
                : provider.getCredentialsInItem(IdCredentials.class, job, ACL.SYSTEM2, List.of());
        return all.stream().filter(each -> each.getId().equals(id) && !(each instanceof CredentialKind.Closed));
    }
}
