package io.jenkins.plugins.armory.webhook;

import java.time.Instant;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Signs the requests of webhooks with {@code signWith}. A part implements it as an {@code @Extension}. */
@Restricted(NoExternalUse.class)
public interface RequestSigner {

    /**
     * Returns what signs with a secret.
     *
     * @throws IllegalArgumentException if it cannot sign; the message says what is wrong with it, and shows no part of
     *     it
     */
    Signing with(String secret);

    /** What signs with one secret. */
    @FunctionalInterface
    interface Signing {

        /**
         * Returns the headers of a signed request.
         *
         * @param messageId the same for all attempts of one call
         * @param now the time of the attempt
         * @param body the bytes of the body, empty if there is none
         */
        Map<String, String> headers(String messageId, Instant now, byte[] body);
    }
}
