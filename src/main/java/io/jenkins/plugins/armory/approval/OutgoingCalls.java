package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRules;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The calls that may still be made for an approval, with all that their templates need. They are part of the approval's
 * record, which makes the approval its own outbox. Templates are kept as they are written, so that no secret and no
 * token is in a record.
 *
 * @param webhook the approval's webhook, {@code null} once it took the call, and if a person alone decides
 * @param cancel the cancel webhook, {@code null} for none
 * @param status the question for the status, {@code null} for none, and once there is a verdict
 * @param notifications who is told of the approval, {@code null} for nobody
 * @param context values of {@code {{context.*}}}
 * @param variables values of {@code {{armory.*}}} that the step knew: what is deployed, and the target of a deployment
 *     file
 */
@Restricted(NoExternalUse.class)
@RecordBuilder
public record OutgoingCalls(
        @CheckForNull @JsonProperty("webhook") Webhook webhook,
        @CheckForNull @JsonProperty("cancel") Webhook cancel,
        @CheckForNull @JsonProperty("status") StatusCheck status,
        @CheckForNull @JsonProperty("notifications") Notifications notifications,
        @JsonProperty("context") Map<String, String> context,
        @JsonProperty("variables") Map<String, String> variables)
        implements OutgoingCallsBuilder.With {

    /** No call. */
    public static final OutgoingCalls NONE = new OutgoingCalls(null, null, null, null, Map.of(), Map.of());

    public OutgoingCalls {
        context = Collections.unmodifiableMap(new LinkedHashMap<>(context));
        WebhookRules.checkContext(context);
        variables = Collections.unmodifiableMap(new LinkedHashMap<>(variables));
        variables.forEach(Bound.LINE::check);
        Bound.LIST.check(
                "{{answer.NAME}} of status and cancel", ofAnswer(status, cancel).size());
    }

    /** Returns the webhooks of all calls. */
    public Stream<Webhook> all() {
        return Stream.concat(
                        Stream.of(webhook, cancel, status == null ? null : status.webhook()),
                        notifications == null ? Stream.empty() : notifications.webhooks().stream())
                .filter(Objects::nonNull);
    }

    /** Returns the variables of the webhook's answer without which its status cannot be asked for. */
    public Set<String> ofAnswerForStatus() {
        return ofAnswer(status, null);
    }

    /** Returns the variables of the webhook's answer that further calls use. */
    public Set<String> ofAnswer() {
        return ofAnswer(status, cancel);
    }

    private static Set<String> ofAnswer(@CheckForNull StatusCheck status, @CheckForNull Webhook cancel) {
        return Stream.of(status == null ? null : status.webhook(), cancel)
                .filter(Objects::nonNull)
                .flatMap(webhook -> webhook.ofAnswer().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Returns whether there is a call to the external process, of whichever kind. */
    boolean isForProcess() {
        return webhook != null || cancel != null || status != null;
    }

    /** Returns the same calls with other notifications, {@code null} if that is nothing. */
    @CheckForNull
    public OutgoingCalls notifying(@CheckForNull Notifications others) {
        return withNotifications(others).orNull();
    }

    /** Returns what is left once the webhook needs no further call, {@code null} if that is nothing. */
    @CheckForNull
    OutgoingCalls withoutWebhook() {
        return withWebhook(null).orNull();
    }

    /** Returns what is left once there is a verdict of the external process, {@code null} if that is nothing. */
    @CheckForNull
    OutgoingCalls withoutVerdictCalls() {
        return with(rest -> rest.webhook(null).status(null)).orNull();
    }

    /** Returns what is left once the external process needs no further call, {@code null} if that is nothing. */
    @CheckForNull
    OutgoingCalls withoutProcess() {
        return with(rest -> rest.webhook(null).cancel(null).status(null)).orNull();
    }

    @CheckForNull
    private OutgoingCalls orNull() {
        return all().findAny().isPresent() ? this : null;
    }
}
