package io.jenkins.plugins.armory.callback;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down who fails too often. Each key, such as an address, may fail {@link #BURST} times at once, and once a second
 * after that. Only failures count, so whoever calls back properly never gets near.
 *
 * <p>Bounded: of more than {@link #MAX_KEYS} keys, those that have not failed for longest are forgotten.
 */
final class FailureLimiter {

    static final int BURST = 200;
    static final int MAX_KEYS = 1000;
    static final Duration REFILL = Duration.ofSeconds(1);

    private final Clock clock;

    /** When the key will have its whole burst back; no later than BURST * REFILL from now. */
    private final Map<String, Instant> recovered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MAX_KEYS;
        }
    };

    FailureLimiter(Clock clock) {
        this.clock = clock;
    }

    /** One for each address, but for IPv6 one for each network of 64 bits: whoever has one has all of its addresses. */
    static String keyOf(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress(); // no look-up: it is not a name
            return bytes.length == 4 ? address : HexFormat.of().formatHex(bytes, 0, 8);
        } catch (UnknownHostException x) {
            return address;
        }
    }

    /** Whether the key has failed so often that it has to wait. */
    synchronized boolean isExhausted(String key) {
        Instant until = recovered.get(key);
        return until != null && until.isAfter(clock.instant().plus(REFILL.multipliedBy(BURST - 1L)));
    }

    /** Notes a failure. */
    synchronized void failed(String key) {
        Instant now = clock.instant();
        Instant latest = now.plus(REFILL.multipliedBy(BURST));
        Instant next = recovered.getOrDefault(key, now);
        next = (next.isBefore(now) ? now : next).plus(REFILL);
        recovered.put(key, next.isAfter(latest) ? latest : next);
    }

    /**
     * Whether a guess has to wait. Others behind the same address may fail as they like: what somebody guesses at, if it is
     * there, has a count of its own for that address.
     *
     * @param guessedAt an approval or a client, {@code null} for one that is not there
     */
    boolean mustWait(String address, @CheckForNull String guessedAt) {
        return isExhausted(address) && (guessedAt == null || isExhausted(own(address, guessedAt)));
    }

    /** Notes a failure of such a guess. */
    void failed(String address, @CheckForNull String guessedAt) {
        failed(address);
        if (guessedAt != null) {
            failed(own(address, guessedAt));
        }
    }

    private static String own(String address, String guessedAt) {
        return address + ' ' + guessedAt;
    }

    /** The number of keys that are known. */
    synchronized int count() {
        return recovered.size();
    }
}
