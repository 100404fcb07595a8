package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.signature.SigningSecrets;
import io.jenkins.plugins.armory.signature.StandardWebhooks;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import okhttp3.HttpUrl;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A request of a webhook, with its templates rendered. It holds the callback token and secrets. So it is kept in memory only
 * (or sent to the agent that makes the call), and only its {@link #destination} may be shown.
 */
@Restricted(NoExternalUse.class)
public final class WebhookRequest implements Serializable {

    private static final long serialVersionUID = 4L;

    private final String method;
    private final String uri;
    private final ArrayList<RenderedHeader> headers;

    @CheckForNull
    private final String body;

    private final RetryRules retry;
    private final CallLimits limits;

    private final ArrayList<String> secrets;

    /** The secrets to sign with, {@code null} for none. They stay where they are: an agent gets the signature. */
    @CheckForNull
    private final transient SigningSecrets signing;

    @CheckForNull
    private final AnswerRule answer;

    /** The certificates of the connection, {@code null} for no client certificate and the authorities of Java. */
    @CheckForNull
    private final TlsMaterial tls;

    WebhookRequest(
            Webhook webhook,
            HttpUrl url,
            List<RenderedHeader> headers,
            @CheckForNull String body,
            Collection<String> secrets) {
        this.method = webhook.method();
        this.uri = url.toString();
        this.headers = new ArrayList<>(headers);
        this.body = body;
        this.retry = webhook.retry();
        this.limits = webhook.limits();
        this.secrets = new ArrayList<>(secrets);
        this.answer = webhook.answer();
        this.signing = null;
        this.tls = null;
    }

    private WebhookRequest(
            WebhookRequest request,
            List<RenderedHeader> headers,
            @CheckForNull SigningSecrets signing,
            @CheckForNull TlsMaterial tls) {
        this.method = request.method;
        this.uri = request.uri;
        this.headers = new ArrayList<>(headers);
        this.body = request.body;
        this.retry = request.retry;
        this.limits = request.limits;
        this.secrets = request.secrets;
        this.signing = signing;
        this.answer = request.answer;
        this.tls = tls;
    }

    public record RenderedHeader(String name, String value) implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** The values of the default body that are not variables. */
    public record Defaults(
            String approvalId, String phase, @CheckForNull String buildUrl) {}

    /**
     * Renders the templates of a webhook. Values are escaped for the place where they stand, see {@link Escapings}.
     *
     * @throws TemplateException if something cannot be sent as it is
     */
    public static WebhookRequest of(Webhook webhook, Variables variables, Defaults defaults) throws TemplateException {
        return new RequestRenderer(webhook, variables, defaults).render();
    }

    /**
     * Returns the host and the port that a webhook calls, as the client connects to them: however they are written, they are the same.
     *
     * @throws TemplateException if the address cannot be called
     */
    public static String hostAndPort(Webhook webhook, Variables variables) throws TemplateException {
        HttpUrl url = new RequestRenderer(webhook, variables, new Defaults("", "", null)).url();
        return url.host() + ':' + url.port();
    }

    /** Returns the request, to be signed with these secrets once it is sent. */
    public WebhookRequest signedWith(SigningSecrets newSigning) {
        return new WebhookRequest(this, headers, newSigning, tls);
    }

    /** Returns the request, to be sent over a connection with these certificates. */
    public WebhookRequest withTls(TlsMaterial newTls) {
        return new WebhookRequest(this, headers, signing, newTls);
    }

    /** Returns the certificates of the connection, {@code null} for no client certificate and the authorities of Java. */
    @CheckForNull
    public TlsMaterial tls() {
        return tls;
    }

    /**
     * Returns the request as one attempt sends it: signed as Standard Webhooks, if it is to be signed.
     *
     * @param messageId the same for all attempts of one call
     * @param now the time of the attempt
     */
    public WebhookRequest attempt(String messageId, Instant now) {
        if (signing == null) {
            return this;
        }
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        var all = new ArrayList<RenderedHeader>(headers);
        all.add(new RenderedHeader(StandardWebhooks.ID, messageId));
        all.add(new RenderedHeader(StandardWebhooks.TIMESTAMP, Long.toString(now.getEpochSecond())));
        all.add(new RenderedHeader(
                StandardWebhooks.SIGNATURE, StandardWebhooks.sign(signing, messageId, now, content)));
        return new WebhookRequest(this, all, null, tls);
    }

    /**
     * Replaces the secrets of this request in a text, and leaves out its control characters: between the characters of a secret they
     * would hide it here alone.
     *
     * @param whole whether the text is complete; one that was cut off may end with the beginning of a secret
     */
    public String mask(String text, boolean whole) {
        return new SecretMask(secrets).apply(text, whole);
    }

    public String method() {
        return method;
    }

    public HttpUrl url() {
        return HttpUrl.get(uri);
    }

    public List<RenderedHeader> headers() {
        return Collections.unmodifiableList(headers);
    }

    @CheckForNull
    public String body() {
        return body;
    }

    /** Returns whether the call is repeated after an answer with a status, if there is another attempt. */
    public boolean isRepeatedAfter(int status) {
        return retry.repeatAfter(status);
    }

    public CallLimits limits() {
        return limits;
    }

    /** Returns the rule by which the answer is judged, {@code null} if its body means nothing. */
    @CheckForNull
    public AnswerRule answer() {
        return answer;
    }

    /** Returns whether an answer of this status means that the call was taken. */
    public boolean isTakenBy(int status) {
        return answer == null ? status / 100 == 2 : answer.admits(status);
    }

    /** Returns method, scheme, host and port. Nothing else may be shown, since a path or a query may hold a secret. */
    public String destination() {
        return method + " " + host();
    }

    /** Returns the host alone, a name or an address. */
    public String hostName() {
        return url().host();
    }

    /** Returns scheme, host and port, without the scheme's default port. */
    public String host() {
        HttpUrl url = url();
        boolean defaultPort = url.port() == HttpUrl.defaultPort(url.scheme());
        String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
        return url.scheme() + "://" + host + (defaultPort ? "" : ":" + url.port());
    }

    @Override
    public String toString() {
        return destination();
    }
}
