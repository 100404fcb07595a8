package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import okhttp3.HttpUrl;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A request of a webhook, with its templates rendered. It holds the callback token and secrets. So it is kept in memory only
 * (or sent to the agent that makes the call), and only its {@link #destination} may be shown.
 */
@Restricted(NoExternalUse.class)
public final class WebhookRequest implements Serializable {

    private static final long serialVersionUID = 2L;
    private static final String MASK = "****";

    private final String method;
    private final String uri;
    private final ArrayList<RenderedHeader> headers;

    @CheckForNull
    private final String body;

    /** The secrets in the request, plain and in each escaped form, the longest first. */
    private final ArrayList<String> secrets;

    WebhookRequest(
            String method,
            HttpUrl url,
            List<RenderedHeader> headers,
            @CheckForNull String body,
            Collection<String> secrets) {
        this.method = method;
        this.uri = url.toString();
        this.headers = new ArrayList<>(headers);
        this.body = body;
        this.secrets = new ArrayList<>(escapedForms(secrets));
    }

    /** A header with its template rendered. */
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

    private static List<String> escapedForms(Collection<String> secrets) {
        return secrets.stream()
                .flatMap(secret -> Stream.of(secret, Escapings.json(secret), Escapings.component(secret)))
                .filter(secret -> !secret.isBlank())
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
    }

    /**
     * Replaces the secrets of this request in a text.
     *
     * @param whole whether the text is complete; one that was cut off may end with the beginning of a secret
     */
    public String mask(String text, boolean whole) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, MASK);
        }
        if (!whole) {
            for (String secret : secrets) {
                masked = withoutBeginningAtEnd(masked, secret);
            }
        }
        return masked;
    }

    private static String withoutBeginningAtEnd(String text, String secret) {
        for (int length = Math.min(secret.length() - 1, text.length()); length > 0; length--) {
            if (text.endsWith(secret.substring(0, length))) {
                return text.substring(0, text.length() - length);
            }
        }
        return text;
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
