package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
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
 * A request of a webhook, with its templates rendered. It holds the callback token and secrets. So it is kept in memory
 * only (or sent to the agent that makes the call), and only its {@link #destination} may be shown.
 */
@Restricted(NoExternalUse.class)
public final class WebhookRequest implements Serializable {

    private static final long serialVersionUID = 6L;

    private final Webhook definition;
    private final String uri;
    private final ArrayList<RenderedHeader> headers;

    @CheckForNull
    private final String body;

    private final ArrayList<String> secrets;

    /**
     * What signs, {@code null} for no signature. It has the secret, and stays where it is: an agent gets the signature.
     */
    @CheckForNull
    private final transient RequestSigner.Signing signing;

    /** The certificates of the connection, {@code null} for no client certificate and the authorities of Java. */
    @CheckForNull
    private final TlsMaterial tls;

    /** The variables that further calls take from the answer. */
    private final TreeSet<String> wanted;

    WebhookRequest(
            Webhook definition,
            HttpUrl url,
            List<RenderedHeader> headers,
            @CheckForNull String body,
            Collection<String> secrets) {
        this.definition = definition;
        this.uri = url.toString();
        this.headers = new ArrayList<>(headers);
        this.body = body;
        this.secrets = new ArrayList<>(secrets);
        this.signing = null;
        this.tls = null;
        AnswerRule rule = definition.answer();
        this.wanted =
                new TreeSet<>(rule == null || rule.location() == null ? Set.of() : Set.of(Variables.ANSWER_LOCATION));
    }

    private WebhookRequest(
            WebhookRequest request,
            List<RenderedHeader> headers,
            @CheckForNull RequestSigner.Signing signing,
            @CheckForNull TlsMaterial tls,
            Set<String> wanted) {
        this.definition = request.definition;
        this.uri = request.uri;
        this.headers = new ArrayList<>(headers);
        this.body = request.body;
        this.secrets = request.secrets;
        this.signing = signing;
        this.tls = tls;
        this.wanted = new TreeSet<>(request.wanted);
        this.wanted.addAll(wanted);
    }

    public record RenderedHeader(String name, String value) implements Serializable {}

    /**
     * Returns the request, to be signed once it is sent, and sent over a connection with certificates.
     *
     * @param newSigning {@code null} for no signature
     * @param newTls {@code null} for no client certificate and the authorities of Java
     * @param variables those that further calls take from the answer
     */
    public WebhookRequest with(
            @CheckForNull RequestSigner.Signing newSigning, @CheckForNull TlsMaterial newTls, Set<String> variables) {
        return new WebhookRequest(this, headers, newSigning, newTls, variables);
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
     * Returns those values that may be kept, and used in further calls: which were asked for, are one short line and
     * have no secret of the request. A {@code Location} has to lead to where the request went: further calls have
     * secrets in their headers.
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

    /**
     * Returns the certificates of the connection, {@code null} for no client certificate and the authorities of Java.
     */
    @CheckForNull
    public TlsMaterial tls() {
        return tls;
    }

    /**
     * Returns the request as one attempt sends it: signed, if it is to be.
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
        signing.headers(messageId, now, content).forEach((name, value) -> all.add(new RenderedHeader(name, value)));
        return new WebhookRequest(this, all, null, tls, wanted);
    }

    /**
     * Replaces the secrets of this request in a text, and leaves out its control characters: between the characters of
     * a secret they would hide it here alone.
     *
     * @param whole whether the text is complete; one that was cut off may end with the beginning of a secret
     */
    public String mask(String text, boolean whole) {
        return new SecretMask(secrets).apply(text, whole);
    }

    /** Returns the webhook whose request this is. */
    public Webhook definition() {
        return definition;
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

    /** Returns whether an answer of this status means that the call was taken. */
    public boolean isTakenBy(int status) {
        AnswerRule rule = definition.answer();
        return rule == null ? status / 100 == 2 : rule.admits(status);
    }

    /** Returns method and {@link #address}. */
    public String destination() {
        return definition.method() + " " + address();
    }

    /**
     * Returns scheme, host, port and path, which may be shown: without secrets, and without the query, which often
     * holds one in plain text.
     */
    public String address() {
        return host() + mask(url().encodedPath(), true);
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
