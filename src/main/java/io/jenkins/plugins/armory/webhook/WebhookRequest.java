package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.Webhook.Header;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import okhttp3.HttpUrl;

/**
 * A webhook with its templates filled in: what goes over the wire. It holds the callback token, so it lives in memory
 * alone and has no readable form but {@link #destination}.
 */
public final class WebhookRequest {

    private static final String CONTENT_TYPE = "Content-Type";
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final String method;
    private final HttpUrl url;
    private final List<Header> headers;

    @CheckForNull
    private final String body;

    private WebhookRequest(String method, HttpUrl url, List<Header> headers, @CheckForNull String body) {
        this.method = method;
        this.url = url;
        this.headers = headers;
        this.body = body;
    }

    /** What the body without a {@code bodyTemplate} tells, beside the variables. */
    public record Defaults(String approvalId, String phase, @CheckForNull String buildUrl) {}

    /**
     * Fills in the templates. Values are escaped for where they stand: as a component of the URI (but not a variable
     * that starts it, since that is an address), as the inside of a JSON string where the body is JSON, as they are
     * elsewhere.
     *
     * @throws TemplateException when something cannot be sent as it is; nothing was sent then
     */
    public static WebhookRequest of(Webhook webhook, Variables variables, Defaults defaults)
            throws TemplateException {
        HttpUrl url = url(webhook, variables);
        List<Header> headers = headers(webhook, variables);
        String contentType = headers.stream()
                .filter(header -> header.key().equalsIgnoreCase(CONTENT_TYPE))
                .map(Header::value)
                .findFirst()
                .orElse(null);
        String body = null;
        if (webhook.body() != null) {
            body = body(webhook.body(), variables, contentType == null || isJson(contentType));
        } else if (webhook.mayHaveBody()) {
            if (contentType != null && !isJson(contentType)) {
                throw new TemplateException("bodyTemplate: is missing; without one the body is JSON, which does not go"
                        + " with the Content-Type header");
            }
            body = defaultBody(variables, defaults);
        }
        if (body != null && contentType == null) {
            headers.add(new Header(CONTENT_TYPE, "application/json"));
        }
        return new WebhookRequest(webhook.method(), url, List.copyOf(headers), body);
    }

    private static HttpUrl url(Webhook webhook, Variables variables) throws TemplateException {
        String uri = new Template("uriTemplate", webhook.uriTemplate())
                .render(variables, (value, position) -> position == 0 ? value : component(value));
        if (!uri.regionMatches(true, 0, "http://", 0, 7) && !uri.regionMatches(true, 0, "https://", 0, 8)) {
            throw new TemplateException("uriTemplate: must start with http:// or https:// once rendered");
        }
        HttpUrl url = HttpUrl.parse(uri);
        if (url == null) {
            throw new TemplateException("uriTemplate: is not a valid address once rendered; check its host and port");
        }
        return url;
    }

    /** Percent-encodes all but unreserved characters (RFC 3986, section 2.3). */
    private static String component(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static List<Header> headers(Webhook webhook, Variables variables) throws TemplateException {
        List<Header> headers = new ArrayList<>();
        for (Header header : webhook.headers()) {
            String field = "headers: " + header.key();
            String value = new Template(field, header.value())
                    .render(variables, Template.everywhere(text -> text))
                    .strip();
            if (!value.chars().allMatch(c -> c == '\t' || c >= 0x20 && c < 0x7f)) {
                throw new TemplateException(
                        field + ": once rendered it has a line break or another character that a header cannot hold");
            }
            headers.add(new Header(header.key(), value));
        }
        return headers;
    }

    private static boolean isJson(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.endsWith("+json");
    }

    private static String body(String template, Variables variables, boolean json) throws TemplateException {
        Template.Escaping escaping = Template.everywhere(
                value -> json ? new String(JsonStringEncoder.getInstance().quoteAsString(value)) : value);
        String body = new Template("bodyTemplate", template).render(variables, escaping);
        if (json) {
            try {
                JSON.readTree(body);
            } catch (JsonProcessingException x) {
                throw new TemplateException("bodyTemplate: is not JSON once rendered: error at line "
                        + x.getLocation().getLineNr() + ", column "
                        + x.getLocation().getColumnNr() + ". For a body that is not JSON, give a Content-Type header");
            }
        }
        return body;
    }

    private static String defaultBody(Variables variables, Defaults defaults) {
        ObjectNode json = JSON.createObjectNode()
                .put("callbackUri", variables.get(Variables.CALLBACK_URI))
                .put("approvalId", defaults.approvalId())
                .put("deploymentId", variables.get(Variables.DEPLOYMENT_ID))
                .put("environment", variables.get(Variables.ENVIRONMENT_NAME))
                .put("phase", defaults.phase());
        variables.context().forEach(json.putObject("context")::put);
        return json.put("buildUrl", defaults.buildUrl()).toString();
    }

    String method() {
        return method;
    }

    HttpUrl url() {
        return url;
    }

    List<Header> headers() {
        return headers;
    }

    @CheckForNull
    String body() {
        return body;
    }

    /** Method, scheme, host and port: all that may be shown, since a path or a query may hold a secret. */
    public String destination() {
        return method + " " + host();
    }

    String host() {
        boolean defaultPort = url.port() == HttpUrl.defaultPort(url.scheme());
        String host = url.host().contains(":") ? "[" + url.host() + "]" : url.host();
        return url.scheme() + "://" + host + (defaultPort ? "" : ":" + url.port());
    }

    @Override
    public String toString() {
        return destination();
    }
}
