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
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The keys that sign the tokens of {@link IssuedTokens}: P-256 for ES256. A key signs for {@link #ROTATION}, and then a new
 * one is generated. The old one stays, for verifying, until the last token that it signed has expired.
 *
 * <p>In a stored key, {@code iat} is the time of its generation, and {@code exp} the latest expiry of a token that it may
 * have signed. RFC 7517 allows further members, and the library has these.
 */
@Restricted(NoExternalUse.class)
public final class SigningKeys {

    static final Duration ROTATION = Duration.ofDays(30);

    /** The storage of all keys. Its content is secret. */
    public interface Store {
        /** Returns the content that was stored last, or {@code null}. */
        @CheckForNull
        byte[] load() throws IOException;

        void store(byte[] keys) throws IOException;
    }

    private final Store store;

    @CheckForNull
    private List<ECKey> keys; // the signing key first; null before they are loaded

    public SigningKeys(Store store) {
        this.store = store;
    }

    /**
     * Returns the key to sign with. Generates one if there is none, or if it is time for the next.
     *
     * @param lifetime the lifetime of the token to be signed
     * @throws IOException if the keys cannot be read, or a new one cannot be stored
     */
    synchronized ECKey toSign(Instant now, Duration lifetime) throws IOException {
        List<ECKey> known = load();
        ECKey newest = known.isEmpty() ? null : known.get(0);
        if (newest == null || !now.isBefore(rotationOf(newest)) || isOfTheFuture(newest, now)) {
            return store(withNew(known, now, lifetime));
        }
        if (expiryOf(newest).isBefore(rotationOf(newest).plus(lifetime))) { // the lifetime was shorter before
            return store(withLonger(known, lifetime));
        }
        return newest;
    }

    private static List<ECKey> withNew(List<ECKey> known, Instant now, Duration lifetime) {
        var next = new ArrayList<ECKey>();
        next.add(generate(now, lifetime));
        known.stream().filter(key -> now.isBefore(expiryOf(key))).forEach(next::add);
        return next;
    }

    private static List<ECKey> withLonger(List<ECKey> known, Duration lifetime) {
        var next = new ArrayList<>(known);
        ECKey newest = known.get(0);
        next.set(
                0,
                new ECKey.Builder(newest)
                        .expirationTime(Date.from(rotationOf(newest).plus(lifetime)))
                        .build());
        return next;
    }

    private ECKey store(List<ECKey> next) throws IOException {
        store.store(new JWKSet(List.<JWK>copyOf(next)).toString(false).getBytes(StandardCharsets.UTF_8));
        keys = List.copyOf(next);
        return next.get(0);
    }

    /** Returns the key with an id, unless all tokens that it signed have expired. */
    synchronized Optional<ECKey> find(String id, Instant now) throws IOException {
        return load().stream()
                .filter(key -> key.getKeyID().equals(id) && now.isBefore(expiryOf(key)))
                .findFirst();
    }

    /** Returns the public keys as a JWK set (RFC 7517, section 5). It is empty before the first token. */
    public synchronized JsonResponse published(Instant now) throws IOException {
        var set = new JWKSet(load().stream()
                .filter(key -> now.isBefore(expiryOf(key)))
                .<JWK>map(ECKey::toPublicJWK)
                .toList());
        return JsonResponse.ok(JsonResponse.JSON.valueToTree(set.toJSONObject(true)));
    }

    private List<ECKey> load() throws IOException {
        if (keys == null) {
            byte[] stored = store.load();
            keys = stored == null ? List.of() : parse(new String(stored, StandardCharsets.UTF_8));
        }
        return keys;
    }

    private static List<ECKey> parse(String stored) throws IOException {
        try {
            return JWKSet.parse(stored).getKeys().stream().map(JWK::toECKey).toList();
        } catch (ParseException x) {
            throw new IOException("The keys that callback tokens are signed with cannot be read", x);
        }
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

    /** Returns whether the clock was ahead when the key was generated. It would sign until the clock has caught up. */
    private static boolean isOfTheFuture(ECKey key, Instant now) {
        return now.isBefore(key.getIssueTime().toInstant());
    }

    private static Instant rotationOf(ECKey key) {
        return key.getIssueTime().toInstant().plus(ROTATION);
    }

    private static Instant expiryOf(ECKey key) {
        return key.getExpirationTime().toInstant();
    }
}
