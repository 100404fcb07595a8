package io.jenkins.plugins.armory.step.approval;

import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Terms;
import java.io.Serializable;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * An approval that a step asks for, before it is written. It is part of {@code program.dat}: no secret in it.
 *
 * @param terms those that the approval keeps
 * @param calls those that it names, which are looked up when it is written
 */
record Draft(Terms terms, NamedCalls calls) implements Serializable {

    /**
     * Returns the name by which a retry of the approval is known: the webhook's, or what is asked of whom. So one question does
     * not pass for another that a person rejected.
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
                        .map(rule -> (rule.required() == 1 ? "" : " by " + rule.required()) + " ("
                                + String.join(", ", rule.submitters()) + ")")
                        .collect(Collectors.joining(" and", "manual approval", ""))
                + (manual.requesters() == null ? "" : " not by requester") + ": " + manual.message();
    }

    /**
     * Returns a message about one of several approvals: {@code approvals[17].uriTemplate: ...} if it begins with a parameter.
     *
     * @param path where the arguments of the approval stand, empty for those of a step
     */
    static String at(String path, String message) {
        return path.isEmpty() ? message : path + (message.matches("(?s)[\\w.\\[\\]]+: .*") ? "." : ": ") + message;
    }
}
