package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a step asks for before its approval is written. It is part of {@code program.dat}, so it has no secret.
 *
 * @param terms those that the approval keeps, with the name of its webhook
 * @param inline the definition of this webhook in the step, {@code null} if {@link CallsLookup} finds it by its name
 * @param context the {@code context} of the step
 * @param cancel the step's own cancel webhook, {@code null} for the one of the webhook's definition
 * @param answer the step's own rule for the answer, {@code null} for the one of the webhook's definition
 * @param status the step's own question for the status, {@code null} for the one of the webhook's definition
 * @param notified the names of the webhooks that are told of the approval
 */
@Restricted(NoExternalUse.class)
public record Draft(
        Terms terms,
        @CheckForNull Webhook inline,
        Map<String, String> context,
        @CheckForNull CancelReference cancel,
        @CheckForNull AnswerRule answer,
        @CheckForNull StatusCheck status,
        List<String> notified)
        implements Serializable {

    public static Draft withoutCalls(Terms terms) {
        return new Draft(terms, null, Map.of(), null, null, null, List.of());
    }

    /** Returns a copy that messages call by that path, see {@link Terms}. */
    Draft withPath(String path) {
        return new Draft(terms.withPath(path), inline, context, cancel, answer, status, notified);
    }

    /**
     * Returns the name by which a retry of the approval is known: the webhook's, or what is asked of whom. So one
     * question does not pass for another that a person rejected.
     */
    String name() {
        String webhook = terms.webhook();
        return webhook != null
                ? webhook
                : question(Objects.requireNonNull(terms.manual(), "without a webhook, people decide"));
    }

    /** Returns what is asked of whom, as one text: a question to other or to fewer people is another one. */
    private static String question(ManualRequirement manual) {
        return manual.rules().stream()
                        .map(rule -> (rule.required() == 1 ? "" : " by " + rule.required())
                                + (rule.submitters().isEmpty()
                                        ? ""
                                        : " (" + String.join(", ", rule.submitters()) + ")"))
                        .collect(Collectors.joining(" and", "manual approval", ""))
                + (manual.requesters() == null ? "" : " not by requester") + ": " + manual.message();
    }
}
