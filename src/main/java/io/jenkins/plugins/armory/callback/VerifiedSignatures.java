package io.jenkins.plugins.armory.callback;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers which signatures were found good: a client sends the same token with many callbacks, and the arithmetic takes
 * longer than all the rest of one. A signature that is good for a key stays so; whether the key still counts, and whatever
 * the token says, is looked at each time, as without this.
 *
 * <p>Of a token nothing is kept but a SHA-256 digest of it and the key, of a bad one nothing at all, and of more than
 * {@value #MAX} those that have not come for longest are forgotten.
 */
final class VerifiedSignatures {

    static final int MAX = 1000;

    /** Makes what verifies with a key, which may not be one to verify with. */
    interface Verifier {
        JWSVerifier get() throws JOSEException;
    }

    private final Map<String, Boolean> good = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX;
        }
    };

    /**
     * Whether the token is signed with that key.
     *
     * @throws JOSEException when such a key cannot have signed such a token
     */
    boolean verify(SignedJWT jwt, JWK key, Verifier verifier) throws JOSEException {
        String digest = digest(jwt.serialize() + ' ' + key.getRequiredParams()); // of the key, what is public and makes it up
        synchronized (good) {
            if (good.get(digest) != null) {
                return true;
            }
        }
        boolean verified = jwt.verify(verifier.get());
        if (verified) {
            synchronized (good) {
                good.put(digest, true);
            }
        }
        return verified;
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
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
}
