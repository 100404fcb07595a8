package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.WebhookRequest.RenderedHeader;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import okhttp3.HttpUrl;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The request of one attempt before it is rendered: a webhook and the values of its templates, which are escaped for
 * the place where they stand, see {@link Escapings}. Credentials are read by {@link #render} alone, so that secrets are
 * in memory only while they are needed.
 */
@Restricted(NoExternalUse.class)
public final class RequestRenderer {

    static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private static final String CONTENT_TYPE = "Content-Type";
    private static final String JSON_TYPE = "application/json";

    /** What is before a value that is a part of the host or port. */
    private static final Pattern BEFORE_HOST = Pattern.compile("(?i)https?://[^/?#]*");

    /** What is before a value that is a part of the path or comes after it. */
    private static final Pattern BEFORE_PATH = Pattern.compile("(?is)https?://[^/\\\\?#]*[/\\\\?#].*");

    private static final Pattern NO_HOST = Pattern.compile("(?i)https?://(?:[/\\\\?#]|$)");

    private final Webhook webhook;
    private final Variables variables;
    private final Material material;
    private final Set<String> wanted;

    /**
     * What the request needs beside its templates. A problem with what a credential holds is an {@link
     * IllegalArgumentException}.
     *
     * @param identity returns the client's key and certificates of a certificate credential, {@code null} if there is
     *     none of that id
     * @param authorities returns the authorities of a certificate credential, {@code null} if there is none of that id
     * @param signer empty if no part of the plugin signs
     */
    public record Material(
            Function<String, TlsMaterial.Identity> identity,
            Function<String, List<byte[]>> authorities,
            Optional<RequestSigner> signer) {}

    /** @param wanted the variables that further calls take from the answer */
    public RequestRenderer(Webhook webhook, Variables variables, Material material, Set<String> wanted) {
        this.webhook = webhook;
        this.variables = variables;
        this.material = material;
        this.wanted = wanted;
    }

    /**
     * Returns the host and the port that are called, as the client connects to them: however they are written, they are
     * the same. Looks up no secret: an address that is a secret counts as a host of its own.
     *
     * @throws UndeliverableException if the address cannot be called
     */
    public String hostAndPort() throws UndeliverableException {
        try {
            HttpUrl url = url(variables.withoutSecrets());
            return url.host() + ':' + url.port();
        } catch (UndeliverableException x) {
            throw ofWebhook(x);
        }
    }

    /**
     * @throws UndeliverableException if the call cannot be made as it is defined, naming the field or the credential
     */
    public WebhookRequest render() throws UndeliverableException {
        try {
            return rendered().with(signing(), tls(), wanted);
        } catch (UndeliverableException x) {
            throw ofWebhook(x);
        }
    }

    private UndeliverableException ofWebhook(UndeliverableException x) {
        return new UndeliverableException("webhook '" + webhook.name() + "': " + x.getMessage());
    }

    @CheckForNull
    private RequestSigner.Signing signing() throws UndeliverableException {
        String id = webhook.credentials().signWith();
        if (id == null) {
            return null;
        }
        RequestSigner signer = material.signer()
                .orElseThrow(() -> new UndeliverableException(
                        "signWith: this build of the plugin has no part that signs; leave signWith out"));
        return read(
                "signWith",
                "Secret text",
                id,
                () -> Optional.ofNullable(variables.secret(id))
                        .map(signer::with)
                        .orElse(null));
    }

    @CheckForNull
    private TlsMaterial tls() throws UndeliverableException {
        String client = webhook.credentials().clientCertificateId();
        String trust = webhook.credentials().trustCertificateId();
        return client == null && trust == null
                ? null
                : new TlsMaterial(
                        client == null
                                ? null
                                : read(
                                        "clientCertificateId",
                                        "certificate credential",
                                        client,
                                        () -> material.identity().apply(client)),
                        trust == null
                                ? List.of()
                                : read(
                                        "trustCertificateId",
                                        "certificate credential",
                                        trust,
                                        () -> material.authorities().apply(trust)));
    }

    private static <T> T read(String field, String kind, String id, Supplier<T> credential)
            throws UndeliverableException {
        try {
            T held = credential.get();
            if (held == null) {
                throw new UndeliverableException(field + ": there is no " + kind + " \"" + id
                        + "\" that may be used here; create one, or name another");
            }
            return held;
        } catch (IllegalArgumentException x) {
            throw new UndeliverableException(field + ": \"" + id + "\" " + x.getMessage());
        }
    }

    private WebhookRequest rendered() throws UndeliverableException {
        HttpUrl url = url(variables);
        List<RenderedHeader> headers = headers();
        String contentType = contentType(headers);
        String body = body(Escapings.mediaType(contentType == null ? JSON_TYPE : contentType));
        if (body != null && contentType == null) {
            headers.add(new RenderedHeader(CONTENT_TYPE, JSON_TYPE));
        }
        checkCallbackUri();
        return new WebhookRequest(webhook, url, headers, body, variables.secretsUsed());
    }

    private HttpUrl url(Variables values) throws UndeliverableException {
        var template = new Template("uriTemplate", webhook.uriTemplate());
        // OkHttp leaves out spaces around an address. Here too, a last segment must not hide its dots with one.
        String uri = template.render(values, uriEscaping(values)).toString().strip();
        if (!uri.regionMatches(true, 0, "http://", 0, 7) && !uri.regionMatches(true, 0, "https://", 0, 8)) {
            throw new UndeliverableException("uriTemplate: must start with http:// or https:// once rendered");
        }
        if (NO_HOST.matcher(uri).lookingAt()) { // OkHttp would take what follows for the host
            throw new UndeliverableException("uriTemplate: has no host once rendered");
        }
        HttpUrl url = HttpUrl.parse(uri);
        // OkHttp accepts some international host names whose ASCII form it does not accept.
        if (url == null || HttpUrl.parse(url.toString()) == null) {
            throw new UndeliverableException(
                    "uriTemplate: is not a valid address once rendered; check its host and port");
        }
        if (!url.username().isEmpty() || !url.password().isEmpty()) {
            throw new UndeliverableException(
                    "uriTemplate: has a user or a password before the host, which would not be sent;"
                            + " use an Authorization header");
        }
        if (!url.isHttps() && webhook.credentials().needTls()) {
            throw new UndeliverableException(
                    "uriTemplate: must start with https:// once rendered, since the webhook has a client certificate or"
                            + " authorities of its own, which count with TLS alone");
        }
        checkDots(template, values, uri);
        return url;
    }

    /**
     * Escapes for a URI, and refuses a secret in the host: name servers are asked for it before it is known whether it
     * may be called.
     */
    private static Template.Escaping uriEscaping(Variables values) {
        Template.Escaping escaping = Escapings.uri();
        return (value, before) -> {
            if (BEFORE_HOST.matcher(before).matches() && values.secretsUsed().contains(value)) {
                throw new IllegalArgumentException(
                        "would be a part of the host, which name servers and logs see; put it into the"
                                + " path, a header or the body");
            }
            return escaping.escape(value, before);
        };
    }

    /**
     * Checks that no value removes a segment of the path. The segments "." and ".." do (RFC 3986, section 5.2.4), and
     * they cannot be escaped. So the path must have as many segments as it has with harmless values.
     */
    private static void checkDots(Template template, Variables values, String uri) throws UndeliverableException {
        Template.Escaping escaping = Escapings.uri();
        String harmless = template.render(
                        values,
                        (value, before) -> BEFORE_PATH.matcher(before).matches() ? "x" : escaping.escape(value, before))
                .toString()
                .strip();
        if (pathSize(harmless) != pathSize(uri)) {
            throw new UndeliverableException(
                    "uriTemplate: a value makes a segment of the path \".\" or \"..\", which stands for another path");
        }
    }

    /**
     * Returns the number of segments of a path after a segment is appended. Dots at the end of a path leave an empty
     * segment, which the appended one replaces.
     */
    private static int pathSize(String uri) {
        return HttpUrl.get(uri.split("[?#]", 2)[0] + "/end").pathSize();
    }

    private List<RenderedHeader> headers() throws UndeliverableException {
        var headers = new ArrayList<RenderedHeader>();
        int length = 0;
        for (Webhook.Header header : webhook.headers()) {
            String field = "headers: " + header.key();
            String value = new Template(field, header.value())
                    .render(variables, Escapings.header())
                    .toString()
                    .strip();
            try { // the text between the values
                Escapings.header().escape(value, "");
            } catch (IllegalArgumentException x) {
                throw new UndeliverableException(field + ": the value " + x.getMessage());
            }
            length += header.key().length() + value.length();
            if (length > Bound.TEXT.most()) {
                throw new UndeliverableException(
                        "headers: are longer than " + Bound.TEXT.most() + " characters once rendered");
            }
            headers.add(new RenderedHeader(header.key(), value));
        }
        return headers;
    }

    @CheckForNull
    private static String contentType(List<RenderedHeader> headers) {
        return headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(CONTENT_TYPE))
                .map(RenderedHeader::value)
                .findFirst()
                .orElse(null);
    }

    @CheckForNull
    private String body(String mediaType) throws UndeliverableException {
        if (webhook.body() != null) {
            return ownBody(webhook.body(), mediaType);
        }
        if (!webhook.mayHaveBody()) {
            return null;
        }
        if (!Escapings.isJson(mediaType)) {
            throw new UndeliverableException("bodyTemplate: is missing; without one the body is JSON, which does not go"
                    + " with the Content-Type header");
        }
        return defaultBody();
    }

    private String ownBody(String template, String mediaType) throws UndeliverableException {
        Template.Rendered body = new Template("bodyTemplate", template).render(variables, Escapings.body(mediaType));
        if (Escapings.isJson(mediaType)) {
            checkJson(body);
        }
        return body.toString();
    }

    private static void checkJson(Template.Rendered body) throws UndeliverableException {
        try {
            JSON.readTree(body.toString());
        } catch (JsonProcessingException x) {
            JsonLocation at = x.getLocation();
            throw new UndeliverableException("bodyTemplate: is not JSON once rendered: " + problem(x)
                    + (at == null ? "" : " " + body.placeOf((int) at.getCharOffset()))
                    + ". For a body that is not JSON, give a Content-Type header");
        }
    }

    /** Describes the parser's error. Its own message could show a value. */
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

    private String defaultBody() {
        var json = JSON.createObjectNode();
        if (!webhook.disableCallback()) {
            json.put("callbackUri", variables.get(Variables.CALLBACK_URI))
                    .put("callbackToken", variables.get(Variables.CALLBACK_TOKEN));
        }
        json.put("approvalId", variables.get(Variables.APPROVAL_ID))
                .put("deploymentId", variables.get(Variables.DEPLOYMENT_ID))
                .put("environment", variables.get(Variables.ENVIRONMENT_NAME))
                .put("phase", variables.get(Variables.PHASE));
        variables.context().forEach(json.putObject("context")::put);
        json.put("buildUrl", variables.get(Variables.BUILD_URL));
        if (variables.get(Variables.OUTCOME) != null) {
            json.put("outcome", variables.get(Variables.OUTCOME)).put("reason", variables.get(Variables.REASON));
        }
        if (variables.get(Variables.EVENT) != null) {
            json.put("event", variables.get(Variables.EVENT))
                    .put("text", variables.get(Variables.TEXT))
                    .put("webhook", variables.get(Variables.WEBHOOK_NAME))
                    .put("approvalUrl", variables.get(Variables.APPROVAL_URL))
                    .put("deadline", variables.get(Variables.DEADLINE));
        }
        return json.toString();
    }

    private void checkCallbackUri() throws UndeliverableException {
        if (webhook.hidesWhereToCallBack()) {
            throw new UndeliverableException(
                    "nothing in it says where to call back to; put {{armory.callbackUri}}/callback into"
                            + " uriTemplate, a header or bodyTemplate, or set disableCallback");
        }
    }
}
