package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.callback.token.LruMap;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Counts failures, and tells which addresses fail too often. An address may fail {@link #BURST} times at once, and once a
 * second after that.
 *
 * <p>It only counts: other callers may share an address, so each request is checked, and a valid one is always answered. It
 * does not protect against guessing; the length of the secrets does.
 *
 * <p>It is bounded: of more than {@link #MAX_KEYS} addresses, the one whose last failure is oldest is dropped.
 */
@Restricted(NoExternalUse.class)
public final class FailureLimiter {

    public static final int BURST = 200;
    static final int MAX_KEYS = 1000;
    static final Duration REFILL = Duration.ofSeconds(1);

    private static final Duration WHOLE_BURST = REFILL.multipliedBy(BURST);

    private final Clock steady;

    /** The time at which each address has its whole burst back, at most BURST * REFILL from now. */
    private final Map<String, Instant> recovered = LruMap.ofAtMost(MAX_KEYS);

    /** @param steady a clock that is never set, for measuring durations */
    public FailureLimiter(Clock steady) {
        this.steady = steady;
    }

    /**
     * Notes a failure.
     *
     * @return whether the address fails too often
     */
    public synchronized boolean fails(String address) {
        Instant now = steady.instant();
        Instant known = recovered.getOrDefault(keyOf(address), now);
        Instant next = (known.isBefore(now) ? now : known).plus(REFILL);
        boolean tooOften = next.isAfter(now.plus(WHOLE_BURST));
        recovered.put(keyOf(address), tooOften ? now.plus(WHOLE_BURST) : next);
        return tooOften;
    }

    /** Returns the address, or for IPv6 its network of 64 bits, since a host can have all addresses of that. */
    static String keyOf(String address) {
        if (address.indexOf(':') < 0) {
            return address;
        }
        try {
            byte[] bytes = InetAddress.getByName(address).getAddress(); // an address, so there is no DNS look-up
            return bytes.length == 4 ? address : HexFormat.of().formatHex(bytes, 0, 8);
        } catch (UnknownHostException x) {
            return address;
        }
    }

    synchronized int count() {
        return recovered.size();
    }
}
