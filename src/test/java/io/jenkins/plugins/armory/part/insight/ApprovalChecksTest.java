package io.jenkins.plugins.armory.part.insight;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.api.ApprovalViews;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.checks.api.ChecksConclusion;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApprovalChecksTest {

    private static ApprovalView decided(Approval started, Outcome outcome, int second) {
        Decision decision = new Decision(outcome, "", "somebody", Instant.EPOCH.plusSeconds(second));
        return view(
                started.with(approval -> approval.state(Approval.State.DECIDED).decision(decision)));
    }

    @ParameterizedTest
    @EnumSource
    void nothingButASuccessIsShownAsOne(Outcome outcome) {
        ChecksConclusion conclusion = ApprovalChecks.conclusion(
                decided(started("a1", 0, Phase.STRATEGY), outcome, 1).decision());

        assertThat(conclusion == ChecksConclusion.SUCCESS)
                .as("%s for %s", conclusion, outcome)
                .isEqualTo(outcome == Outcome.SUCCESS || outcome == Outcome.SENT);
        assertThat(conclusion).isNotIn(ChecksConclusion.NONE, ChecksConclusion.NEUTRAL, ChecksConclusion.SKIPPED);
    }

    private static Approval started(String id, int second, Phase phase) {
        return TestApproval.of(id, new BuildRef("deploy", 7))
                .environment("prod")
                .phase(phase)
                .webhook("tests")
                .timeout(Instant.EPOCH.plusSeconds(second), Duration.ofHours(1))
                .start();
    }

    private static ApprovalView view(Approval approval) {
        return ApprovalViews.of(approval);
    }

    @Test
    void theNameIsThatOfTheGateAndNotOfTheBuild() {
        assertThat(ApprovalChecks.nameOf(view(started("a", 0, Phase.STRATEGY)))).isEqualTo("Approval: tests (prod)");
        assertThat(ApprovalChecks.nameOf(view(started("b", 0, Phase.AFTER_DEPLOYMENT))))
                .isEqualTo("Approval: tests (prod, afterDeployment)");
        assertThat(ApprovalChecks.nameOf(view(ofList("c", 2)))).isEqualTo("Approval: all of a list (prod)");
    }

    private static Approval ofList(String id, int index) {
        return TestApproval.of(id, new BuildRef("deploy", 7))
                .environment("prod")
                .webhook("tests-" + index)
                .path("approvals[" + index + "]")
                .timeout(Instant.EPOCH, Duration.ofHours(1))
                .start();
    }

    /** Else ten thousand approvals were ten thousand checks. */
    @Test
    void aListIsOneCheckThatIsAsBadAsItsFirstFailure() {
        var succeeds = new ApprovalChecks.ListStep(Set.of("a", "b"));
        assertThat(succeeds.ends("a", true)).isFalse();
        assertThat(succeeds.ends("b", true)).isTrue();

        var fails = new ApprovalChecks.ListStep(Set.of("a", "b", "c"));
        assertThat(fails.ends("a", true)).isFalse();
        assertThat(fails.ends("b", false)).isTrue();
        assertThat(fails.ends("c", false)).as("it was ended with the other").isFalse();
    }

    @Test
    void aListAsksForActionOnce() {
        var step = new ApprovalChecks.ListStep(Set.of("a", "b"));

        assertThat(step.asks()).isTrue();
        assertThat(step.asks()).isFalse();
    }
}
