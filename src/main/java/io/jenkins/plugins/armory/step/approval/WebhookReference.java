package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.config.AnswerDefinition;
import io.jenkins.plugins.armory.config.CancelDefinition;
import io.jenkins.plugins.armory.config.Parameter;
import io.jenkins.plugins.armory.config.StatusDefinition;
import io.jenkins.plugins.armory.config.WebhookDefinition;
import io.jenkins.plugins.armory.step.EnclosingAction;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A step's webhook: its inline definition, or a name. Names are looked up on the job's folders from the inside, then in the settings.
 */
final class WebhookReference implements Serializable {

    private static final long serialVersionUID = 2L;

    @CheckForNull
    private final String name;

    @CheckForNull
    private final Webhook inline;

    private final LinkedHashMap<String, String> context;

    /** The step's own cancel webhook, {@code null} for the one of the webhook's definition. */
    @CheckForNull
    private final CancelReference cancel;

    /** The step's own rule for the answer, {@code null} for the one of the webhook's definition. */
    @CheckForNull
    private final AnswerRule answer;

    /** The step's own question for the status, {@code null} for the one of the webhook's definition. */
    @CheckForNull
    private final StatusCheck status;

    private WebhookReference(
            @CheckForNull String name,
            @CheckForNull Webhook inline,
            Map<String, String> context,
            ArmoryWebhookApprovalStep step) {
        CancelDefinition ownCancel = step.getCancel();
        AnswerDefinition ownAnswer = step.getAnswer();
        StatusDefinition ownStatus = step.getStatus();
        this.name = name;
        this.inline = inline;
        this.context = new LinkedHashMap<>(context);
        cancel = ownCancel == null ? null : ownCancel.toCancel();
        answer = ownAnswer == null ? null : ownAnswer.toRule();
        status = ownStatus == null ? null : ownStatus.toCheck();
    }

    /**
     * Returns the webhook of a step, {@code null} if the step leaves the decision to a person
     * alone.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    @CheckForNull
    static WebhookReference of(ArmoryWebhookApprovalStep step) {
        String name = step.getWebhook();
        Bound.LINE.check("webhook", name);
        if (name == null) {
            if (asksPersonAlone(step)) {
                return null;
            }
            checkInline(step);
        }
        WebhookDefinition definition = step.definition();
        Webhook inline = name == null ? definition.toWebhook() : null;
        return new WebhookReference(name, inline, inline == null ? definition.contextMap() : inline.context(), step);
    }

    /**
     * Returns whether a step has a manual approval and nothing of a webhook. A step that has anything of one does not: a
     * forgotten parameter must not leave the decision to the person.
     *
     * @throws IllegalArgumentException naming the parameters that are for the external process
     */
    private static boolean asksPersonAlone(ArmoryWebhookApprovalStep step) {
        List<String> given = Parameter.given(step);
        if (step.getManualApproval() == null || given.stream().anyMatch(ArmoryWebhookApprovalStep::isOfDefinition)) {
            return false;
        }
        String names =
                given.stream().filter(ArmoryWebhookApprovalStep::isForProcess).collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            throw new IllegalArgumentException(
                    names + ": is for an external process, and the step has no webhook; name one"
                            + " with webhook or define one with name and uriTemplate, or leave out " + names
                            + ", so that a person alone decides");
        }
        return true;
    }

    private static void checkInline(ArmoryWebhookApprovalStep step) {
        if (step.getUriTemplate() == null && step.getName() == null) {
            throw new IllegalArgumentException("webhook: is missing; name one that is defined in Manage Jenkins or on a"
                    + " folder, define one here with name and uriTemplate, or let people alone decide with"
                    + " manualApproval: [message: 'Go?']");
        }
    }

    /** Returns the {@code context} of the step. */
    Map<String, String> context() {
        return Collections.unmodifiableMap(context);
    }

    /** Returns the name of the webhook, for people. */
    String name() {
        return inline == null ? String.valueOf(name) : inline.name();
    }

    /**
     * Looks up the webhook.
     *
     * @param notifications who is told of the approval, {@code null} for nobody
     * @throws AbortException naming the parameter that is wrong
     */
    OutgoingCalls resolve(Surroundings at, @CheckForNull Notifications notifications) throws AbortException {
        List<Object> key = Arrays.asList(name, inline, cancel, answer, status);
        OutgoingCalls known = at.resolved().get(key);
        if (known == null) {
            known = resolve(at);
            at.resolved().put(key, known);
        }
        Map<String, String> all = new LinkedHashMap<>(known.context());
        all.putAll(context);
        return new OutgoingCalls(
                known.webhook(),
                known.cancel(),
                known.status(),
                notifications,
                all,
                known.account(),
                known.namespace());
    }

    /** Resolves what approvals may share that differ in the context and the notices alone. */
    private OutgoingCalls resolve(Surroundings at) throws AbortException {
        Webhook webhook = withVerdict(inline == null ? named(at, "webhook", name()) : inline);
        Webhook toCancel = cancelOf(at, webhook);
        EnclosingAction action = at.action();
        TraceContext trace = at.trace();
        StatusCheck asked = webhook.status();
        Map<String, String> all = new LinkedHashMap<>(toCancel == null ? Map.of() : toCancel.context());
        all.putAll(webhook.context());
        return new OutgoingCalls(
                trace.addTo(webhook.alone()),
                toCancel == null ? null : trace.addTo(toCancel),
                asked == null
                        ? null
                        : new StatusCheck(trace.addTo(asked.webhook().sentLike(webhook)), asked.every()),
                null,
                all,
                action == null ? null : action.account(),
                action == null ? null : action.namespace());
    }

    /** Returns a webhook with the step's own ways to a verdict. */
    private Webhook withVerdict(Webhook webhook) throws AbortException {
        try {
            Webhook judged = answer == null ? webhook : webhook.withAnswer(answer);
            return status == null ? judged : judged.withStatus(status);
        } catch (InvalidWebhookException x) {
            throw new AbortException(x.getMessage());
        }
    }

    @CheckForNull
    private Webhook cancelOf(Surroundings at, Webhook webhook) throws AbortException {
        CancelReference wanted = cancel == null ? webhook.cancel() : cancel;
        if (wanted == null) {
            return null;
        }
        Webhook inline = wanted.inline();
        Webhook found =
                inline != null ? inline.onTheWayOf(webhook) : named(at, "cancel", String.valueOf(wanted.name()));
        return found.asCancel();
    }

    /** @param parameter the parameter of the step, or field of the definition, that has the name */
    private static Webhook named(Surroundings at, String parameter, String name) throws AbortException {
        return at.webhooks()
                .find(name)
                .orElseThrow(() -> new AbortException(parameter + ": there is no webhook \"" + name + "\"; "
                        + known(at.webhooks().names())));
    }

    /** Returns the end of a message on an unknown name of a webhook. */
    static String known(Collection<String> names) {
        return names.isEmpty() ? "none is defined" : "known are " + String.join(", ", names);
    }
}
