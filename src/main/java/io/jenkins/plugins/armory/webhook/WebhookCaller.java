package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Calls webhooks. A call is made once, on a thread of OkHttp's; redirects are not followed, since they would carry the
 * callback token to another host.
 */
public final class WebhookCaller {

    /** Carries the approval's id, the same however often the call has to be made. */
    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";
    /** Calls under way at once, in all and to one host; a slow host is not to hold up the others. */
    private static final int MAX_CALLS = 256;

    private final OkHttpClient client;
    private final Duration responseTimeout;

    public WebhookCaller() {
        this(Duration.ofSeconds(10), Duration.ofSeconds(30));
    }

    /**
     * @param connectTimeout limit for the connection
     * @param responseTimeout limit for the whole call
     */
    WebhookCaller(Duration connectTimeout, Duration responseTimeout) {
        this.responseTimeout = responseTimeout;
        Dispatcher dispatcher = new Dispatcher(new ThreadPoolExecutor(
                0, Integer.MAX_VALUE, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), WebhookCaller::thread));
        dispatcher.setMaxRequests(MAX_CALLS);
        dispatcher.setMaxRequestsPerHost(MAX_CALLS);
        client = new OkHttpClient.Builder()
                .dispatcher(dispatcher)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                // A connection that is kept may turn out closed just when it is needed, which without a retry is a failure.
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                .connectTimeout(connectTimeout)
                .readTimeout(responseTimeout)
                .callTimeout(responseTimeout)
                .build();
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(work, "Armory webhook call");
        thread.setDaemon(true);
        return thread;
    }

    /**
     * What came of a call.
     *
     * @param status of the answer, 0 when there was none
     * @param failure {@code null} after a 2xx answer, else what happened and what to check; holds no secret
     */
    public record Result(int status, @CheckForNull String failure) {
        public boolean isAccepted() {
            return failure == null;
        }
    }

    /**
     * Makes the call and returns at once.
     *
     * @param idempotencyKey tells the receiver that two calls are one
     * @param done is given the result, on one of the caller's threads
     */
    public void call(WebhookRequest webhook, String idempotencyKey, Consumer<Result> done) {
        Request request;
        try {
            request = request(webhook, idempotencyKey);
        } catch (IllegalArgumentException x) {
            done.accept(failed(0, webhook, "cannot be called as it is defined; check method and headers"));
            return;
        }
        client.newCall(request).enqueue(new Callback() {
            @Override
            public void onResponse(Call call, Response response) {
                int status = response.code();
                response.close();
                done.accept(status / 100 == 2 ? new Result(status, null) : failed(status, webhook, refusal(status)));
            }

            @Override
            public void onFailure(Call call, IOException x) {
                done.accept(failed(0, webhook, reason(x)));
            }
        });
    }

    private static Request request(WebhookRequest webhook, String idempotencyKey) {
        Request.Builder request = new Request.Builder().url(webhook.url()).header(IDEMPOTENCY_KEY, idempotencyKey);
        webhook.headers().forEach(header -> {
            if (header.key().equalsIgnoreCase(IDEMPOTENCY_KEY)) {
                request.header(header.key(), header.value());
            } else {
                request.addHeader(header.key(), header.value());
            }
        });
        String body = webhook.body();
        return request.method(webhook.method(), body == null ? null : RequestBody.create(body, (MediaType) null))
                .build();
    }

    private static Result failed(int status, WebhookRequest webhook, String what) {
        return new Result(status, webhook.host() + " " + what);
    }

    private static String refusal(int status) {
        String answered = "answered " + status;
        if (status / 100 == 3) {
            return answered + ", a redirect, which is not followed; put the final address into uriTemplate";
        }
        return answered
                + switch (status) {
                    case 401, 403 -> "; check the credentials in the webhook's headers, and what they are allowed to do";
                    case 404, 405, 410 -> "; check the method and the path of uriTemplate";
                    case 400, 413, 415, 422 -> "; check the body and its Content-Type";
                    case 429 -> "; it is called too often";
                    default -> status / 100 == 5
                            ? "; look at the log of the service that was called"
                            : "; a webhook must answer 2xx";
                };
    }

    private String reason(IOException x) {
        if (x instanceof UnknownHostException) {
            return "cannot be found; check the host name in uriTemplate, and Jenkins's DNS";
        }
        if (x instanceof SocketTimeoutException
                && String.valueOf(x.getMessage()).toLowerCase(Locale.ROOT).contains("connect")) {
            return "cannot be connected to in time; check host, port and firewalls between Jenkins and it";
        }
        if (x instanceof InterruptedIOException) {
            return "did not answer within " + responseTimeout.toSeconds() + " seconds; a webhook has to answer at once and"
                    + " do its work after that";
        }
        if (x instanceof ConnectException || x instanceof NoRouteToHostException) {
            return "cannot be connected to; check host and port in uriTemplate, and that the service is up";
        }
        if (x instanceof SSLException) {
            return "cannot be trusted: the TLS connection failed; check its certificate, and Jenkins's trust store";
        }
        return "did not answer with HTTP; check that host and port in uriTemplate are those of an HTTP service";
    }
}
