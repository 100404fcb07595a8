package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.soabase.recordbuilder.core.RecordBuilder;
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
@RecordBuilder
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
        implements WebhookBuilder.With, Serializable {

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

    /**
     * @throws InvalidWebhookException naming the field and what to put there, if a rule of {@link WebhookRules} is
     *     broken
     */
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
     * Starts a definition. A field that is not set has Armory's default.
     *
     * @param name the name that people know the webhook by, and that {@code webhook:} refers to; must not be blank
     */
    public static WebhookBuilder named(@CheckForNull String name) {
        return WebhookBuilder.builder()
                .name(name)
                .method(DEFAULT_METHOD)
                .headers(List.of())
                .retry(RetryRules.ofCount(0))
                .limits(CallLimits.DEFAULT)
                .credentials(CallCredentials.NONE)
                .networkMode(NetworkMode.DIRECT)
                .context(Map.of());
    }

    /** Returns a copy for use as a cancel webhook: it awaits no callback, and its answer decides nothing. */
    public Webhook asCancel() {
        return with(copy -> copy.disableCallback(true).answer(null).status(null).cancel(null));
    }

    /** Returns a copy that is called from where another webhook is called: from Jenkins, or from the same agent. */
    public Webhook onTheWayOf(Webhook other) {
        return with(copy -> copy.networkMode(other.networkMode).agentIdentifier(other.agentIdentifier));
    }

    /**
     * Returns a copy that is called as another webhook is: from where that is called, with its credentials and time
     * limits.
     */
    public Webhook sentLike(Webhook other) {
        return onTheWayOf(other)
                .with(copy -> copy.credentials(other.credentials).limits(other.limits));
    }

    /** Returns a copy without its cancel webhook and its question for the status. */
    public Webhook alone() {
        return with(copy -> copy.cancel(null).status(null));
    }

    /** Returns a copy with a further header, or the webhook itself if it defines that header. */
    public Webhook withDefaultHeader(String name, String value) {
        if (headers.stream().anyMatch(header -> header.key().equalsIgnoreCase(name))) {
            return this;
        }
        List<Header> more = new ArrayList<>(headers);
        more.add(new Header(name, value));
        return withHeaders(more);
    }

    boolean mayHaveBody() {
        return WebhookRules.mayHaveBody(method);
    }

    /** Returns the number of characters of a context's keys and values. */
    public static long lengthOf(Map<String, String> context) {
        return context.entrySet().stream()
                .mapToLong(entry -> entry.getKey().length()
                        + (entry.getValue() == null ? 0 : entry.getValue().length()))
                .sum();
    }

    /** Returns whether any template uses a variable. */
    public boolean mentions(String variable) {
        return variablesOf(uriTemplate, body, headers).contains(variable);
    }

    /**
     * Returns the variables of the webhook's answer that the templates of its status or its cancel webhook, which this
     * is, use.
     */
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

    /** Returns whether a callback is awaited, and no template tells the receiver the callback URI. */
    public boolean hidesWhereToCallBack() {
        return !disableCallback && !tells(Variables.CALLBACK_URI);
    }

    /**
     * Returns whether the receiver of a webhook that awaits a callback is told a variable for it. The default body has
     * them all.
     */
    public boolean tells(String ofCallback) {
        return body == null && mayHaveBody() || mentions(ofCallback);
    }
}
