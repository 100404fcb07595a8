package io.jenkins.plugins.armory.part.signature;

import io.jenkins.plugins.armory.webhook.RequestSigner;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The symmetric signatures of Standard Webhooks 1.0.0: HMAC-SHA256 over {@code id.timestamp.body}. The project's own
 * library for Java is not used: it takes the body as a string and not as the bytes that arrived, has one key, and reads
 * the system's clock.
 */
@Restricted(NoExternalUse.class)
public final class StandardWebhooks {

    /** The header with the id of the message, the same for all attempts to send it. */
    public static final String ID = "webhook-id";

    /** The header with the time of the attempt, in seconds since 1970. */
    public static final String TIMESTAMP = "webhook-timestamp";

    /** The header with the signatures, separated by spaces. */
    public static final String SIGNATURE = "webhook-signature";

    /** The beginning of a symmetric signature. */
    public static final String VERSION = "v1,";

    /** The largest difference between the time of the attempt and the receiver's clock. */
    public static final Duration TOLERANCE = Duration.ofMinutes(5);

    private static final String HMAC = "HmacSHA256";

    private StandardWebhooks() {}

    /** Returns what signs requests, with a signature of each key. */
    static RequestSigner.Signing signing(SigningSecrets secrets) {
        return (id, at, body) -> {
            String timestamp = Long.toString(at.getEpochSecond());
            String signatures = secrets.keys().stream()
                    .map(key -> VERSION + Base64.getEncoder().encodeToString(mac(key, id, timestamp, body)))
                    .collect(Collectors.joining(" "));
            return Map.of(ID, id, TIMESTAMP, timestamp, SIGNATURE, signatures);
        };
    }

    /**
     * Returns the MAC of a message.
     *
     * @param timestamp as it stands in the header
     */
    public static byte[] mac(byte[] key, String id, String timestamp, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key, HMAC));
            mac.update((id + '.' + timestamp + '.').getBytes(StandardCharsets.UTF_8));
            return mac.doFinal(body);
        } catch (GeneralSecurityException x) {
            throw new IllegalStateException(x); // every Java has it
        }
    }
}
