package io.jenkins.plugins.armory.callback.token;

import com.nimbusds.jose.Header;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.jwt.SignedJWT;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Reads JWTs, and remembers those with a good signature. A client sends the same token with many callbacks, and parsing it
 * takes longer than the rest of a callback; verifying its signature takes far longer. Only the content and the signing key
 * are remembered. Whether that key and the content are still valid is checked each time.
 *
 * <p>A token is remembered by a SHA-256 digest and without its signature, so it cannot be recovered from here. Tokens with a
 * bad signature are not remembered. Of more than {@value #MAX} tokens, the least recently used is dropped.
 */
@Restricted(NoExternalUse.class)
public final class VerifiedTokens {

    public static final int MAX = 1000;

    /** Creates the verifier of a key. */
    @FunctionalInterface
    public interface VerifierFactory {
        /** @throws JOSEException if the key cannot verify signatures */
        JWSVerifier create() throws JOSEException;
    }

    /** @param key the public parameters of the key that signed the token */
    private record Known(Header header, JWTClaimsSet claims, String key) {}

    private final Map<String, Known> good = LruMap.ofAtMost(MAX);

    /** Parses a token. Returns nothing if it is not a JWT with readable claims; the JWT need not be signed. */
    public Optional<Received> read(String token) {
        String digest = digest(token);
        Known known = find(digest);
        if (known != null) {
            return Optional.of(new Received(token, digest, known.header(), known.claims()));
        }
        try {
            JWT jwt = JWTParser.parse(token);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            return claims == null
                    ? Optional.empty()
                    : Optional.of(new Received(token, digest, jwt.getHeader(), claims));
        } catch (ParseException | RuntimeException x) { // the library's parsers throw unchecked exceptions too
            return Optional.empty();
        }
    }

    @CheckForNull
    private Known find(String digest) {
        synchronized (good) {
            return good.get(digest);
        }
    }

    private static String digest(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException x) {
            throw new IllegalStateException(x); // every Java has it
        }
    }

    int count() {
        synchronized (good) {
            return good.size();
        }
    }

    /** A JWT as it was received. Its content must not be trusted before {@link #isSignedWith}. */
    public final class Received {

        private final String token;
        private final String digest;
        private final Header header;
        private final JWTClaimsSet claims;

        private Received(String token, String digest, Header header, JWTClaimsSet claims) {
            this.token = token;
            this.digest = digest;
            this.header = header;
            this.claims = claims;
        }

        /** Returns the header, a {@link com.nimbusds.jose.JWSHeader} if the JWT is signed. */
        public Header header() {
            return header;
        }

        public JWTClaimsSet claims() {
            return claims;
        }

        /** Returns whether the JWT is signed with a key; not, if such a key cannot sign such a token. */
        public boolean isSignedWith(JWK key, VerifierFactory verifier) {
            String parameters = key.getRequiredParams().toString();
            Known known = find(digest);
            if (known != null && known.key().equals(parameters)) {
                return true;
            }
            try {
                if (!SignedJWT.parse(token).verify(verifier.create())) {
                    return false;
                }
            } catch (ParseException | JOSEException x) {
                return false;
            }
            synchronized (good) {
                good.put(digest, new Known(header, claims, parameters));
            }
            return true;
        }
    }
}
