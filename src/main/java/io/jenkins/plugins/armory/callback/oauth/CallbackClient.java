package io.jenkins.plugins.armory.callback.oauth;

import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.callback.token.JobPatterns;
import java.util.Objects;

/**
 * A client of the token endpoint, as the administrator lists it.
 *
 * @param credentialsId id of the username/password credential
 * @param id its username, the {@code client_id}
 * @param secret its password, the {@code client_secret}
 * @param jobs what its tokens may decide for
 */
public record CallbackClient(String credentialsId, String id, String secret, JobPatterns jobs) {

    public CallbackClient {
        Objects.requireNonNull(credentialsId, "credentialsId");
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(secret, "secret");
        Objects.requireNonNull(jobs, "jobs");
    }

    boolean hasSecret(String other) {
        return CallbackTokens.same(secret, other);
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "client " + id;
    }
}
