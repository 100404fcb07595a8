package io.jenkins.plugins.armory.part.oauth;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.ChosenSecrets;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A client of {@code oauth/token}.
 *
 * @param credentialsId the id of the username/password credential
 * @param id the username of the credential, which is the {@code client_id}; empty if that cannot be read now
 * @param password returns the password of the credential, which is the {@code client_secret}; it may take long, and
 *     throws {@link UncheckedIOException} if it cannot be read now
 * @param jobs the jobs that the client's tokens may decide for
 * @param ofSystem whether the credential is of scope System, so that no Pipeline can read it
 * @param unread why the credential cannot be read now, {@code null} if it can
 */
@Restricted(NoExternalUse.class)
public record OAuthClient(
        String credentialsId,
        String id,
        Supplier<String> password,
        JobPatterns jobs,
        boolean ofSystem,
        @CheckForNull IOException unread) {

    public OAuthClient(String credentialsId, String id, Supplier<String> password, JobPatterns jobs, boolean ofSystem) {
        this(credentialsId, id, password, jobs, ofSystem, null);
    }

    /** Returns a client of which nothing can be read now. */
    public static OAuthClient unread(String credentialsId, JobPatterns jobs, IOException why) {
        return new OAuthClient(
                credentialsId,
                "",
                () -> {
                    throw new UncheckedIOException(why);
                },
                jobs,
                false,
                why);
    }

    /**
     * Returns the clients that have one of several ids.
     *
     * @throws UncheckedIOException if there is none, and it may be one that cannot be read now
     */
    public static List<OAuthClient> named(Set<String> ids, List<OAuthClient> listed) {
        List<OAuthClient> named =
                listed.stream().filter(client -> ids.contains(client.id)).toList();
        if (named.isEmpty()) {
            for (OAuthClient client : listed) {
                if (client.unread != null) {
                    throw new UncheckedIOException(client.unread);
                }
            }
        }
        return named;
    }

    /** Returns the client with its password as it was read. */
    OAuthClient withPassword(String read) {
        return new OAuthClient(credentialsId, id, () -> read, jobs, ofSystem, unread);
    }

    /** Returns the client with the jobs of another entry too. */
    public OAuthClient and(OAuthClient other) {
        return new OAuthClient(credentialsId, id, password, jobs.and(other.jobs), ofSystem, unread);
    }

    /** Returns whether this is the secret. Nobody is a client whose secret is too short. */
    boolean hasSecret(String other) {
        String secret = password.get();
        return !ChosenSecrets.isTooShort(secret) && CallbackTokens.same(secret, other);
    }

    /** Returns a text without the secret. */
    @Override
    public String toString() {
        return "client " + id;
    }
}
