package io.jenkins.plugins.armory.callback.oidc;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The keys of one outside issuer, as they were fetched last. They are fetched again when they are older than
 * {@link #FRESH}, or when a token names a key that is not among them, but once in {@link #PAUSE} at most. While the issuer
 * does not answer, the old ones serve for {@link #STALE}.
 *
 * <p>The library has such a cache too. That one lets two requests through in an interval, and has every caller wait for a
 * lock; here no more than {@link #WAITING} callers of one issuer wait, for {@link #PATIENCE}.
 */
final class IssuerKeys {

    static final Duration FRESH = Duration.ofMinutes(15);
    static final Duration STALE = Duration.ofHours(24);
    static final Duration PAUSE = Duration.ofMinutes(1);
    static final Duration PATIENCE = Duration.ofSeconds(5);
    static final int WAITING = 4;

    private static final Logger LOGGER = Logger.getLogger(IssuerKeys.class.getName());

    /** There are no keys that could be relied on now; the message says why. */
    static final class Unavailable extends Exception {
        private static final long serialVersionUID = 1L;

        Unavailable(String message) {
            super(message, null, false, false);
        }
    }

    private record Fetched(JWKSet keys, Instant at) {}

    private final String issuer;
    private final Supplier<CompletableFuture<JWKSet>> fetcher;
    private final Clock steady;
    private final Duration patience;
    private final Semaphore waiting = new Semaphore(WAITING);

    @CheckForNull
    private Fetched fetched;

    @CheckForNull
    private CompletableFuture<JWKSet> running;

    @CheckForNull
    private Instant lastFetch;

    /**
     * @param fetcher starts to fetch the keys, and does not wait for them
     * @param steady a clock that nobody sets: after one that was ahead, the keys would count as fresh for as long
     */
    IssuerKeys(String issuer, Supplier<CompletableFuture<JWKSet>> fetcher, Clock steady, Duration patience) {
        this.issuer = issuer;
        this.fetcher = fetcher;
        this.steady = steady;
        this.patience = patience;
    }

    /**
     * The keys that could have signed a token; none when the issuer has no such key, as far as is known.
     *
     * @throws Unavailable when it cannot be told, since the issuer does not answer
     */
    List<JWK> find(JWKSelector selector) throws Unavailable {
        Fetched known;
        CompletableFuture<JWKSet> fetch;
        List<JWK> found;
        synchronized (this) {
            Instant now = steady.instant();
            known = fetched != null && now.isBefore(fetched.at().plus(STALE)) ? fetched : null;
            found = known == null ? List.of() : selector.select(known.keys());
            if (!found.isEmpty() && now.isBefore(known.at().plus(FRESH))) {
                return found;
            }
            fetch = running;
            if (fetch == null && (lastFetch == null || !now.isBefore(lastFetch.plus(PAUSE)))) {
                fetch = start(now);
            }
        }
        if (fetch != null) {
            try {
                return selector.select(await(fetch));
            } catch (Unavailable x) {
                if (found.isEmpty()) {
                    throw x;
                }
            }
        } else if (known == null) {
            throw new Unavailable(
                    "the keys of " + issuer + " could not be fetched; they are asked for again in a minute");
        }
        return found;
    }

    private CompletableFuture<JWKSet> start(Instant now) {
        lastFetch = now;
        CompletableFuture<JWKSet> fetch = fetcher.get();
        running = fetch;
        fetch.whenComplete((keys, failure) -> {
            synchronized (this) {
                running = null;
                if (failure == null) {
                    fetched = new Fetched(keys, now);
                }
            }
            if (failure != null) {
                LOGGER.log(
                        Level.WARNING, "Cannot fetch the keys of {0}: {1}", new Object[] {issuer, messageOf(failure)});
            }
        });
        return fetch;
    }

    private JWKSet await(CompletableFuture<JWKSet> fetch) throws Unavailable {
        if (!waiting.tryAcquire()) {
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
            waiting.release();
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
