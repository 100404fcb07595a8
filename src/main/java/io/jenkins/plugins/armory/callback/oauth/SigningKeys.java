package io.jenkins.plugins.armory.callback.oauth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.JsonResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The keys that sign what {@link IssuedTokens} issues: P-256 for ES256. A key signs for {@link #ROTATION}; then a new one
 * is made, and the old one stays, to verify with, until the last token that it signed has expired.
 *
 * <p>{@code iat} of a stored key is when it was made, and {@code exp} when the last token that it can have signed expires
 * (RFC 7517 allows further members, and the library has these).
 */
public final class SigningKeys {

    static final Duration ROTATION = Duration.ofDays(30);

    /** Where the keys are kept, as a whole; what is stored is secret. */
    public interface Store {
        /** @return what was stored last, {@code null} when nothing was */
        @CheckForNull
        byte[] load() throws IOException;

        void store(byte[] keys) throws IOException;
    }

    private final Store store;

    @CheckForNull
    private List<ECKey> keys; // the one that signs first; null before they are loaded

    public SigningKeys(Store store) {
        this.store = store;
    }

    /**
     * The key to sign with, made if there is none or if it is time for another.
     *
     * @param lifetime of the token to be signed
     * @throws IOException when the keys cannot be read, or a new one cannot be kept
     */
    synchronized ECKey toSign(Instant now, Duration lifetime) throws IOException {
        List<ECKey> known = load();
        ECKey newest = known.isEmpty() ? null : known.get(0);
        boolean signs = newest != null && now.isBefore(rotationOf(newest));
        if (signs && !expiryOf(newest).isBefore(rotationOf(newest).plus(lifetime))) {
            return newest;
        }
        List<ECKey> next = new ArrayList<>(known);
        if (signs) { // tokens live longer than they did when it was made
            next.set(
                    0,
                    new ECKey.Builder(newest)
                            .expirationTime(Date.from(rotationOf(newest).plus(lifetime)))
                            .build());
        } else {
            next.removeIf(key -> !now.isBefore(expiryOf(key)));
            next.add(0, generate(now, lifetime));
        }
        store.store(new JWKSet(List.<JWK>copyOf(next)).toString(false).getBytes(StandardCharsets.UTF_8));
        keys = List.copyOf(next);
        return next.get(0);
    }

    /** The key of that id, unless no token that it signed can be valid any more. */
    synchronized Optional<ECKey> find(String id, Instant now) throws IOException {
        return load().stream()
                .filter(key -> key.getKeyID().equals(id) && now.isBefore(expiryOf(key)))
                .findFirst();
    }

    /** What is needed to verify tokens, as a JWK set (RFC 7517, section 5); empty before the first one was issued. */
    public synchronized JsonResponse published(Instant now) throws IOException {
        JWKSet set = new JWKSet(load().stream()
                .filter(key -> now.isBefore(expiryOf(key)))
                .<JWK>map(ECKey::toPublicJWK)
                .toList());
        return JsonResponse.ok(JsonResponse.JSON.valueToTree(set.toJSONObject(true)));
    }

    private List<ECKey> load() throws IOException {
        if (keys == null) {
            byte[] stored = store.load();
            try {
                keys = stored == null
                        ? List.of()
                        : JWKSet.parse(new String(stored, StandardCharsets.UTF_8)).getKeys().stream()
                                .map(JWK::toECKey)
                                .toList();
            } catch (ParseException x) {
                throw new IOException("The keys that callback tokens are signed with cannot be read", x);
            }
        }
        return keys;
    }

    private static ECKey generate(Instant now, Duration lifetime) {
        try {
            return new ECKeyGenerator(Curve.P_256)
                    .keyID(UUID.randomUUID().toString())
                    .keyUse(KeyUse.SIGNATURE)
                    .algorithm(JWSAlgorithm.ES256)
                    .issueTime(Date.from(now))
                    .expirationTime(Date.from(now.plus(ROTATION).plus(lifetime)))
                    .generate();
        } catch (JOSEException x) {
            throw new IllegalStateException("This Java has no P-256", x);
        }
    }

    private static Instant rotationOf(ECKey key) {
        return key.getIssueTime().toInstant().plus(ROTATION);
    }

    private static Instant expiryOf(ECKey key) {
        return key.getExpirationTime().toInstant();
    }
}
