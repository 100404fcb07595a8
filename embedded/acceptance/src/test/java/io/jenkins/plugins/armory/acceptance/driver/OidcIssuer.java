package io.jenkins.plugins.armory.acceptance.driver;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.function.Consumer;

/**
 * An outside issuer of JWTs, as far as whoever verifies them sees it: a discovery document and a JWK set with one RSA
 * key.
 */
public final class OidcIssuer implements AutoCloseable {

    /** What its tokens are for. */
    public static final String AUDIENCE = "https://jenkins.example.com/";

    /** The {@code sub} of its tokens. */
    public static final String SUBJECT = "repo:octo-org/octo-repo:ref:refs/heads/main";

    private static final int RSA_BITS = 2048;

    private final ExternalProcess process = new ExternalProcess();
    private final KeyPair key = pair();

    public OidcIssuer() {
        process.onCall(call -> new Reply(200, Map.of(), call.path().endsWith("/jwks") ? keys() : discovery()));
    }

    private static KeyPair pair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(RSA_BITS);
            return generator.generateKeyPair();
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }

    /** Its {@code iss}. */
    public String url() {
        return process.url();
    }

    private String discovery() {
        return "{\"issuer\": \"%1$s\", \"jwks_uri\": \"%1$s/jwks\"}".formatted(url());
    }

    private String keys() {
        byte[] modulus = ((RSAPublicKey) key.getPublic()).getModulus().toByteArray(); // with a sign in front
        return "{\"keys\": [{\"kty\": \"RSA\", \"kid\": \"rsa\", \"use\": \"sig\", \"n\": \"%s\", \"e\": \"AQAB\"}]}"
                .formatted(base64(Arrays.copyOfRange(modulus, 1, modulus.length)));
    }

    /** A genuine token, valid for the next five minutes. */
    public String token() {
        return token(claims -> {});
    }

    /** A token that is signed as it should be, with other claims. */
    public String token(Consumer<ObjectNode> change) {
        return token(key, change);
    }

    /** A token that somebody else has signed. */
    public String forgedToken() {
        return token(pair(), claims -> {});
    }

    private String token(KeyPair signer, Consumer<ObjectNode> change) {
        long now = Instant.now().getEpochSecond();
        ObjectNode claims = Http.JSON
                .createObjectNode()
                .put("iss", url())
                .put("aud", AUDIENCE)
                .put("sub", SUBJECT)
                .put("repository", "octo-org/octo-repo")
                .put("iat", now)
                .put("nbf", now)
                .put("exp", now + 300);
        change.accept(claims);
        String input = base64("{\"alg\":\"RS256\",\"kid\":\"rsa\"}".getBytes(StandardCharsets.UTF_8))
                + '.'
                + base64(claims.toString().getBytes(StandardCharsets.UTF_8));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(signer.getPrivate());
            signature.update(input.getBytes(StandardCharsets.UTF_8));
            return input + '.' + base64(signature.sign());
        } catch (GeneralSecurityException x) {
            throw new AssertionError(x);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Override
    public void close() {
        process.close();
    }
}
