package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.config.form.AnswerDefinition;
import io.jenkins.plugins.armory.config.form.CancelDefinition;
import io.jenkins.plugins.armory.config.form.Parameter;
import io.jenkins.plugins.armory.config.form.StatusDefinition;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The calls of an approval as its step names them, for {@link CallsLookup}.
 *
 * @param webhook the name of the webhook, {@code null} if a person alone decides
 * @param inline its definition in the step, {@code null} if it is defined elsewhere
 * @param context the {@code context} of the step
 * @param cancel the step's own cancel webhook, {@code null} for the one of the webhook's definition
 * @param answer the step's own rule for the answer, {@code null} for the one of the webhook's definition
 * @param status the step's own question for the status, {@code null} for the one of the webhook's definition
 * @param notified the names of the webhooks that are told of the approval
 */
record NamedCalls(
        @CheckForNull String webhook,
        @CheckForNull Webhook inline,
        Map<String, String> context,
        @CheckForNull CancelReference cancel,
        @CheckForNull AnswerRule answer,
        @CheckForNull StatusCheck status,
        List<String> notified)
        implements Serializable {

    /** An approval that calls nobody. */
    static final NamedCalls NONE = new NamedCalls(null, null, Map.of(), null, null, null, List.of());

    /**
     * Returns the calls of a step.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    static NamedCalls of(ArmoryWebhookApprovalStep step) {
        String name = step.getWebhook();
        Bound.LINE.check("webhook", name);
        Webhook inline = null;
        if (name == null && !asksPersonAlone(step)) {
            checkInline(step);
            inline = step.definition().toWebhook();
        }
        CancelDefinition cancel = step.getCancel();
        AnswerDefinition answer = step.getAnswer();
        StatusDefinition status = step.getStatus();
        Bound.LINE.checkEach("notify", step.getNotify());
        return new NamedCalls(
                inline == null ? name : inline.name(),
                inline,
                step.definition().contextMap(),
                cancel == null ? null : cancel.toCancel(),
                answer == null ? null : answer.toRule(),
                status == null ? null : status.toCheck(),
                List.copyOf(step.getNotify()));
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
}
