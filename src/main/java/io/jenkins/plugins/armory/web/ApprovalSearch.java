package io.jenkins.plugins.armory.web;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.approval.Markdown;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.stapler.StaplerRequest2;

/**
 * A search among the approvals of a build. An answer has one page of what it finds.
 *
 * @param words all of them must be in what a page shows of an approval, in upper or lower case
 * @param from the number of found approvals before the page
 */
record ApprovalSearch(List<String> words, long from) {

    static final ApprovalSearch ALL = new ApprovalSearch(List.of(), 0);

    /** @throws IllegalArgumentException if {@code from} is no such number */
    static ApprovalSearch of(StaplerRequest2 request) {
        String q = request.getParameter("q");
        String from = request.getParameter("from");
        return new ApprovalSearch(
                q == null
                        ? List.of()
                        : List.of(q.toLowerCase(Locale.ROOT).strip().split("\\s+")),
                from == null ? 0 : Integer.toUnsignedLong(Integer.parseUnsignedInt(from)));
    }

    boolean matches(Approval approval) {
        return words.isEmpty() || words.stream().allMatch(textOf(approval)::contains);
    }

    private static String textOf(Approval approval) {
        Decision decision = approval.decision();
        return Stream.of(
                        approval.id(),
                        approval.path(),
                        approval.webhook(),
                        approval.environment(),
                        PageWords.state(stateOf(approval)),
                        decision == null || decision.outcome() == Outcome.OTHER_FAILED // its message is about the other
                                ? ""
                                : decision.decidedBy() + '\n' + Markdown.shown(decision.mdMessage()))
                .map(String::valueOf)
                .collect(Collectors.joining("\n"))
                .toLowerCase(Locale.ROOT);
    }

    /**
     * Returns the place of an approval: first those that people are asked about, then what waits, failures, and the
     * others.
     */
    static int rank(Approval approval) {
        Decision decision = approval.decision();
        if (decision == null) {
            return approval.manual() != null ? 0 : 1;
        }
        return decision.isSuccess() ? 3 : decision.outcome() == Outcome.OTHER_FAILED ? 4 : 2;
    }

    /** Returns the name of the state of a pending approval, or of the outcome of a decided one. */
    static String stateOf(Approval approval) {
        Decision decision = approval.decision();
        return decision == null ? approval.state().name() : decision.outcome().name();
    }
}
