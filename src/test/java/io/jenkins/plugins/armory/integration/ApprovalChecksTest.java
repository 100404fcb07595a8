package io.jenkins.plugins.armory.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

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
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ApprovalChecksTest {

    private static ApprovalView decided(Approval started, Outcome outcome, int second) {
        Decision decision = new Decision(outcome, "", "somebody", Instant.EPOCH.plusSeconds(second));
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
        assertThat(SharedChecks.nameOf(view(started("a", 0, Phase.STRATEGY)))).isEqualTo("Approval: tests (prod)");
        assertThat(SharedChecks.nameOf(view(started("b", 0, Phase.AFTER_DEPLOYMENT))))
                .isEqualTo("Approval: tests (prod, afterDeployment)");
        assertThat(SharedChecks.nameOf(view(ofList("c", 2)))).isEqualTo("Approval: all of a list (prod)");
    }

    private static Approval ofList(String id, int index) {
        return ApprovalTerms.of(id, new BuildRef("deploy", 7))
                .environment("prod")
                .webhook("tests-" + index)
                .path("approvals[" + index + "]")
                .timeout(Instant.EPOCH, Duration.ofHours(1))
                .start();
    }

    /** Else ten thousand approvals were ten thousand checks. */
    @Test
    void allOfAListAreOneCheckThatIsAsBadAsTheFirstFailure() {
        SharedChecks checks = new SharedChecks(approval -> List.of());
        Approval first = ofList("a", 0);
        Approval second = ofList("b", 1);
        Approval third = ofList("c", 2);

        assertThat(checks.begins(view(first))).isTrue();
        assertThat(checks.begins(view(second))).isFalse();
        assertThat(checks.begins(view(third))).isFalse();
        assertThat(checks.waits(view(second), false)).isFalse();
        assertThat(checks.end(decided(second, Outcome.FAILURE, 1))).isNull();
        assertThat(checks.end(decided(first, Outcome.OTHER_FAILED, 2))).isNull();
        assertThat(checks.end(decided(third, Outcome.SUCCESS, 3)).getOutcome()).isEqualTo("FAILURE");

        assertThat(checks.begins(view(first))).as("a retry").isTrue();
        assertThat(checks.end(decided(first, Outcome.SUCCESS, 9)).getOutcome()).isEqualTo("SUCCESS");
    }

    /** The check asks for action while one of them does, and says so once. */
    @Test
    void asksForActionWhileOneOfThemAsks() {
        SharedChecks checks = new SharedChecks(approval -> List.of());
        List<ApprovalView> all = List.of(view(ofList("a", 0)), view(ofList("b", 1)), view(ofList("c", 2)));
        all.forEach(checks::begins);

        assertThat(checks.waits(all.get(0), true)).isTrue();
        assertThat(checks.waits(all.get(1), true)).isFalse();
        assertThat(checks.waits(all.get(0), false)).isFalse();
        assertThat(checks.waits(all.get(1), false)).isTrue();
    }

    /** The check would be green although an approval of the same name waits, or has failed meanwhile. */
    @Test
    void afterARestartItKnowsWhatWasBefore() {
        Approval first = started("b", 1, Phase.STRATEGY);
        Approval second = started("a", 2, Phase.STRATEGY);
        Approval earlier = started("c", 0, Phase.STRATEGY);
        List<ApprovalView> records =
                List.of(decided(earlier, Outcome.REJECTED, 1), view(second), decided(first, Outcome.FAILURE, 3));

        assertThat(new SharedChecks(approval -> records).end(decided(first, Outcome.FAILURE, 3)))
                .isNull();
        SharedChecks checks = new SharedChecks(approval -> records);
        assertThat(checks.begins(view(second))).isTrue();
        assertThat(checks.end(decided(second, Outcome.SUCCESS, 9)).getOutcome()).isEqualTo("FAILURE");
    }

    /** Else a build with many names would be read as often, while the checks of all other jobs wait. */
    @Test
    void theApprovalsOfABuildAreReadOnceForAllItsChecks() {
        List<ApprovalView> records = new ArrayList<>();
        AtomicInteger reads = new AtomicInteger();
        SharedChecks checks = new SharedChecks(approval -> {
            if (reads.incrementAndGet() == 1) {
                throw new IllegalStateException("the disk is away");
            }
            return List.copyOf(records);
        });
        records.add(view(named("old")));
        assertThatIllegalStateException().isThrownBy(() -> checks.begins(view(named("old"))));
        for (int i = 0; i < 100; i++) {
            ApprovalView next = view(named("w" + i));
            records.add(next);

            assertThat(checks.begins(next)).isTrue();
            assertThat(checks.end(decided(named("w" + i), Outcome.SUCCESS, i)).getOutcome())
                    .isEqualTo("SUCCESS");
        }

        assertThat(reads).hasValue(2);
        assertThat(checks.begins(view(named("w7")))).as("a retry").isTrue();
        assertThat(checks.begins(view(named("old")))).isTrue();
    }

    private static Approval named(String webhook) {
        return ApprovalTerms.of("id of " + webhook, new BuildRef("deploy", 7))
                .webhook(webhook)
                .timeout(Instant.EPOCH, Duration.ofHours(1))
                .start();
    }

    /** One that failed before is a part of the check, though the build was read for the check of another name. */
    @Test
    void whatWasBeforeIsKnownOfEachName() {
        ApprovalView failed = decided(started("a", 1, Phase.STRATEGY), Outcome.FAILURE, 3);
        Approval last = started("b", 2, Phase.STRATEGY);
        SharedChecks checks = new SharedChecks(approval -> List.of(view(named("first")), failed, view(last)));
        checks.begins(view(named("first")));

        assertThat(checks.end(decided(last, Outcome.SUCCESS, 9)).getOutcome()).isEqualTo("FAILURE");
    }

    /** Else the check of a build that is read once more would wait for what was pending then, and be in progress for ever. */
    @Test
    void aBuildThatWasForgottenWaitsForNothingThatIsDecided() {
        List<ApprovalView> records = new ArrayList<>();
        SharedChecks checks =
                new SharedChecks(approval -> approval.getBuildNumber() == 7 ? List.copyOf(records) : List.of(approval));
        Approval first = started("a", 1, Phase.STRATEGY);
        records.add(view(first));
        checks.begins(view(first));
        for (int build = 100; build < 300; build++) {
            checks.begins(view(ApprovalTerms.of("b" + build, new BuildRef("deploy", build))
                    .webhook("tests")
                    .timeout(Instant.EPOCH, Duration.ofHours(1))
                    .start()));
        }

        Approval other = started("c", 2, Phase.AFTER_DEPLOYMENT);
        records.add(view(other));
        checks.begins(view(other));
        assertThat(checks.end(decided(first, Outcome.FAILURE, 3))).isNotNull();

        Approval again = started("d", 4, Phase.STRATEGY);
        checks.begins(view(again));
        assertThat(checks.end(decided(again, Outcome.SUCCESS, 5)))
                .extracting(ApprovalView.Decision::getOutcome)
                .isEqualTo("SUCCESS");
    }
}
