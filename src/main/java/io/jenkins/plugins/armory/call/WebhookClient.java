package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.JsonData;
import io.jenkins.plugins.armory.call.AllowedHosts.RefusedException;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CallLimits;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The HTTP client that calls webhooks. A call is one attempt, on a thread of OkHttp's; {@link CallLoop} decides when
 * there is another. Redirects are not followed, since they would carry the callback token to another host.
 */
@Restricted(NoExternalUse.class)
public final class WebhookClient implements Sender {

    private static final Logger LOGGER = Logger.getLogger(WebhookClient.class.getName());

    /** The header with the key that is the same for all attempts of one call. */
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    private static final String USER_AGENT = "User-Agent";
    /** The headers of this class that a webhook may replace, in lower case. */
    private static final Set<String> REPLACEABLE =
            Set.of(IDEMPOTENCY_KEY.toLowerCase(Locale.ROOT), USER_AGENT.toLowerCase(Locale.ROOT));

    private static final String RETRY_AFTER = "Retry-After";
    /** The header under which {@link #keepRetryAfter} hides {@link #RETRY_AFTER} from OkHttp. */
    private static final String KEPT_RETRY_AFTER = "Armory-Kept-Retry-After";

    /** The number of bytes that are read of an answer that is only shown. */
    private static final int MAX_READ = 8 * 1024;

    private final OkHttpClient client;

    public WebhookClient() {
        var threads = new ThreadPoolExecutor(
                CallPermits.IN_ALL,
                CallPermits.IN_ALL,
                10,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                WebhookClient::thread);
        threads.allowCoreThreadTimeOut(true);
        var dispatcher = new Dispatcher(threads);
        dispatcher.setMaxRequests(
                Integer.MAX_VALUE); // OkHttp would hold back calls that are made already, see CallPermits
        dispatcher.setMaxRequestsPerHost(Integer.MAX_VALUE);
        client = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .addNetworkInterceptor(chain -> keepRetryAfter(chain.proceed(chain.request())))
                // A kept connection may turn out to be closed when it is needed. Without a retry, the call fails.
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                .build();
    }

    private static Thread thread(Runnable work) {
        var thread = new Thread(work, "Armory webhook call");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Hides {@code Retry-After} from OkHttp, which after a 503 with {@code Retry-After: 0} repeats the request by
     * itself. That would be an attempt that nobody knows of.
     */
    private static Response keepRetryAfter(Response response) {
        String value = response.header(RETRY_AFTER);
        return value == null
                ? response
                : response.newBuilder()
                        .removeHeader(RETRY_AFTER)
                        .header(KEPT_RETRY_AFTER, value)
                        .build();
    }

    /** Returns the threads of this client's calls: one for each call that has a permit. */
    public ExecutorService executor() {
        return client.dispatcher().executorService();
    }

    /** Makes a call from Jenkins itself, through its proxy if it has one for the host. */
    @Override
    public void send(WebhookRequest request, String idempotencyKey, BooleanSupplier wanted, Consumer<CallResult> done) {
        call(
                request.attempt(idempotencyKey, Instant.now()),
                idempotencyKey,
                Settings.get().hosts(),
                JenkinsProxy.forHost(request.hostName()),
                done);
    }

    /**
     * Makes the call and returns at once.
     *
     * @param idempotencyKey tells the receiver that two calls are one
     * @param hosts the hosts that may be called
     * @param proxy the proxy to go through, {@code null} for none; the proxy looks up the host's address, so only the
     *     host's name is checked
     * @param done takes the result, on any thread
     */
    void call(
            WebhookRequest webhook,
            String idempotencyKey,
            AllowedHosts hosts,
            @CheckForNull ProxyServer proxy,
            Consumer<CallResult> done) {
        Call call;
        ClientTls tls;
        var begun = new AtomicBoolean();
        try {
            tls = webhook.url().isHttps() ? ClientTls.of(webhook.tls()) : null;
            hosts.check(webhook.url().host(), proxy != null);
            OkHttpClient.Builder builder = client(webhook, hosts, proxy, tls);
            builder.addNetworkInterceptor(
                    chain -> { // there is a connection, and nothing was sent yet
                        begun.set(true);
                        return chain.proceed(chain.request());
                    });
            call = builder.build().newCall(request(webhook, idempotencyKey, proxy));
        } catch (RefusedException x) {
            done.accept(notMade(webhook, x.getMessage(), false));
            return;
        } catch (IllegalArgumentException x) {
            done.accept(notMade(
                    webhook, "cannot be called as it is defined; check method, headers and certificates", false));
            return;
        }
        call.enqueue(new Callback() {
            @Override
            public void onResponse(Call call, Response response) {
                done.accept(orLost(webhook, () -> result(webhook, response)));
            }

            @Override
            public void onFailure(Call call, IOException x) {
                done.accept(orLost(webhook, () -> {
                    String reason =
                            reason(x, proxy, webhook.definition().limits().request(), tls);
                    return isPassing(x) && begun.get()
                            ? CallResult.lost(webhook.host() + " " + reason)
                            : notMade(webhook, reason, isPassing(x));
                }));
            }
        });
    }

    /** Returns a result whatever is thrown: OkHttp only logs what its callbacks throw, and the call would never end. */
    static CallResult orLost(WebhookRequest webhook, Supplier<CallResult> result) {
        try {
            return result.get();
        } catch (RuntimeException | Error x) {
            LOGGER.log(Level.WARNING, "Cannot read what " + webhook.host() + " answered", x);
            return CallResult.lost(
                    webhook.host() + " answered, and Jenkins cannot read the answer; see the log of Jenkins");
        }
    }

    private OkHttpClient.Builder client(
            WebhookRequest webhook, AllowedHosts hosts, @CheckForNull ProxyServer proxy, @CheckForNull ClientTls tls) {
        OkHttpClient.Builder builder = client.newBuilder();
        if (tls != null) {
            tls.addTo(builder);
        }
        CallLimits limits = webhook.definition().limits();
        builder.connectTimeout(limits.connect()).readTimeout(limits.request()).callTimeout(limits.request());
        if (proxy == null) {
            return builder.proxy(Proxy.NO_PROXY)
                    .dns(hosts::lookUp)
                    .socketFactory(new GuardedSockets(webhook.url().host(), hosts));
        }
        return builder.proxy(proxy.toProxy()).proxyAuthenticator(proxy.authenticator());
    }

    private static Request request(WebhookRequest webhook, String idempotencyKey, @CheckForNull ProxyServer proxy) {
        var request = new Request.Builder()
                .url(webhook.url())
                .header(IDEMPOTENCY_KEY, idempotencyKey)
                .header(USER_AGENT, "armory-webhook-approval (Jenkins)");
        webhook.headers().forEach(header -> {
            if (REPLACEABLE.contains(header.name().toLowerCase(Locale.ROOT))) {
                request.header(header.name(), header.value());
            } else {
                request.addHeader(header.name(), header.value());
            }
        });
        // A plain request has the proxy's credentials from the start, since it would be sent a second time otherwise.
        String credentials = proxy == null || webhook.url().isHttps() ? null : proxy.credentials();
        if (credentials != null) {
            request.header(ProxyServer.AUTHORIZATION, credentials);
        }
        String body = webhook.body();
        return request.method(
                        webhook.definition().method(), body == null ? null : RequestBody.create(body, (MediaType) null))
                .build();
    }

    private static CallResult result(WebhookRequest webhook, Response response) {
        int status = response.code();
        AnswerRule rule = webhook.definition().answer();
        boolean isRead = rule != null || webhook.wantsBody();
        Body body = Body.read(response, isRead ? AnswerRule.MAX_BODY : MAX_READ);
        String answer = webhook.mask(body.text(), body.isWhole());
        Duration retryAfter = retryAfter(response.header(KEPT_RETRY_AFTER), Instant.now());
        if (webhook.isTakenBy(status)) {
            if (body.isBroken() && (rule == null ? webhook.wantsBody() : rule.needsBody())) {
                return CallResult.lost(webhook.host() + " answered " + status
                        + ", and the connection broke before the end of the answer; look at the log of the service that"
                        + " was called");
            }
            return rule == null
                    ? CallResult.accepted(
                            status,
                            answer,
                            webhook.findIn(body.isWhole() ? body.bytes() : null, response.header("Location")))
                    : judged(webhook, rule, status, body, answer, retryAfter);
        }
        boolean mayBeRepeated = webhook.definition().retry().repeatAfter(status);
        return CallResult.refused(
                status,
                webhook.address() + " " + refusal(status),
                mayBeRepeated,
                mayBeRepeated ? retryAfter : null,
                answer);
    }

    private static CallResult judged(
            WebhookRequest webhook,
            AnswerRule rule,
            int status,
            Body body,
            String answer,
            @CheckForNull Duration retryAfter) {
        byte[] whole = body.isWhole() ? body.bytes() : null;
        Judgement judgement = rule.judge(status, whole, value -> webhook.mask(value, true));
        String data = body.isWhole() ? JsonData.in(body.text(), text -> webhook.mask(text, true)) : null;
        String location = rule.locationIn(whole).orElse(null);
        Map<String, String> found = webhook.findIn(whole, location);
        boolean isElsewhere = location != null && found.isEmpty() && !judgement.isDecided();
        return CallResult.judged(status, answer, isElsewhere ? rule.elsewhere() : judgement, data, found, retryAfter);
    }

    /**
     * Returns the delay that a {@code Retry-After} asks for: seconds, or a date (RFC 9110, section 10.2.3);
     * {@code null} if it is neither.
     */
    @CheckForNull
    public static Duration retryAfter(@CheckForNull String value, Instant now) {
        if (value == null) {
            return null;
        }
        String text = value.strip();
        if (text.matches("\\d{1,9}")) {
            return Duration.ofSeconds(Long.parseLong(text));
        }
        try {
            Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            return date.isAfter(now) ? Duration.between(now, date) : Duration.ZERO;
        } catch (DateTimeParseException x) {
            return null;
        }
    }

    private static CallResult notMade(WebhookRequest webhook, String what, boolean mayBeRepeated) {
        return CallResult.notMade(webhook.host() + " " + what, mayBeRepeated);
    }

    private static String refusal(int status) {
        String answered = "answered " + status;
        if (status / 100 == 3) {
            return answered + ", a redirect, which is not followed; put the final address into uriTemplate";
        }
        return answered
                + switch (status) {
                    case 401, 403 ->
                        "; check the credentials in the webhook's headers, and what they are allowed to do";
                    case 404, 405, 410 -> "; check the method and the path of uriTemplate";
                    case 407 -> "; check user and password of the proxy in Manage Jenkins » System";
                    case 400, 413, 415, 422 -> "; check the body and its Content-Type";
                    case 429 -> "; it is called too often";
                    default ->
                        status / 100 == 5
                                ? "; look at the log of the service that was called"
                                : "; a webhook must answer 2xx";
                };
    }

    /** Returns whether the next attempt may succeed: not if a certificate or a setting has to be corrected first. */
    private static boolean isPassing(IOException x) {
        return find(x, RefusedException.class) == null
                && !ClientTls.isRefusalOfClient(find(x, SSLException.class))
                && find(x, CertificateException.class) == null
                && find(x, SSLPeerUnverifiedException.class) == null;
    }

    /** @param tls the TLS of the call, {@code null} for a plain one */
    private static String reason(
            IOException x, @CheckForNull ProxyServer proxy, Duration timeout, @CheckForNull ClientTls tls) {
        RefusedException refused = find(x, RefusedException.class);
        if (refused != null) {
            return refused.getMessage();
        }
        if (ClientTls.isRefusalOfClient(find(x, SSLException.class)) && tls != null) {
            return tls.reasonAfterAsking();
        }
        if (find(x, CertificateException.class) != null && tls != null) {
            return tls.reasonOfDistrust();
        }
        if (find(x, SSLPeerUnverifiedException.class) != null) {
            return "cannot be trusted: its certificate is for another host; check the host name in uriTemplate";
        }
        if (tls != null && tls.wasAsked() && !(x instanceof InterruptedIOException)) {
            return tls.reasonAfterAsking();
        }
        if (x instanceof SSLException) {
            return "cannot be connected to securely: the TLS handshake failed; check that it speaks TLS 1.2 or later on"
                    + " this port";
        }
        if (proxy != null && !(x instanceof InterruptedIOException)) {
            return "cannot be reached through the proxy " + proxy
                    + "; check the proxy in Manage Jenkins » System, and what it answers: " + x.getMessage();
        }
        if (x instanceof UnknownHostException) {
            return "cannot be found; check the host name in uriTemplate, and Jenkins's DNS";
        }
        if (x instanceof SocketTimeoutException
                && String.valueOf(x.getMessage()).toLowerCase(Locale.ROOT).contains("connect")) {
            return "cannot be connected to in time; check host, port and firewalls between Jenkins and it";
        }
        if (x instanceof InterruptedIOException) {
            return "did not answer within " + timeout.toSeconds()
                    + " seconds; a webhook has to answer at once and do its work after that, or needs a longer requestTimeout";
        }
        if (x instanceof ConnectException || x instanceof NoRouteToHostException) {
            return "cannot be connected to; check host and port in uriTemplate, and that the service is up";
        }
        return "did not answer with HTTP; check that host and port in uriTemplate are those of an HTTP service";
    }

    /**
     * Returns the first of a type among an exception, its causes, and those suppressed while other addresses were
     * tried; {@code null} if there is none.
     */
    @CheckForNull
    private static <T extends Throwable> T find(@CheckForNull Throwable x, Class<T> type) {
        for (Throwable each = x; each != null; each = each.getCause()) {
            if (type.isInstance(each)) {
                return type.cast(each);
            }
            for (Throwable suppressed : each.getSuppressed()) {
                T found = find(suppressed, type);
                if (found != null) {
                    return found;
                }
            }
        }
        return null;
    }
}
