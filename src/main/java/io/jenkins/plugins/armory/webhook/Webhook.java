package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The definition of an outgoing call, with the fields of Armory's {@code webhooks} section.
 *
 * <p>It is long because its builder has a method for each field.
 *
 * @param body the template of the body, {@code null} for the default
 * @param retry how often a failed call is repeated, and when
 * @param limits how long an attempt may take
 * @param credentials the credentials that the call is made with
 * @param agentIdentifier the name or label of the agent that makes the call, {@code null} for the agent of the account
 * @param disableCallback whether no callback is awaited: the step goes on after the call, or the answer decides
 * @param context the default values of {@code {{context.*}}}
 * @param cancel the webhook to call when an approval ends without its external process, {@code null} for none
 * @param answer the rule by which the answer to the call decides, {@code null} if it does not
 * @param status the question for the status of the external process, {@code null} if it is not asked
 */
@Restricted(NoExternalUse.class)
public record Webhook(
        @JsonProperty("name") String name,
        @JsonProperty("method") String method,
        @JsonProperty("uriTemplate") String uriTemplate,
        @JsonProperty("headers") List<Header> headers,
        @CheckForNull @JsonProperty("body") String body,
        @JsonProperty("retry") RetryRules retry,
        @JsonProperty("limits") CallLimits limits,
        @JsonProperty("credentials") CallCredentials credentials,
        @JsonProperty("networkMode") NetworkMode networkMode,
        @CheckForNull @JsonProperty("agentIdentifier") String agentIdentifier,
        @JsonProperty("disableCallback") boolean disableCallback,
        @JsonProperty("context") Map<String, String> context,
        @CheckForNull @JsonProperty("cancel") CancelReference cancel,
        @CheckForNull @JsonProperty("answer") AnswerRule answer,
        @CheckForNull @JsonProperty("status") StatusCheck status)
        implements Serializable {

    static final String DEFAULT_METHOD = "POST";

    /**
     * A header of the call.
     *
     * @param key the name, not a template
     * @param value the template of the value
     */
    public record Header(
            @JsonProperty("key") String key,
            @JsonProperty("value") String value) implements Serializable {

        /** @throws InvalidWebhookException if {@code key} is not the name of a header that a webhook may set */
        public Header {
            value = value == null ? "" : value;
            WebhookRules.checkHeader(key, value);
        }
    }

    /** @throws InvalidWebhookException naming the field and what to put there, if a rule of {@link WebhookRules} is broken */
    public Webhook {
        WebhookRules.checkName(name);
        WebhookRules.checkUriTemplate(uriTemplate);
        WebhookRules.checkMethod(method);
        WebhookRules.checkHeaders(headers);
        WebhookRules.checkBody(method, body);
        WebhookRules.checkSigned(headers, credentials);
        WebhookRules.checkAgent(networkMode, agentIdentifier);
        WebhookRules.checkContext(context);
        Objects.requireNonNull(retry, "retry");
        Objects.requireNonNull(limits, "limits");
        method = WebhookRules.normalMethod(method);
        uriTemplate = uriTemplate.strip();
        headers = List.copyOf(headers);
        disableCallback = disableCallback || answer != null;
        context = Collections.unmodifiableMap(new LinkedHashMap<>(context));
        WebhookRules.checkAnswer(answer, status, method, variablesOf(uriTemplate, body, headers));
    }

    /**
     * Starts a definition.
     *
     * @param name the name that people know the webhook by, and that {@code webhook:} refers to; must not be blank
     */
    public static Builder named(@CheckForNull String name) {
        return new Builder(name);
    }

    /** Returns a copy for use as a cancel webhook: it awaits no callback, and its answer decides nothing. */
    public Webhook asCancel() {
        return toBuilder()
                .disableCallback(true)
                .answer(null)
                .status(null)
                .cancel(null)
                .build();
    }

    /**
     * Returns a copy whose answer decides.
     *
     * @throws InvalidWebhookException if the definition expects a callback
     */
    public Webhook withAnswer(AnswerRule rule) {
        return toBuilder().answer(rule).build();
    }

    /**
     * Returns a copy whose external process is asked for its status.
     *
     * @throws InvalidWebhookException if the answer to the webhook decides
     */
    public Webhook withStatus(StatusCheck check) {
        return toBuilder().status(check).build();
    }

    /**
     * Returns a copy with further values of {@code {{context.*}}}, which take precedence over its own.
     *
     * @throws InvalidWebhookException if no template can name a key
     */
    public Webhook withContext(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(context);
        all.putAll(more);
        return toBuilder().context(all).build();
    }

    /** Returns a copy that is called from where another webhook is called: from Jenkins, or from the same agent. */
    public Webhook onTheWayOf(Webhook other) {
        var builder = toBuilder().agentIdentifier(other.agentIdentifier);
        builder.networkMode = other.networkMode;
        return builder.build();
    }

    /** Returns a copy that is called as another webhook is: from where that is called, with its credentials and time limits. */
    public Webhook sentLike(Webhook other) {
        return onTheWayOf(other).toBuilder()
                .credentials(other.credentials)
                .limits(other.limits)
                .build();
    }

    /** Returns a copy without its cancel webhook and its question for the status. */
    public Webhook alone() {
        return toBuilder().cancel(null).status(null).build();
    }

    /** Returns a copy with a further header, or the webhook itself if it defines that header. */
    public Webhook withDefaultHeader(String name, String value) {
        if (headers.stream().anyMatch(header -> header.key().equalsIgnoreCase(name))) {
            return this;
        }
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return toBuilder().headers(more).build();
    }

    boolean mayHaveBody() {
        return WebhookRules.mayHaveBody(method);
    }

    private Builder toBuilder() {
        Builder builder = named(name)
                .method(method)
                .uriTemplate(uriTemplate)
                .headers(headers)
                .body(body)
                .retry(retry)
                .limits(limits)
                .credentials(credentials)
                .agentIdentifier(agentIdentifier)
                .disableCallback(disableCallback)
                .context(context)
                .cancel(cancel)
                .answer(answer)
                .status(status);
        builder.networkMode = networkMode;
        return builder;
    }

    /** Returns the number of characters of a context's keys and values. */
    public static long lengthOf(Map<String, String> context) {
        return context.entrySet().stream()
                .mapToLong(entry -> entry.getKey().length() + textLength(entry.getValue()))
                .sum();
    }

    private static int textLength(@CheckForNull String text) {
        return text == null ? 0 : text.length();
    }

    /** Returns the number of characters of the templates and the context. */
    public long length() {
        return templates(uriTemplate, body, headers).mapToLong(String::length).sum() + lengthOf(context);
    }

    /** Returns whether any template uses a variable. */
    public boolean mentions(String variable) {
        return variablesOf(uriTemplate, body, headers).contains(variable);
    }

    /** Returns the variables of the webhook's answer that the templates of its status or its cancel webhook, which this is, use. */
    public Set<String> ofAnswer() {
        return variablesOf(uriTemplate, body, headers).stream()
                .filter(Variables::isOfAnswer)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> variablesOf(String uriTemplate, @CheckForNull String body, List<Header> headers) {
        return templates(uriTemplate, body, headers)
                .flatMap(template -> Template.variables(template).stream())
                .collect(Collectors.toSet());
    }

    private static Stream<String> templates(String uriTemplate, @CheckForNull String body, List<Header> headers) {
        return Stream.concat(Stream.of(uriTemplate, body), headers.stream().map(Header::value))
                .filter(Objects::nonNull);
    }

    /** Returns whether a callback is awaited, and no template tells the receiver the callback URI. The default body does. */
    public boolean hidesWhereToCallBack() {
        boolean tells = body == null && mayHaveBody() || mentions(Variables.CALLBACK_URI);
        return !disableCallback && !tells;
    }

    /** Builds a {@link Webhook}. A field that is not set has Armory's default. */
    public static final class Builder {

        private final String name;
        private String method = DEFAULT_METHOD;
        private String uriTemplate;
        private List<Header> headers = List.of();
        private String body;
        private RetryRules retry = RetryRules.ofCount(0);
        private CallLimits limits = CallLimits.DEFAULT;
        private CallCredentials credentials = CallCredentials.NONE;
        private NetworkMode networkMode = NetworkMode.DIRECT;
        private String agentIdentifier;
        private boolean disableCallback;
        private Map<String, String> context = Map.of();
        private CancelReference cancel;
        private AnswerRule answer;
        private StatusCheck status;

        private Builder(@CheckForNull String name) {
            this.name = name;
        }

        public Builder method(String method) {
            this.method = method;
            return this;
        }

        /** @param uriTemplate the template of the address */
        public Builder uriTemplate(@CheckForNull String uriTemplate) {
            this.uriTemplate = uriTemplate;
            return this;
        }

        public Builder headers(List<Header> headers) {
            this.headers = headers;
            return this;
        }

        /** @param body the template of the body ({@code bodyTemplate.inline}), or {@code null} for the default body */
        public Builder body(@CheckForNull String body) {
            this.body = body;
            return this;
        }

        /** @throws InvalidWebhookException if the number is negative */
        public Builder retryCount(int retryCount) {
            return retry(RetryRules.ofCount(retryCount));
        }

        public Builder retry(RetryRules retry) {
            this.retry = retry;
            return this;
        }

        public Builder limits(CallLimits limits) {
            this.limits = limits;
            return this;
        }

        public Builder credentials(CallCredentials credentials) {
            this.credentials = credentials;
            return this;
        }

        /** @throws InvalidWebhookException if there is no such mode */
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

        public Builder cancel(@CheckForNull CancelReference cancel) {
            this.cancel = cancel;
            return this;
        }

        /** @param answer the rule by which the answer decides, {@code null} if it does not */
        public Builder answer(@CheckForNull AnswerRule answer) {
            this.answer = answer;
            return this;
        }

        /** @param status the question for the status, {@code null} if it is not asked */
        public Builder status(@CheckForNull StatusCheck status) {
            this.status = status;
            return this;
        }

        /** @throws InvalidWebhookException naming the field and what to put there */
        public Webhook build() {
            return new Webhook(
                    name,
                    method,
                    uriTemplate,
                    headers,
                    body,
                    retry,
                    limits,
                    credentials,
                    networkMode,
                    agentIdentifier,
                    disableCallback,
                    context,
                    cancel,
                    answer,
                    status);
        }
    }
}
