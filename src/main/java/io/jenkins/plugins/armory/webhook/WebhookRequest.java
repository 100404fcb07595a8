package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.Webhook.Header;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import okhttp3.HttpUrl;

/**
 * A webhook with its templates filled in: what goes over the wire. It holds the callback token and secrets, so it lives in
 * memory alone (and goes to the agent that makes the call), and has no readable form but {@link #destination}.
 */
public final class WebhookRequest implements Serializable {

    private static final long serialVersionUID = 1L;
    private static final String CONTENT_TYPE = "Content-Type";
    private static final String JSON_TYPE = "application/json";
    private static final String MASK = "****";

    private final String method;
    private final String uri;
    private final ArrayList<Field> headers;

    @CheckForNull
    private final String body;

    /** What must not be shown, the longest first. */
    private final ArrayList<String> secrets;

    private WebhookRequest(
            String method, HttpUrl url, List<Field> headers, @CheckForNull String body, List<String> secrets) {
        this.method = method;
        this.uri = url.toString();
        this.headers = new ArrayList<>(headers);
        this.body = body;
        this.secrets = new ArrayList<>(secrets);
    }

    /** A header with its template filled in. */
    public record Field(String name, String value) implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    /** Apart from this class, since an agent that makes the call has no need of it. */
    static final class Json {
        static final ObjectMapper MAPPER = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

        private Json() {}
    }

    /** What the body without a {@code bodyTemplate} tells, beside the variables. */
    public record Defaults(
            String approvalId, String phase, @CheckForNull String buildUrl) {}

    /**
     * Fills in the templates. Values are escaped for where they stand, see {@link Escapings}.
     *
     * @throws TemplateException when something cannot be sent as it is; nothing was sent then
     */
    public static WebhookRequest of(Webhook webhook, Variables variables, Defaults defaults) throws TemplateException {
        HttpUrl url = url(webhook, variables);
        List<Field> headers = headers(webhook, variables);
        String contentType = headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(CONTENT_TYPE))
                .map(Field::value)
                .findFirst()
                .orElse(null);
        String mediaType = Escapings.mediaType(contentType == null ? JSON_TYPE : contentType);
        String body = null;
        if (webhook.body() != null) {
            body = body(webhook.body(), variables, mediaType);
        } else if (webhook.mayHaveBody()) {
            if (!Escapings.isJson(mediaType)) {
                throw new TemplateException("bodyTemplate: is missing; without one the body is JSON, which does not go"
                        + " with the Content-Type header");
            }
            body = defaultBody(webhook, variables, defaults);
        }
        if (body != null && contentType == null) {
            headers.add(new Field(CONTENT_TYPE, JSON_TYPE));
        }
        if (!webhook.disableCallback() && !webhook.tellsWhereToCallBack()) {
            throw new TemplateException(
                    "nothing in it says where to call back to; put {{armory.callbackUri}}/callback into"
                            + " uriTemplate, a header or bodyTemplate, or set disableCallback");
        }
        return new WebhookRequest(webhook.method(), url, headers, body, secrets(variables));
    }

    private static HttpUrl url(Webhook webhook, Variables variables) throws TemplateException {
        Template template = new Template("uriTemplate", webhook.uriTemplate());
        String uri = template.render(variables, Escapings.uri()).toString();
        if (!uri.regionMatches(true, 0, "http://", 0, 7) && !uri.regionMatches(true, 0, "https://", 0, 8)) {
            throw new TemplateException("uriTemplate: must start with http:// or https:// once rendered");
        }
        HttpUrl url = HttpUrl.parse(uri);
        // OkHttp takes international names of which it would not take the ASCII form.
        if (url == null || HttpUrl.parse(url.toString()) == null) {
            throw new TemplateException("uriTemplate: is not a valid address once rendered; check its host and port");
        }
        if (!url.username().isEmpty() || !url.password().isEmpty()) {
            throw new TemplateException(
                    "uriTemplate: has a user or a password before the host, which would not be sent;"
                            + " use an Authorization header");
        }
        checkDots(template, variables, url);
        return url;
    }

    /**
     * "." and ".." need no escaping and cannot have one, but as a segment of a path they take away others. So whatever the
     * values are, the path must have as many segments as with values that mean nothing.
     */
    private static void checkDots(Template template, Variables variables, HttpUrl url) throws TemplateException {
        String harmless = template.render(variables, (value, before) -> before.isEmpty() ? value : "x")
                .toString();
        HttpUrl expected = HttpUrl.parse(harmless);
        if (expected != null && expected.pathSize() != url.pathSize()) {
            throw new TemplateException(
                    "uriTemplate: a value makes a segment of the path \".\" or \"..\", which stands for another path");
        }
    }

    private static List<Field> headers(Webhook webhook, Variables variables) throws TemplateException {
        List<Field> headers = new ArrayList<>();
        for (Header header : webhook.headers()) {
            String field = "headers: " + header.key();
            String value = new Template(field, header.value())
                    .render(variables, Escapings.header())
                    .toString()
                    .strip();
            try {
                Escapings.header().escape(value, "");
            } catch (IllegalArgumentException x) {
                throw new TemplateException(field + ": the value " + x.getMessage());
            }
            headers.add(new Field(header.key(), value));
        }
        return headers;
    }

    private static String body(String template, Variables variables, String mediaType) throws TemplateException {
        Template.Rendered body = new Template("bodyTemplate", template).render(variables, Escapings.body(mediaType));
        if (Escapings.isJson(mediaType)) {
            try {
                Json.MAPPER.readTree(body.toString());
            } catch (JsonProcessingException x) {
                throw new TemplateException("bodyTemplate: is not JSON once rendered: " + problem(x) + " "
                        + body.placeOf((int) x.getLocation().getCharOffset())
                        + ". For a body that is not JSON, give a Content-Type header");
            }
        }
        return body.toString();
    }

    /** What the parser says, as far as it cannot show a value. */
    private static String problem(JsonProcessingException x) {
        String message = String.valueOf(x.getOriginalMessage()).toLowerCase(Locale.ROOT);
        if (message.contains("expecting comma")) {
            return "a comma, or the end of the object or list, is missing before the text";
        }
        if (message.contains("end-of-input")) {
            return "it ends before all is closed,";
        }
        return "error";
    }

    private static String defaultBody(Webhook webhook, Variables variables, Defaults defaults) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        if (!webhook.disableCallback()) {
            json.put("callbackUri", variables.get(Variables.CALLBACK_URI));
        }
        json.put("approvalId", defaults.approvalId())
                .put("deploymentId", variables.get(Variables.DEPLOYMENT_ID))
                .put("environment", variables.get(Variables.ENVIRONMENT_NAME))
                .put("phase", defaults.phase());
        variables.context().forEach(json.putObject("context")::put);
        json.put("buildUrl", defaults.buildUrl());
        if (variables.get(Variables.OUTCOME) != null) {
            json.put("outcome", variables.get(Variables.OUTCOME)).put("reason", variables.get(Variables.REASON));
        }
        return json.toString();
    }

    /** The secrets that went into the request, as they are and as they are escaped in it. */
    private static List<String> secrets(Variables variables) {
        return variables.secretsUsed().stream()
                .flatMap(secret -> Stream.of(secret, Escapings.json(secret), Escapings.component(secret)))
                .filter(secret -> !secret.isBlank())
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
    }

    /**
     * A text without the secrets that this request holds.
     *
     * @param whole whether the text is all there was; of one that was cut off, the end may be the beginning of a secret
     */
    public String mask(String text, boolean whole) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, MASK);
        }
        if (!whole) {
            for (String secret : secrets) {
                for (int length = Math.min(secret.length() - 1, masked.length()); length > 0; length--) {
                    if (masked.endsWith(secret.substring(0, length))) {
                        masked = masked.substring(0, masked.length() - length);
                        break;
                    }
                }
            }
        }
        return masked;
    }

    public String method() {
        return method;
    }

    public HttpUrl url() {
        return HttpUrl.get(uri);
    }

    public List<Field> headers() {
        return Collections.unmodifiableList(headers);
    }

    @CheckForNull
    public String body() {
        return body;
    }

    /** Method, scheme, host and port: all that may be shown, since a path or a query may hold a secret. */
    public String destination() {
        return method + " " + host();
    }

    /** The host alone, a name or an address. */
    public String hostName() {
        return url().host();
    }

    /** Scheme, host and port, the port only where it is not the scheme's own. */
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
