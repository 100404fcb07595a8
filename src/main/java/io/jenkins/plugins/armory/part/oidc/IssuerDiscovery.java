package io.jenkins.plugins.armory.part.oidc;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.source.JWKSetCacheRefreshEvaluator;
import com.nimbusds.jose.jwk.source.JWKSetRetrievalException;
import com.nimbusds.jose.jwk.source.JWKSetSource;
import com.nimbusds.jose.jwk.source.JWKSetSourceWrapper;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitedJWKSetSource;
import com.nimbusds.jose.proc.SecurityContext;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.JsonResponse;
import java.io.IOException;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.logging.Level;
import java.util.logging.Logger;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Fetches the keys of outside issuers: OpenID Connect Discovery 1.0, section 4, and RFC 7517. It uses OkHttp, as
 * outgoing calls do. The JWT library's own client has no limit for a whole call, so an issuer that sends its bytes
 * slowly would block it. The library keeps the keys.
 */
@Restricted(NoExternalUse.class)
public final class IssuerDiscovery {

    private static final Logger LOGGER = Logger.getLogger(IssuerDiscovery.class.getName());

    /** The longest wait of a caller for keys. Those that come later are for the next caller. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** The time that an issuer has for its two documents. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** The time after which a caller has known keys fetched again, without waiting for them. */
    private static final Duration FRESH = Duration.ofMinutes(15);

    /** The time for which known keys are good, also while the issuer does not answer. */
    private static final Duration STALE = Duration.ofDays(1);

    /** The time in which keys are fetched twice at most: a stranger's token may name any key. */
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private static final int LEAST_RSA_BITS = 2048;
    private static final int MAX_BYTES = 256 * 1024;
    private static final String WELL_KNOWN = "/.well-known/openid-configuration";

    private final OkHttpClient client;

    /** @param client a client with the proxy and TLS settings */
    public IssuerDiscovery(OkHttpClient client) {
        this.client = client.newBuilder()
                .callTimeout(LIMIT)
                .followRedirects(false) // only the issuer's own address may answer for it
                .build();
    }

    /**
     * Returns the keys of an issuer. The library's cache for outages is not used: with it, a token of a new key would
     * not be valid, though this cannot be known while the issuer does not answer.
     */
    public JWKSource<SecurityContext> keysOf(String issuer) {
        var fetch = new SharedFetch(issuer);
        JWKSource<SecurityContext> keys = JWKSourceBuilder.create(fetch)
                .cache(STALE.toMillis(), PATIENCE.toMillis())
                .refreshAheadCache(
                        STALE.minus(FRESH).toMillis(), null, client.dispatcher().executorService(), false, null, false)
                .rateLimited(false) // only the starts of fetches are
                .build();
        return (selector, context) -> {
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (true) {
                try {
                    return keys.get(selector, context);
                } catch (KeySourceException x) {
                    fetch.await(end, x);
                }
            }
        };
    }

    /**
     * The fetch of an issuer's keys that all callers share. They wait for it here, since the library would hold a lock
     * meanwhile.
     */
    private final class SharedFetch implements JWKSetSource<SecurityContext> {

        private final JWKSetSource<SecurityContext> starts;

        /** Set by one thread at a time; {@code null} once its keys are taken. */
        @CheckForNull
        private volatile CompletableFuture<JWKSet> fetch;

        SharedFetch(String issuer) {
            starts = new RateLimitedJWKSetSource<>(
                    new JWKSetSourceWrapper<>(this) {
                        @Override
                        public JWKSet getJWKSet(
                                JWKSetCacheRefreshEvaluator refresh, long now, SecurityContext context) {
                            fetch = fetch(issuer)
                                    .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS) // also a look-up of a name
                                    .whenComplete((keys, x) -> {
                                        if (x != null) {
                                            LOGGER.warning(
                                                    "Cannot fetch the keys of " + issuer + ": " + x.getMessage());
                                        }
                                    });
                            return new JWKSet(); // which nobody reads
                        }
                    },
                    PAUSE.toMillis(),
                    null);
        }

        /**
         * Returns the keys that have arrived. Else throws an exception, and keys are being fetched unless that is not
         * due.
         */
        @Override
        public synchronized JWKSet getJWKSet(JWKSetCacheRefreshEvaluator refresh, long now, SecurityContext context)
                throws KeySourceException {
            if (fetch == null || fetch.isCompletedExceptionally()) {
                starts.getJWKSet(refresh, now, context);
            }
            if (!fetch.isDone() || fetch.isCompletedExceptionally()) {
                throw new JWKSetRetrievalException("not fetched yet", null);
            }
            JWKSet keys = fetch.join();
            fetch = null;
            return keys;
        }

        @Override
        public void close() {
            // there is nothing to close
        }

        /** Waits for the fetch, or throws why there are no keys. */
        void await(long end, KeySourceException without) throws KeySourceException {
            CompletableFuture<JWKSet> joined = fetch;
            if (joined == null) {
                throw without;
            }
            String problem = "no answer in time";
            try {
                joined.get(end - System.nanoTime(), TimeUnit.NANOSECONDS);
                return;
            } catch (ExecutionException x) {
                problem = Objects.requireNonNullElse(x.getCause().getMessage(), problem);
            } catch (TimeoutException x) {
                // they are for a later caller
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
            throw new JWKSetRetrievalException(problem, null);
        }
    }

    /** Starts fetching. The future fails with an {@link IOException} that names the address and the problem. */
    CompletableFuture<JWKSet> fetch(String issuer) {
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        return get(base + WELL_KNOWN)
                .thenCompose(document -> get(keysAddress(issuer, document)))
                .thenApply(keys -> parse(issuer, keys));
    }

    /** Returns the address of the keys. The document must name the same issuer (Discovery, section 4.3). */
    static String keysAddress(String issuer, byte[] document) {
        JsonNode json = json("the discovery document of " + issuer, document);
        if (!issuer.equals(json.path("issuer").textValue())) {
            throw failed("the discovery document of " + issuer + " is of issuer "
                    + json.path("issuer").textValue());
        }
        String address = json.path("jwks_uri").asText();
        if (!OutsideIssuer.isTrustworthy(address) || isHttps(issuer) && !isHttps(address)) {
            throw failed("the discovery document of " + issuer + " has no https address as jwks_uri");
        }
        return address;
    }

    private static boolean isHttps(String address) {
        return address.regionMatches(true, 0, "https:", 0, "https:".length());
    }

    /**
     * Parses the keys, and leaves out those that are not understood (RFC 7517, section 5), or not good for RS256 (RFC
     * 7518, section 3.3) or ES256. The library would refuse the whole set, or a token without the id of its key.
     */
    private static JWKSet parse(String issuer, byte[] keys) {
        String what = "the keys of " + issuer;
        JsonNode all = json(what, keys).path("keys");
        if (!all.isArray()) {
            throw failed(what + " are not a JWK set");
        }
        var understood = new ArrayList<JWK>();
        for (JsonNode key : all) {
            try {
                JWK parsed = JWK.parse(key.toString());
                if (parsed instanceof RSAKey rsa && rsa.size() >= LEAST_RSA_BITS
                        || parsed instanceof ECKey ec && Curve.P_256.equals(ec.getCurve())) {
                    understood.add(parsed);
                }
            } catch (ParseException | RuntimeException x) { // the library's parsers throw unchecked exceptions too
                LOGGER.log(Level.FINE, "One of " + what + " is not understood", x);
            }
        }
        return new JWKSet(understood);
    }

    private static JsonNode json(String what, byte[] text) {
        try {
            return JsonResponse.JSON.readTree(text);
        } catch (IOException x) {
            throw failed(what + " is not JSON");
        }
    }

    private CompletableFuture<byte[]> get(String address) {
        HttpUrl url = OutsideIssuer.isTrustworthy(address) ? HttpUrl.parse(address) : null;
        if (url == null) {
            return CompletableFuture.failedFuture(new IOException(address + " is not an https address"));
        }
        var result = new CompletableFuture<byte[]>();
        var request = new Request.Builder()
                .url(url)
                .header("Accept", "application/json, application/jwk-set+json")
                .build();
        client.newCall(request).enqueue(new Callback() {
            @Override
            public void onFailure(Call call, IOException failure) {
                result.completeExceptionally(new IOException(url.host() + " does not answer: " + failure.getMessage()));
            }

            @Override
            public void onResponse(Call call, Response response) {
                try (response) {
                    result.complete(bodyOf(response));
                } catch (IOException x) {
                    result.completeExceptionally(new IOException(url.host() + ": " + x.getMessage()));
                }
            }
        });
        return result;
    }

    private static byte[] bodyOf(Response response) throws IOException {
        if (response.code() != 200) {
            throw new IOException("it answered " + response.code());
        }
        byte[] body = response.body().byteStream().readNBytes(MAX_BYTES + 1);
        if (body.length > MAX_BYTES) {
            throw new IOException("it answered more than " + MAX_BYTES + " bytes");
        }
        return body;
    }

    private static CompletionException failed(String message) {
        return new CompletionException(new IOException(message));
    }
}
