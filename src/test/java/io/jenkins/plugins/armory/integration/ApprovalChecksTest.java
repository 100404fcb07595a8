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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApprovalChecksTest {

    private static ApprovalView decided(Approval started, Outcome outcome, int second) {
        Decision decision = new Decision(outcome, "", "somebody", Instant.EPOCH.plusSeconds(second));
        return view(new Approval(
                started.terms(),
                Approval.State.DECIDED,
                new Said(null, null, List.of(), Map.of(), null, null, decision),
                started.attempts(),
                null,
                SideCalls.NONE));
    }

    @ParameterizedTest
    @EnumSource
    void nothingButASuccessIsShownAsOne(Outcome outcome) {
        ChecksConclusion conclusion = ApprovalChecks.conclusion(
                decided(started("a1", 0, Phase.STRATEGY), outcome, 1).getDecision());

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
        CheckNames names = new CheckNames(approval -> List.of());

        assertThat(names.nameOf(view(started("a", 0, Phase.STRATEGY)))).isEqualTo("Approval: tests (prod)");
        assertThat(names.nameOf(view(started("b", 0, Phase.AFTER_DEPLOYMENT))))
                .isEqualTo("Approval: tests (prod, afterDeployment)");
    }

    @Test
    void approvalsThatWaitAtTheSameTimeHaveNamesOfTheirOwn() {
        Approval first = started("b", 1, Phase.STRATEGY);
        Approval second = started("a", 2, Phase.STRATEGY);
        Approval third = started("c", 3, Phase.STRATEGY);
        List<ApprovalView> records = new ArrayList<>(List.of(view(second), view(first)));
        CheckNames names = new CheckNames(approval -> records);

        assertThat(names.nameOf(view(first))).isEqualTo("Approval: tests (prod)");
        assertThat(names.nameOf(view(second))).isEqualTo("Approval: tests (prod, no. 2)");

        records.set(1, decided(first, Outcome.SUCCESS, 3));
        names.forget(view(first));

        assertThat(names.nameOf(view(third)))
                .as("after the first, whose check it replaces")
                .isEqualTo("Approval: tests (prod)");
        assertThat(names.nameOf(view(second))).isEqualTo("Approval: tests (prod, no. 2)");
    }

    /** Under the name of another one, the check of an approval that waits would be green. */
    @Test
    void afterARestartTheyHaveTheSameNames() {
        Approval first = started("b", 1, Phase.STRATEGY);
        Approval second = started("a", 2, Phase.STRATEGY);
        List<ApprovalView> records = List.of(view(second), decided(first, Outcome.SUCCESS, 9));

        assertThat(new CheckNames(approval -> records).nameOf(decided(first, Outcome.SUCCESS, 9)))
                .isEqualTo("Approval: tests (prod)");
        assertThat(new CheckNames(approval -> records).nameOf(view(second))).isEqualTo("Approval: tests (prod, no. 2)");
    }
}
