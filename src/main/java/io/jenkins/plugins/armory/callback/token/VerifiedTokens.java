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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Reads JWTs, and remembers those whose signature was found good: a client sends the same token with many callbacks, and to
 * parse it takes longer than all the rest of one, and the arithmetic far longer. What a token says, and that it was signed
 * with a key, stays so; whether the key still counts, and whether what the token says is still good, is looked at each time.
 *
 * <p>A token is remembered by a SHA-256 digest of it, without its signature, so that none can be had from here; nothing is
 * kept of a bad one, and of more than {@value #MAX} those that have not come for longest are forgotten.
 */
public final class VerifiedTokens {

    public static final int MAX = 1000;

    /** Makes what verifies with a key, which may not be one to verify with. */
    public interface Verifier {
        JWSVerifier get() throws JOSEException;
    }

    /** @param key what is public and makes it up */
    private record Known(Header header, JWTClaimsSet claims, String key) {}

    private final Map<String, Known> good = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
            return size() > MAX;
        }
    };

    /** The token as a JWT, signed or not, with claims that can be read; empty when it is none. */
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
        } catch (ParseException | RuntimeException x) { // the library's parsers are not free of unchecked exceptions
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

    /** How many are remembered. */
    int count() {
        synchronized (good) {
            return good.size();
        }
    }

    /** A JWT as it was sent: nothing vouches for what it says but {@link #isSignedWith}. */
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

        /** A {@link com.nimbusds.jose.JWSHeader} when it is signed. */
        public Header header() {
            return header;
        }

        public JWTClaimsSet claims() {
            return claims;
        }

        /**
         * Whether it is signed with that key.
         *
         * @throws JOSEException when such a key cannot have signed such a token
         */
        public boolean isSignedWith(JWK key, Verifier verifier) throws JOSEException {
            String what = key.getRequiredParams().toString();
            Known known = find(digest);
            if (known != null && known.key().equals(what)) {
                return true;
            }
            if (!verify(verifier.get())) {
                return false;
            }
            synchronized (good) {
                good.put(digest, new Known(header, claims, what));
            }
            return true;
        }

        private boolean verify(JWSVerifier verifier) throws JOSEException {
            try {
                return SignedJWT.parse(token).verify(verifier);
            } catch (ParseException x) {
                throw new JOSEException("not signed", x);
            }
        }
    }
}
