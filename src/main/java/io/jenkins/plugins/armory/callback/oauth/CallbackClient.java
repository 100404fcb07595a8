package io.jenkins.plugins.armory.callback.oauth;

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
 * A client of the token endpoint, as the administrator lists it.
 *
 * @param credentialsId the id of the username/password credential
 * @param id the username of the credential, which is the {@code client_id}; empty if that cannot be read now
 * @param password returns the password of the credential, which is the {@code client_secret}; it may take long, and throws
 *     {@link UncheckedIOException} if it cannot be read now
 * @param jobs the jobs that the client's tokens may decide for
 * @param ofSystem whether the credential is of scope System, so that no Pipeline can read it
 */
@Restricted(NoExternalUse.class)
public record CallbackClient(
        String credentialsId, String id, Supplier<String> password, JobPatterns jobs, boolean ofSystem) {

    /** Returns a client of which nothing can be read now. */
    public static CallbackClient unread(String credentialsId, JobPatterns jobs, IOException why) {
        return new CallbackClient(
                credentialsId,
                "",
                () -> {
                    throw new UncheckedIOException(why);
                },
                jobs,
                false);
    }

    /**
     * Returns the clients that have one of several ids.
     *
     * @throws UncheckedIOException if there is none, and it may be one that cannot be read now
     */
    public static List<CallbackClient> named(Set<String> ids, List<CallbackClient> listed) {
        List<CallbackClient> named =
                listed.stream().filter(client -> ids.contains(client.id)).toList();
        if (named.isEmpty()) {
            listed.stream().filter(client -> client.id.isEmpty()).forEach(unread -> unread.password.get()); // throws
        }
        return named;
    }

    /** Returns the client with its password as it was read. */
    CallbackClient withPassword(String read) {
        return new CallbackClient(credentialsId, id, () -> read, jobs, ofSystem);
    }

    /** Returns the client with the jobs of another entry too. */
    public CallbackClient and(CallbackClient other) {
        return new CallbackClient(credentialsId, id, password, jobs.and(other.jobs), ofSystem);
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
