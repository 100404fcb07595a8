package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.signature.SigningSecrets;
import io.jenkins.plugins.armory.signature.StandardWebhooks;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import okhttp3.HttpUrl;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A request of a webhook, with its templates rendered. It holds the callback token and secrets. So it is kept in memory only
 * (or sent to the agent that makes the call), and only its {@link #destination} may be shown.
 */
@Restricted(NoExternalUse.class)
public final class WebhookRequest implements Serializable {

    private static final long serialVersionUID = 5L;

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

    /** The variables that further calls take from the answer. */
    private final TreeSet<String> wanted;

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
        this.wanted = new TreeSet<>(
                answer == null || answer.location() == null ? Set.of() : Set.of(Variables.ANSWER_LOCATION));
    }

    private WebhookRequest(
            WebhookRequest request,
            List<RenderedHeader> headers,
            @CheckForNull SigningSecrets signing,
            @CheckForNull TlsMaterial tls,
            Set<String> wanted) {
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
        this.wanted = new TreeSet<>(wanted);
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
     * Looks up no secret, which may take long: an address that is a secret counts as a host of its own.
     *
     * @throws TemplateException if the address cannot be called
     */
    public static String hostAndPort(Webhook webhook, Variables variables) throws TemplateException {
        variables.withSecrets(id -> "https://" + Integer.toHexString(id.hashCode()) + ".invalid/");
        HttpUrl url = new RequestRenderer(webhook, variables, new Defaults("", "", null)).url();
        return url.host() + ':' + url.port();
    }

    /** Returns the request, to be signed with these secrets once it is sent. */
    public WebhookRequest signedWith(SigningSecrets newSigning) {
        return new WebhookRequest(this, headers, newSigning, tls, wanted);
    }

    /** Returns the request, to be sent over a connection with these certificates. */
    public WebhookRequest withTls(TlsMaterial newTls) {
        return new WebhookRequest(this, headers, signing, newTls, wanted);
    }

    /** Returns the request, whose answer has values for variables of further calls. */
    public WebhookRequest wanting(Set<String> variables) {
        return new WebhookRequest(this, headers, signing, tls, variables);
    }

    /** Returns whether further calls take values from the body of the answer. */
    public boolean wantsBody() {
        return wanted.stream().anyMatch(name -> !name.equals(Variables.ANSWER_LOCATION));
    }

    /**
     * Finds the values of the variables that further calls take from the answer.
     *
     * @param body {@code null} if it is too large to be read
     * @param location the header of the answer, {@code null} for none
     * @return by the names of the variables; without those that are not there or {@linkplain #credible not credible}
     */
    public Map<String, String> findIn(@CheckForNull byte[] body, @CheckForNull String location) {
        Map<String, String> found = new TreeMap<>();
        for (String name : wanted) {
            if (!name.equals(Variables.ANSWER_LOCATION)) {
                Optional.ofNullable(body)
                        .flatMap(json -> AnswerRule.textAt(Variables.pointerOf(name), json))
                        .ifPresent(value -> found.put(name, value));
            } else if (location != null) {
                HttpUrl absolute = url().resolve(location); // RFC 9110, section 10.2.2: it may be relative
                found.put(name, absolute == null ? location : absolute.toString());
            }
        }
        return credible(found);
    }

    /**
     * Returns those values that may be kept, and used in further calls: which were asked for, are one short line and have no secret of the
     * request. A {@code Location} has to lead to where the request went: further calls have secrets in their headers.
     */
    public Map<String, String> credible(Map<String, String> found) {
        Map<String, String> credible = new TreeMap<>(found);
        credible.keySet().retainAll(wanted);
        credible.entrySet().removeIf(entry -> !isCredible(entry.getKey(), entry.getValue()));
        return credible;
    }

    private boolean isCredible(String name, @CheckForNull String value) {
        if (value == null
                || Bound.LINE.problemOf(value) != null
                || !mask(value, true).equals(value)) {
            return false;
        }
        if (!name.equals(Variables.ANSWER_LOCATION)) {
            return true;
        }
        HttpUrl location = HttpUrl.parse(value);
        return location != null
                && location.scheme().equals(url().scheme())
                && location.host().equals(url().host())
                && location.port() == url().port();
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
        return new WebhookRequest(this, all, null, tls, wanted);
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
