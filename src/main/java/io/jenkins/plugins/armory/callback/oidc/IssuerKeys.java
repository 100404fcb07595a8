package io.jenkins.plugins.armory.callback.oidc;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.token.CallersLimit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The keys of one outside issuer, as last fetched. They are fetched again once they are older than {@link #FRESH}, or if a
 * token names a key that is not among them, but at most once in {@link #PAUSE}. While the issuer does not answer, the old keys
 * are used for {@link #STALE}.
 *
 * <p>The JWT library has such a cache too. But it allows two requests in an interval, and all callers wait for its lock. Here
 * few callers of one issuer wait ({@link CallersLimit}), for {@link #PATIENCE} at most.
 */
final class IssuerKeys {

    static final Duration FRESH = Duration.ofMinutes(15);
    static final Duration STALE = Duration.ofHours(24);
    static final Duration PAUSE = Duration.ofMinutes(1);
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final Logger LOGGER = Logger.getLogger(IssuerKeys.class.getName());

    /** Thrown if there are no usable keys now. The message says why. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            super(message, null, false, false);
        }
    }

    private record Fetched(JWKSet keys, Instant at) {}

    /**
     * The keys that are known for a token.
     *
     * @param found the keys that could have signed it
     * @param fetch a running fetch to wait for, or {@code null}
     */
    private record Known(List<JWK> found, @CheckForNull CompletableFuture<JWKSet> fetch) {}

    private final String issuer;
    private final Supplier<CompletableFuture<JWKSet>> fetcher;
    private final Clock steady;
    private final Duration patience;
    private final CallersLimit waiting = new CallersLimit(CallersLimit.MOST, Duration.ZERO);

    @CheckForNull
    private Fetched fetched;

    @CheckForNull
    private CompletableFuture<JWKSet> running;

    @CheckForNull
    private Instant lastFetch;

    /**
     * @param fetcher starts fetching the keys, without waiting for them
     * @param steady a clock that is never set: when one that was ahead is set back, the keys would stay fresh for that long
     */
    IssuerKeys(String issuer, Supplier<CompletableFuture<JWKSet>> fetcher, Clock steady, Duration patience) {
        this.issuer = issuer;
        this.fetcher = fetcher;
        this.steady = steady;
        this.patience = patience;
    }

    /**
     * Returns the keys that could have signed a token. There is none if the issuer has no such key now.
     *
     * @throws Unavailable if this is not known: the issuer does not answer, or must not be asked again yet
     */
    List<JWK> find(JWKSelector selector) throws Unavailable {
        Known known = known(selector);
        if (known.fetch() == null) {
            if (known.found().isEmpty()) {
                throw new Unavailable(
                        "the keys of " + issuer
                                + " were asked for less than a minute ago, and none that fits is known; they are asked for again in a minute");
            }
            return known.found();
        }
        try {
            return selector.select(await(known.fetch()));
        } catch (Unavailable x) {
            if (known.found().isEmpty()) {
                throw x;
            }
            return known.found();
        }
    }

    private synchronized Known known(JWKSelector selector) {
        Instant now = steady.instant();
        if (fetched == null || !now.isBefore(fetched.at().plus(STALE))) {
            return new Known(List.of(), fetch(now));
        }
        List<JWK> found = selector.select(fetched.keys());
        boolean fresh = now.isBefore(fetched.at().plus(FRESH));
        return new Known(found, fresh && !found.isEmpty() ? null : fetch(now));
    }

    /** Returns the running fetch, or starts one. Returns {@code null} if the last one started less than a pause ago. */
    @CheckForNull
    private CompletableFuture<JWKSet> fetch(Instant now) {
        if (running == null && (lastFetch == null || !now.isBefore(lastFetch.plus(PAUSE)))) {
            return start(now);
        }
        return running;
    }

    private CompletableFuture<JWKSet> start(Instant now) {
        lastFetch = now;
        CompletableFuture<JWKSet> fetch = fetcher.get();
        running = fetch;
        fetch.whenComplete((keys, failure) -> ended(keys, failure, now));
        return fetch;
    }

    private void ended(@CheckForNull JWKSet keys, @CheckForNull Throwable failure, Instant startedAt) {
        synchronized (this) {
            running = null;
            if (failure == null) {
                fetched = new Fetched(keys, startedAt);
            }
        }
        if (failure != null) {
            LOGGER.log(Level.WARNING, "Cannot fetch the keys of {0}: {1}", new Object[] {issuer, messageOf(failure)});
        }
    }

    private JWKSet await(CompletableFuture<JWKSet> fetch) throws Unavailable {
        if (!waiting.enter()) {
            throw new Unavailable("the keys of " + issuer + " are being fetched, and others wait for them already");
        }
        try {
            return fetch.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException x) {
            throw new Unavailable("the keys of " + issuer + " could not be fetched in " + patience.toSeconds() + " s");
        } catch (ExecutionException x) {
            throw new Unavailable("the keys of " + issuer + " could not be fetched: " + messageOf(x));
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new Unavailable("interrupted while the keys of " + issuer + " were being fetched");
        } finally {
            waiting.leave();
        }
    }

    private static String messageOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }
}
