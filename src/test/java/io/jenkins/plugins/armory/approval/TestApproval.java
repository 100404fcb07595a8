package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * An approval for a test, which says no more of it than it needs. It awaits a callback, unless the test says otherwise.
 */
public final class TestApproval {

    private final TermsBuilder terms = Terms.standard();
    private Consumer<ApprovalBuilder> rest;

    private TestApproval(Consumer<ApprovalBuilder> rest) {
        this.rest = rest;
    }

    /** Returns what all of these rules ask. */
    public static ManualRequirement requirement(String message, List<PeopleRule> rules) {
        return new ManualRequirement(message, rules, null, List.of());
    }

    /** Returns what one rule asks. */
    public static ManualRequirement requirement(String message, List<String> submitters, int required) {
        return requirement(message, List.of(new PeopleRule(submitters, required)));
    }

    /** Returns the calls of a webhook and its cancel webhook alone. */
    public static OutgoingCalls calls(
            @CheckForNull Webhook webhook, @CheckForNull Webhook cancel, Map<String, String> context) {
        return new OutgoingCalls(webhook, cancel, null, null, context, Map.of());
    }

    public static TestApproval of(String id, BuildRef build) {
        return new TestApproval(approval -> approval.id(id).step(id).build(build));
    }

    private TestApproval with(Consumer<ApprovalBuilder> more) {
        rest = rest.andThen(more);
        return this;
    }

    /** Sets what the step says. */
    public TestApproval terms(Consumer<TermsBuilder> set) {
        set.accept(terms);
        return this;
    }

    public TestApproval path(String path) {
        return with(approval -> approval.path(path));
    }

    public TestApproval phase(Phase phase) {
        return terms(set -> set.phase(phase));
    }

    public TestApproval environment(@CheckForNull String environment) {
        return terms(set -> set.environment(environment));
    }

    public TestApproval webhook(String webhook) {
        return terms(set -> set.webhook(webhook));
    }

    public TestApproval callers(@CheckForNull String credentialsId, List<String> allowed) {
        return terms(set -> set.callbackCredentialsId(credentialsId).allowedCallers(allowed));
    }

    public TestApproval manual(@CheckForNull ManualRequirement manual) {
        return terms(set -> set.manual(manual));
    }

    public TestApproval timeout(Instant now, Duration timeout) {
        terms.timeout(timeout);
        return with(approval -> approval.createdAt(now));
    }

    public TestApproval heartbeat(@CheckForNull Duration heartbeat) {
        return terms(set -> set.heartbeat(heartbeat));
    }

    /** Waits for a window alone, and for nobody. */
    public TestApproval opensAt(Instant opensAt) {
        terms.opensAt(opensAt);
        return byPersonAlone();
    }

    public TestApproval byPersonAlone() {
        terms.webhook(null);
        return through(Set.of());
    }

    public TestApproval through(Set<Channel> channels) {
        return with(approval -> approval.channels(channels));
    }

    /** Makes it one of the approvals of a step. */
    public TestApproval step(String step) {
        return with(approval -> approval.step(step));
    }

    public TestApproval origin(Approval.Origin origin) {
        return with(approval -> approval.origin(origin));
    }

    public TestApproval calls(@CheckForNull OutgoingCalls calls) {
        return with(approval -> approval.calls(calls));
    }

    public Approval start() {
        return Approval.start(terms.build(), rest);
    }
}
