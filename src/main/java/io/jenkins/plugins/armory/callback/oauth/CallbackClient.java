package io.jenkins.plugins.armory.callback.oauth;

import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A client of the token endpoint, as the administrator lists it.
 *
 * @param credentialsId the id of the username/password credential
 * @param id the username of the credential, which is the {@code client_id}
 * @param secret the password of the credential, which is the {@code client_secret}
 * @param jobs the jobs that the client's tokens may decide for
 * @param ofSystem whether the credential is of scope System, so that no Pipeline can read it
 */
@Restricted(NoExternalUse.class)
public record CallbackClient(String credentialsId, String id, String secret, JobPatterns jobs, boolean ofSystem) {

    /** Returns the client with the jobs of another entry too. */
    public CallbackClient and(CallbackClient other) {
        return new CallbackClient(credentialsId, id, secret, jobs.and(other.jobs), ofSystem);
    }

    /** Returns whether this is the secret. A client whose password was left blank has none, and nobody is that client. */
    boolean hasSecret(String other) {
        return !lacksSecret() && CallbackTokens.same(secret, other);
    }

    public boolean lacksSecret() {
        return secret.isBlank();
    }

    /** Returns a text without the secret. */
    @Override
    public String toString() {
        return "client " + id;
    }
}
