package io.jenkins.plugins.armory.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Said;
import io.jenkins.plugins.armory.approval.SideCalls;
import io.jenkins.plugins.armory.runtime.ApprovalSnapshot;
import io.jenkins.plugins.checks.api.ChecksConclusion;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApprovalChecksTest {

    private static ApprovalView decided(Outcome outcome) {
        Decision decision = new Decision(outcome, "", "somebody", Instant.now());
        Approval started = started("a1", 0, Phase.STRATEGY);
        return view(new Approval(
                started.terms(),
                Approval.State.DECIDED,
                new Said(null, null, List.of(), Map.of(), null, decision),
                started.attempts(),
                null,
                SideCalls.NONE));
    }

    @ParameterizedTest
    @EnumSource
    void nothingButASuccessIsShownAsOne(Outcome outcome) {
        ChecksConclusion conclusion = ApprovalChecks.conclusion(decided(outcome).getDecision());

        assertThat(conclusion == ChecksConclusion.SUCCESS)
                .as("%s for %s", conclusion, outcome)
                .isEqualTo(outcome == Outcome.SUCCESS || outcome == Outcome.SENT);
        assertThat(conclusion).isNotIn(ChecksConclusion.NONE, ChecksConclusion.NEUTRAL, ChecksConclusion.SKIPPED);
    }

    private static Approval started(String id, int second, Phase phase) {
        return ApprovalTerms.of(id, new BuildRef("deploy", 7))
                .environment("prod")
                .phase(phase)
                .webhook("tests")
                .timeout(Instant.EPOCH.plusSeconds(second), Duration.ofHours(1))
                .start();
    }

    private static ApprovalView view(Approval approval) {
        return new ApprovalSnapshot(approval);
    }

    @Test
    void theNameIsThatOfTheGateAndNotOfTheBuild() {
        CheckNames names = new CheckNames(List::<ApprovalView>of);

        assertThat(names.nameOf(view(started("a", 0, Phase.STRATEGY)))).isEqualTo("Approval: tests (prod)");
        assertThat(names.nameOf(view(started("b", 0, Phase.AFTER_DEPLOYMENT))))
                .isEqualTo("Approval: tests (prod, afterDeployment)");
    }

    @Test
    void approvalsThatWaitAtTheSameTimeHaveNamesOfTheirOwn() {
        ApprovalView first = view(started("b", 1, Phase.STRATEGY));
        ApprovalView second = view(started("a", 2, Phase.STRATEGY));
        ApprovalView third = view(started("c", 3, Phase.STRATEGY));
        CheckNames names = new CheckNames(List::<ApprovalView>of);

        assertThat(names.nameOf(first)).isEqualTo("Approval: tests (prod)");
        assertThat(names.nameOf(second)).isEqualTo("Approval: tests (prod, no. 2)");

        names.forget(first);

        assertThat(names.nameOf(third))
                .as("after the first, whose check it replaces")
                .isEqualTo("Approval: tests (prod)");
        assertThat(names.nameOf(second)).isEqualTo("Approval: tests (prod, no. 2)");
    }

    @Test
    void afterARestartTheyAreNumberedByTheirAge() {
        ApprovalView first = view(started("b", 1, Phase.STRATEGY));
        ApprovalView second = view(started("a", 2, Phase.STRATEGY));
        CheckNames names = new CheckNames(() -> List.of(second, first));

        assertThat(names.nameOf(second)).isEqualTo("Approval: tests (prod, no. 2)");
        names.forget(second);
        assertThat(names.nameOf(first)).isEqualTo("Approval: tests (prod)");
    }
}
