package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The definition of an outgoing call, with the fields of Armory's {@code webhooks} section. Immutable, and always one that
 * could be called: whatever can be wrong with a definition as such is found when it is built.
 *
 * <p>A class and not a record because it is kept in a build's {@code program.dat}, and JBoss Marshalling does not restore
 * records.
 */
public final class Webhook implements Serializable {

    private static final long serialVersionUID = 2L;
    /** The methods that a webhook may be called with. */
    public static final List<String> METHODS = List.of("POST", "GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS");

    static final String DEFAULT_METHOD = "POST";
    private static final Set<String> METHODS_WITHOUT_BODY = Set.of("GET", "HEAD");
    private static final String HEADER_NAME = "[!#$%&'*+.^_`|~0-9A-Za-z-]+"; // RFC 9110, section 5.6.2
    /** What the HTTP client sets itself, or what would reach another host than the one that is called. */
    private static final Set<String> RESERVED_HEADERS = Set.of(
            "connection",
            "content-length",
            "expect",
            "host",
            "keep-alive",
            "proxy-authorization",
            "proxy-connection",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    private final String name;
    private final String method;
    private final String uriTemplate;
    private final ArrayList<Header> headers;

    @CheckForNull
    private final String body;

    @CheckForNull
    private final String bodyPath;

    private final int retryCount;
    private final NetworkMode networkMode;

    @CheckForNull
    private final String agentIdentifier;

    private final boolean disableCallback;
    private final LinkedHashMap<String, String> context;

    @CheckForNull
    private final Cancel cancel;

    /** What is called when an approval ends without its external process: a webhook, or the name of one. */
    public static final class Cancel implements Serializable {

        private static final long serialVersionUID = 1L;

        @CheckForNull
        private final String name;

        @CheckForNull
        private final Webhook inline;

        private Cancel(@CheckForNull String name, @CheckForNull Webhook inline) {
            this.name = name;
            this.inline = inline;
        }

        /** The one of that name, wherever it is defined. */
        public static Cancel named(String name) {
            return new Cancel(name, null);
        }

        /** One that is defined where it is used; it is called on the way on which the approval's webhook is. */
        public static Cancel of(Webhook inline) {
            return new Cancel(null, inline);
        }

        /** {@code null} for one that is defined where it is used. */
        @CheckForNull
        public String name() {
            return name;
        }

        /** {@code null} for one that is defined elsewhere. */
        @CheckForNull
        public Webhook inline() {
            return inline;
        }
    }

    /** A header of the call. */
    public static final class Header implements Serializable {

        private static final long serialVersionUID = 1L;

        private final String key;
        private final String value;

        /**
         * @param key the name, not a template
         * @param value template of the value
         * @throws InvalidWebhookException when {@code key} is not the name of a header, or one that is not for a webhook
         */
        public Header(@CheckForNull String key, @CheckForNull String value) {
            if (key == null || !key.matches(HEADER_NAME)) {
                throw new InvalidWebhookException(
                        "headers",
                        "\"" + key + "\" is not the name of an HTTP header; write"
                                + " headers: [[key: 'Authorization', value: '...']]");
            }
            if (RESERVED_HEADERS.contains(key.toLowerCase(Locale.ROOT))) {
                throw new InvalidWebhookException("headers", key + " is set by Jenkins; leave it out");
            }
            this.key = key;
            this.value = value == null ? "" : value;
            Template.check("headers", this.value);
        }

        public String key() {
            return key;
        }

        public String value() {
            return value;
        }
    }

    private Webhook(Builder builder) {
        name = builder.name;
        method = builder.method.strip().toUpperCase(Locale.ROOT);
        uriTemplate = builder.uriTemplate.strip();
        headers = new ArrayList<>(builder.headers);
        body = builder.body;
        bodyPath = builder.bodyPath;
        retryCount = builder.retryCount;
        networkMode = builder.networkMode;
        agentIdentifier = builder.agentIdentifier;
        disableCallback = builder.disableCallback;
        context = new LinkedHashMap<>(builder.context);
        cancel = builder.cancel;
    }

    /**
     * Puts a definition together.
     *
     * @param name what people know the webhook by, and what {@code webhook:} names; must not be blank
     */
    public static Builder named(@CheckForNull String name) {
        return new Builder(name);
    }

    public String name() {
        return name;
    }

    public String method() {
        return method;
    }

    String uriTemplate() {
        return uriTemplate;
    }

    List<Header> headers() {
        return Collections.unmodifiableList(headers);
    }

    @CheckForNull
    String body() {
        return body;
    }

    /** The file in the workspace that has the template of the body; {@code null} when there is none, or it was read. */
    @CheckForNull
    public String bodyPath() {
        return bodyPath;
    }

    /** How often a call that did not get through is made again. */
    public int retryCount() {
        return retryCount;
    }

    public NetworkMode networkMode() {
        return networkMode;
    }

    /** Name or label of the agent that makes the call; {@code null} for that of the environment's account. */
    @CheckForNull
    public String agentIdentifier() {
        return agentIdentifier;
    }

    /** Whether the call is all there is to it: no callback is awaited. */
    public boolean disableCallback() {
        return disableCallback;
    }

    /** Values for {@code {{context.*}}} that hold where whoever runs the webhook gives none. */
    public Map<String, String> context() {
        return Collections.unmodifiableMap(context);
    }

    /** What is called when an approval ends without its external process, {@code null} for nothing. */
    @CheckForNull
    public Cancel cancel() {
        return cancel;
    }

    /** The same as what it is when it cancels something: nothing is called back. */
    public Webhook asCancel() {
        return toBuilder().disableCallback(true).cancel(null).build();
    }

    /** The same on the way of another: from Jenkins, or from the same agent. */
    public Webhook onTheWayOf(Webhook other) {
        Builder builder = toBuilder().agentIdentifier(other.agentIdentifier);
        builder.networkMode = other.networkMode;
        return builder.build();
    }

    boolean mayHaveBody() {
        return !METHODS_WITHOUT_BODY.contains(method);
    }

    /** The same with the body that was read from {@link #bodyPath}. */
    public Webhook withBody(String template) {
        return toBuilder().bodyPath(null).body(template).build();
    }

    private Builder toBuilder() {
        Builder builder = named(name)
                .method(method)
                .uriTemplate(uriTemplate)
                .headers(headers)
                .body(body)
                .bodyPath(bodyPath)
                .retryCount(retryCount)
                .agentIdentifier(agentIdentifier)
                .disableCallback(disableCallback)
                .context(context)
                .cancel(cancel);
        builder.networkMode = networkMode;
        return builder;
    }

    /** Whether a variable stands anywhere in the templates. */
    public boolean mentions(String variable) {
        return templates().anyMatch(template -> Template.variables(template).contains(variable));
    }

    /** Ids of the Secret texts that the templates use. */
    public Set<String> secrets() {
        return templates()
                .flatMap(template -> Variables.secretsIn(template).stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Stream<String> templates() {
        return Stream.concat(Stream.of(uriTemplate, body), headers.stream().map(Header::value))
                .filter(Objects::nonNull);
    }

    /** Whether a receiver of the call can learn from it where to call back to. */
    public boolean tellsWhereToCallBack() {
        return body == null && bodyPath == null && mayHaveBody() || mentions(Variables.CALLBACK_URI);
    }

    /** See the methods of {@link Webhook} of the same names. Whatever is not set has Armory's default. */
    public static final class Builder {

        private final String name;
        private String method = DEFAULT_METHOD;
        private String uriTemplate;
        private List<Header> headers = List.of();
        private String body;
        private String bodyPath;
        private int retryCount;
        private NetworkMode networkMode = NetworkMode.DIRECT;
        private String agentIdentifier;
        private boolean disableCallback;
        private Map<String, String> context = Map.of();
        private Cancel cancel;

        private Builder(@CheckForNull String name) {
            this.name = name;
        }

        public Builder method(String method) {
            this.method = method;
            return this;
        }

        /** @param uriTemplate template of the address */
        public Builder uriTemplate(@CheckForNull String uriTemplate) {
            this.uriTemplate = uriTemplate;
            return this;
        }

        public Builder headers(List<Header> headers) {
            this.headers = headers;
            return this;
        }

        /** @param body template of the body ({@code bodyTemplate.inline}), {@code null} for {@link WebhookRequest}'s default */
        public Builder body(@CheckForNull String body) {
            this.body = body;
            return this;
        }

        /** @param path file in the workspace ({@code bodyTemplate.path}) */
        public Builder bodyPath(@CheckForNull String path) {
            this.bodyPath = path;
            return this;
        }

        public Builder retryCount(int retryCount) {
            this.retryCount = retryCount;
            return this;
        }

        /** @throws InvalidWebhookException when there is no such mode */
        public Builder networkMode(@CheckForNull String networkMode) {
            this.networkMode = networkMode == null ? NetworkMode.DIRECT : NetworkMode.of(networkMode);
            return this;
        }

        public Builder agentIdentifier(@CheckForNull String agentIdentifier) {
            this.agentIdentifier = agentIdentifier;
            return this;
        }

        public Builder disableCallback(boolean disableCallback) {
            this.disableCallback = disableCallback;
            return this;
        }

        public Builder context(Map<String, String> context) {
            this.context = context;
            return this;
        }

        public Builder cancel(@CheckForNull Cancel cancel) {
            this.cancel = cancel;
            return this;
        }

        /** @throws InvalidWebhookException naming the field and what to put there */
        public Webhook build() {
            if (name == null || name.isBlank()) {
                throw new InvalidWebhookException(
                        "name", "must not be blank; it is what people will know the webhook by");
            }
            if (uriTemplate == null || uriTemplate.isBlank()) {
                throw new InvalidWebhookException(
                        "uriTemplate",
                        "is missing; put the address to call there, such as https://ci.example.com/start");
            }
            Template.check("uriTemplate", uriTemplate);
            checkScheme(uriTemplate.strip());
            if (!METHODS.contains(method.strip().toUpperCase(Locale.ROOT))) {
                throw new InvalidWebhookException(
                        "method", "\"" + method + "\" is not one of " + String.join(", ", METHODS));
            }
            checkBody();
            if (retryCount < 0) {
                throw new InvalidWebhookException("retryCount", retryCount + " is less than 0");
            }
            if (agentIdentifier != null && networkMode != NetworkMode.REMOTE_NETWORK_AGENT) {
                throw new InvalidWebhookException(
                        "agentIdentifier",
                        "goes with networkMode " + NetworkMode.REMOTE_NETWORK_AGENT
                                + " alone; set that, or leave it out");
            }
            context.keySet().forEach(Builder::checkContextKey);
            return new Webhook(this);
        }

        /** Whether a literal start of the address is one of HTTP. */
        private static void checkScheme(String uri) {
            String start = uri.toLowerCase(Locale.ROOT);
            if (!start.startsWith("http://") && !start.startsWith("https://") && !start.startsWith("{{")) {
                throw new InvalidWebhookException(
                        "uriTemplate", "must start with http:// or https://, or with a variable");
            }
        }

        private void checkBody() {
            if (body != null && bodyPath != null) {
                throw new InvalidWebhookException("bodyTemplate", "has both inline and path; leave one of them out");
            }
            if (body != null) {
                Template.check("bodyTemplate", body);
            }
            boolean any = body != null || bodyPath != null;
            if (any && METHODS_WITHOUT_BODY.contains(method.strip().toUpperCase(Locale.ROOT))) {
                throw new InvalidWebhookException(
                        "bodyTemplate", "a " + method + " request has no body; leave it out, or use POST");
            }
        }

        private static void checkContextKey(String key) {
            if (!Template.isName(key)) {
                throw new InvalidWebhookException(
                        "context",
                        "\"" + key + "\" cannot be named in a template; use letters, digits, '.', '-' and '_' in keys");
            }
        }
    }
}
