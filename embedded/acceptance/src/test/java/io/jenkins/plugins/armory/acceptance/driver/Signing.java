package io.jenkins.plugins.armory.acceptance.driver;

import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A message that an external process signs as Standard Webhooks 1.0.0 say. */
public record Signing(String secret, String id, Instant at) {

    private static final String PREFIX = "whsec_";

    /** A new message, signed now. */
    public static Signing with(String secret) {
        return new Signing(secret, "msg_" + UUID.randomUUID(), Instant.now());
    }

    /** The body of a callback that is signed: it names the approval. */
    public static String success(Callback callback) {
        return "{\"success\": true, \"mdMessage\": \"signed\", \"approvalId\": \"" + callback.id() + "\"}";
    }

    public Signing at(Instant time) {
        return new Signing(secret, id, time);
    }

    public HttpRequest.Builder sign(HttpRequest.Builder request, String body) {
        headers(body).forEach(request::header);
        return request;
    }

    /** The headers of the message. */
    public Map<String, String> headers(String body) {
        String timestamp = String.valueOf(at.getEpochSecond());
        return Map.of(
                "webhook-id", id,
                "webhook-timestamp", timestamp,
                "webhook-signature", signature(secret, id, timestamp, body));
    }

    /** The signature of a message. */
    public static String signature(String secret, String id, String timestamp, String body) {
        byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
        return "v1," + Base64.getEncoder().encodeToString(mac(key, id + "." + timestamp + "." + body));
    }

    private static byte[] mac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }
}
