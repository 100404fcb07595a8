package io.jenkins.plugins.armory.callback;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells which addresses fail too often. An address may fail {@link #BURST} times at once, and once a second after that.
 *
 * <p>It counts failures and keeps nobody out: others may share an address, so whatever is sent is looked at, and what is right is
 * answered. It is no protection against guessing, then; that is the length of a secret.
 *
 * <p>Bounded: of more than {@link #MAX_KEYS} addresses, the one whose last failure is oldest is dropped.
 */
public final class FailureLimiter {

    public static final int BURST = 200;
    static final int MAX_KEYS = 1000;
    static final Duration REFILL = Duration.ofSeconds(1);

    private static final Duration WHOLE_BURST = REFILL.multipliedBy(BURST);

    private final Clock steady;

    /** When the address will have its whole burst back; no later than BURST * REFILL from now. */
    private final Map<String, Instant> recovered = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
            return size() > MAX_KEYS;
        }
    };

    /** @param steady a clock that nobody sets, since it measures how long something takes */
    public FailureLimiter(Clock steady) {
        this.steady = steady;
    }

    /**
     * Notes a failure.
     *
     * @return whether the address has failed too often
     */
    public synchronized boolean fails(String address) {
        Instant now = steady.instant();
        Instant known = recovered.getOrDefault(keyOf(address), now);
        Instant next = (known.isBefore(now) ? now : known).plus(REFILL);
        boolean tooOften = next.isAfter(now.plus(WHOLE_BURST));
        recovered.put(keyOf(address), tooOften ? now.plus(WHOLE_BURST) : next);
        return tooOften;
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

    /** The number of addresses that are known. */
    synchronized int count() {
        return recovered.size();
    }
}
