package io.jenkins.plugins.armory.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Deployment.Move;
import io.jenkins.plugins.armory.environment.Deployment.Outcome;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.BuildEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.environment.DeploymentEvent.NobodyLeft;
import io.jenkins.plugins.armory.environment.DeploymentEvent.OriginUnknown;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Restarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.StageCancelled;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Stopped;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.environment.Environment.PlannedStep;
import io.jenkins.plugins.armory.environment.Environment.State;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Tests the rules for the environments of a build, one example each. */
public class DeploymentTest {

    static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");

    private Deployment deployment = Deployment.EMPTY;

    private String happens(DeploymentEvent event) {
        Transition transition = deployment.on(event, NOW);
        deployment = transition.deployment();
        return transition.problem();
    }

    private String reach(String name, String... dependsOn) {
        return happens(new Declared(
                name, List.of(dependsOn), "step of " + name, inStage("deploy to " + name), null, null, null));
    }

    private String reachWithin(String outer, String name, String... dependsOn) {
        return happens(new Declared(name, List.of(dependsOn), "step of " + name, within(outer), null, null, null));
    }

    private static Place within(String environment) {
        return new Place(null, null, null, List.of(), "step of " + environment);
    }

    private String rollsBack(String environment, String step) {
        return rollsBack(environment, step, Place.OUTERMOST);
    }

    private String rollsBack(String environment, String step, Place place) {
        return happens(new RollbackStarted(environment, step, place));
    }

    private void end(String name) {
        happens(new Ended(name, "step of " + name, null));
    }

    /** Returns a place in an environment, and in a branch for each name that is given. */
    public static Place in(String environment, String... branches) {
        return new Place(
                environment,
                "stage",
                "outermost",
                Stream.of(branches)
                        .map(each -> new Place.Branch("parallel", each))
                        .toList(),
                null);
    }

    /** Returns a place in the body of an environment. */
    private static Place inside(String environment) {
        return within(environment).withEnvironment(environment);
    }

    private static Place inStage(String stage, String... branches) {
        return new Place(null, stage, stage, in(null, branches).branches(), null);
    }

    /** Returns the event that an approval has begun. */
    public static ApprovalStarted started(Place place, String id, Phase phase) {
        return started(place, id, phase, null);
    }

    /** Returns the event that an approval of a plan has begun. */
    public static ApprovalStarted started(Place place, String id, Phase phase, String planned) {
        return new ApprovalStarted(new OpenApproval(id, id, place, phase, "tests"), planned);
    }

    /** Returns the event that an approval has ended. */
    public static ApprovalEnded ended(
            Place place, String id, Phase phase, String definition, Verdict verdict, String reason) {
        return new ApprovalEnded(new OpenApproval(id, id, place, phase, definition), verdict, reason);
    }

    private String begins(String environment, String approval, Phase phase) {
        return happens(started(in(environment), approval, phase));
    }

    private void ends(String environment, String approval, Phase phase, Verdict verdict, String reason) {
        happens(ended(in(environment), approval, phase, "tests", verdict, reason));
    }

    private void approvalFails(String environment, Phase phase) {
        approvalFails(in(environment), phase);
    }

    private void approvalFails(Place place, Phase phase) {
        assertThat(happens(started(place, "a1", phase))).isNull();
        happens(ended(place, "a1", phase, "tests", Verdict.FAILURE, "2 of 12 tests failed"));
    }

    private void approvalSucceeds(Place place, Phase phase, String webhook) {
        assertThat(happens(started(place, "a2", phase))).isNull();
        happens(ended(place, "a2", phase, webhook, Verdict.SUCCESS, ""));
    }

    private void fail(String name) {
        happens(new Ended(name, "step of " + name, "exit code 1"));
    }

    private State state(String name) {
        return deployment.shownState(environment(name));
    }

    private void assertState(String name, State expected) {
        assertThat(state(name)).as(name).isEqualTo(expected);
    }

    private String reason(String name) {
        return environment(name).reason();
    }

    private Environment environment(String name) {
        return deployment.find(name).orElseThrow();
    }

    /** An approval beside it comes too late, whoever is quicker, and is not called. */
    @Test
    void anEnvironmentWhoseRulesAreForOtherJobsFailsAtOnce() {
        var declared = new Declared(
                "prod",
                List.of("qa"),
                "step of prod",
                Place.OUTERMOST,
                "shop/x",
                "is not for the job \"shop/x\"",
                null);
        assertThat(happens(declared)).isEqualTo("is not for the job \"shop/x\"");
        assertThat(happens(declared)).as("after a restart of Jenkins").isNull();
        assertState("prod", State.FAILED);
        assertThat(environment("prod").needsRollback()).isFalse();
        assertThat(happens(started(Place.OUTERMOST.withEnvironment("prod"), "a1", Phase.AFTER_DEPLOYMENT)))
                .contains("prod");
        reach("docs", "prod");
        assertThat(reason("docs")).isEqualTo("\"prod\" is closed: is not for the job \"shop/x\"");
    }

    @Test
    void whatWaitsIsNotSaidToBeDeployed() {
        reach("prod", "qa");
        var beside = Place.OUTERMOST.withEnvironment("prod");
        happens(started(beside, "a1", Phase.AFTER_DEPLOYMENT));
        happens(ended(beside, "a1", Phase.AFTER_DEPLOYMENT, "smoke", Verdict.FAILURE, "smoke failed"));
        assertThat(deployment.reasons()).containsExactly("\"prod\" is closed: smoke failed");

        reach("qa");
        end("qa");
        assertState("prod", State.DEPLOYING);
        assertThat(deployment.reasons()).containsExactly("\"prod\" is deployed, but: smoke failed");
        happens(new Ended("prod", "step of prod", "broken"));
        assertThat(deployment.reasons()).containsExactly("\"prod\" is closed: broken");
    }

    @Test
    void deploysAtOnceWithoutDependencies() {
        assertThat(reach("dev")).isNull();
        assertState("dev", State.DEPLOYING);

        end("dev");
        assertState("dev", State.COMPLETE);
        assertThat(deployment.outcome()).isEqualTo(Outcome.SUCCESS);
    }

    @Test
    void waitsForAllDependenciesInAnyOrder() {
        reach("prod", "staging", "qa");
        assertState("prod", State.WAITING_FOR_DEPENDENCIES);
        assertState("staging", State.PENDING);

        reach("staging");
        end("staging");
        assertState("prod", State.WAITING_FOR_DEPENDENCIES);

        reach("qa");
        end("qa");
        assertState("prod", State.DEPLOYING);
    }

    /** An approval in another branch that is still open could not make up for it. */
    @Test
    void whatWasCaughtInTheBodyFailsTheEnvironmentAtItsEndWhateverIsPendingBesideIt() {
        reach("prod");
        happens(started(Place.OUTERMOST.withEnvironment("prod"), "soak", Phase.AFTER_DEPLOYMENT));
        approvalFails(inside("prod"), Phase.STRATEGY);

        end("prod");

        assertState("prod", State.FAILED);
        assertThat(reason("prod")).isEqualTo("2 of 12 tests failed");
        assertThat(deployment.outcome()).isEqualTo(Outcome.UNSTABLE);
    }

    /** Its branch may try again, and a success makes up for it until the environment's end. */
    @Test
    void whatWasThrownBesideTheEnvironmentIsMadeUpForWhileAnApprovalIsPending() {
        reach("prod");
        approvalFails(Place.OUTERMOST.withEnvironment("prod"), Phase.STRATEGY);
        happens(started(Place.OUTERMOST.withEnvironment("prod"), "again", Phase.STRATEGY));

        end("prod");

        assertState("prod", State.AWAITING_APPROVAL);
        happens(ended(Place.OUTERMOST.withEnvironment("prod"), "again", Phase.STRATEGY, "tests", Verdict.SUCCESS, ""));
        assertState("prod", State.COMPLETE);
    }

    @Test
    void aMistakenEnvironmentIsClosedAndWhatDependsOnItIsCancelled() {
        String mistake = "dependOn: is no parameter; did you mean dependsOn?";
        Declared mistaken = new Declared("staging", null, "step of staging", inStage("one"), null, mistake, null);

        assertThat(happens(mistaken)).isEqualTo(mistake);
        assertThat(happens(new Declared("staging", null, "again", inStage("one"), null, mistake, null)))
                .as("in a retry")
                .isEqualTo(mistake);
        happens(new Declared("prod", null, "step of prod", inStage("two"), null, null, null));

        assertState("staging", State.FAILED);
        assertState("prod", State.CANCELLED);
        assertThat(reason("prod")).isEqualTo("\"staging\" is closed: " + mistake);
    }

    @Test
    void awaitsApprovalsUntilTheLastOneIsDecided() {
        reach("dev");
        begins("dev", "a1", Phase.STRATEGY);
        begins("dev", "a2", Phase.STRATEGY);
        ends("dev", "a1", Phase.STRATEGY, Verdict.SUCCESS, "");
        assertState("dev", State.AWAITING_APPROVAL);

        ends("dev", "a2", Phase.STRATEGY, Verdict.SUCCESS, "");
        assertState("dev", State.DEPLOYING);
    }

    @Test
    void nothingIsDeployedAfterAFailureBeforeTheDeployment() {
        reach("prod", "staging");
        reach("staging");
        approvalFails(inside("staging"), Phase.BEFORE_DEPLOYMENT);
        assertThat(state("prod")).as("staging may be tried again").isEqualTo(State.WAITING_FOR_DEPENDENCIES);
        fail("staging");

        assertState("staging", State.FAILED);
        assertThat(reason("staging")).as("the first").isEqualTo("2 of 12 tests failed");
        assertState("prod", State.CANCELLED);
        assertThat(reason("prod")).isEqualTo("\"staging\" is closed: 2 of 12 tests failed");
        assertThat(rollsBack("staging", "r")).isEqualTo("it failed before anything was deployed");
        assertThat(deployment.outcome()).isEqualTo(Outcome.FAILURE);
    }

    @Test
    void isRolledBackOnceAfterAFailureOfTheDeployment() {
        reach("staging");
        approvalFails("staging", Phase.STRATEGY);
        fail("staging");
        assertState("staging", State.FAILED);

        assertThat(rollsBack("staging", "r")).isNull();
        assertThat(rollsBack("staging", "r")).as("the same step, resumed").isNull();
        assertThat(rollsBack("staging", "r2")).isEqualTo("it has been rolled back already");
        happens(new RollbackEnded("staging", "r", null));

        assertState("staging", State.ROLLED_BACK);
        reach("prod", "staging");
        assertState("prod", State.CANCELLED);
    }

    @Test
    void isRolledBackWithinItsBodyOnceAnApprovalHasFailedThere() {
        reach("staging");
        reach("prod", "staging");
        assertThat(rollsBack("staging", "r", inside("staging"))).isEqualTo("its state is DEPLOYING");
        approvalFails("staging", Phase.STRATEGY);
        assertThat(rollsBack("staging", "r")).as("beside it").isEqualTo("its state is DEPLOYING");
        assertState("staging", State.DEPLOYING);

        assertThat(rollsBack("staging", "r", inside("staging"))).isNull();
        assertThat(rollsBack("staging", "r", inside("staging")))
                .as("the same step, resumed")
                .isNull();
        assertState("prod", State.CANCELLED);
        assertThat(rollsBack("staging", "r2", inside("staging"))).isEqualTo("it has been rolled back already");
        happens(new RollbackEnded("staging", "r", null));
        ends("staging", "a2", Phase.STRATEGY, Verdict.SUCCESS, "");
        end("staging");

        assertState("staging", State.ROLLED_BACK);
        assertThat(reason("staging")).isEqualTo("2 of 12 tests failed");
        assertThat(rollsBack("staging", "r3")).isEqualTo("it has been rolled back already");
    }

    @Test
    void isRolledBackFromWithinAnEnvironmentInIt() {
        reach("staging");
        happens(new Declared("eu", List.of(), "step of eu", within("staging"), null, null, null));
        approvalFails("eu", Phase.STRATEGY);
        assertThat(rollsBack("staging", "r", inside("eu"))).isEqualTo("its state is DEPLOYING");
        approvalFails("staging", Phase.STRATEGY);

        assertThat(rollsBack("staging", "r", inside("eu"))).isNull();
        assertState("staging", State.FAILED);
        assertState("eu", State.DEPLOYING);
    }

    @Test
    void isNotRolledBackWithinItsBodyWhereNothingIsDeployedOrAllIs() {
        reach("staging");
        approvalFails(inside("staging"), Phase.BEFORE_DEPLOYMENT);
        assertThat(rollsBack("staging", "r", inside("staging"))).isEqualTo("it failed before anything was deployed");
        assertThat(state("staging")).as("it may be tried again").isEqualTo(State.DEPLOYING);

        reach("prod");
        begins("prod", "a1", Phase.AFTER_DEPLOYMENT);
        approvalFails("prod", Phase.STRATEGY);
        assertThat(rollsBack("prod", "r", inside("prod")))
                .isEqualTo("it failed after its deployment, and what is deployed stays");
        assertState("prod", State.DEPLOYING);
    }

    @Test
    void keepsTheFirstReasonWhenItsRollbackFails() {
        reach("staging");
        approvalFails("staging", Phase.STRATEGY);
        fail("staging");
        rollsBack("staging", "r");
        happens(new RollbackEnded("staging", "r", "kubectl: not found"));

        assertState("staging", State.FAILED);
        assertThat(reason("staging")).isEqualTo("2 of 12 tests failed");
        assertThat(environment("staging").rollback().failure()).isEqualTo("kubectl: not found");
    }

    @Test
    void staysCompleteAfterAnAfterDeploymentFailureAndItsDependentsAreCancelled() {
        reach("prod", "staging");
        reach("prod-copy", "prod");
        reach("notify");
        reach("staging");
        approvalFails("staging", Phase.AFTER_DEPLOYMENT);
        assertThat(state("prod")).as("at once, while the stage still runs").isEqualTo(State.CANCELLED);
        end("staging");

        assertState("staging", State.COMPLETE);
        assertState("notify", State.DEPLOYING);
        assertState("prod-copy", State.CANCELLED);
        assertThat(environment("prod-copy").cancelledBy()).isEqualTo("staging");
        assertThat(environment("prod-copy").reason()).isEqualTo("\"staging\" is deployed, but: 2 of 12 tests failed");
        assertThat(rollsBack("staging", "r")).isEqualTo("its state is COMPLETE");
        assertThat(deployment.outcome()).isEqualTo(Outcome.FAILURE);
    }

    @Test
    void anAfterDeploymentFailureWithoutDependentsIsUnstable() {
        reach("prod");
        approvalFails("prod", Phase.AFTER_DEPLOYMENT);
        end("prod");

        assertThat(deployment.outcome()).isEqualTo(Outcome.UNSTABLE);
    }

    @Test
    void aBodyThatFailsAfterTheDeploymentIsNotRolledBack() {
        reach("prod");
        begins("prod", "a1", Phase.AFTER_DEPLOYMENT);
        happens(new Ended("prod", "step of prod", "stopped"));

        assertState("prod", State.FAILED);
        assertThat(rollsBack("prod", "r")).isEqualTo("it failed after its deployment, and what is deployed stays");
    }

    @Test
    void aCaughtFailureFailsTheEnvironmentWhenItsBodyEnds() {
        reach("prod");
        approvalFails("prod", Phase.STRATEGY);
        approvalSucceeds(in("prod"), Phase.STRATEGY, "other tests");
        approvalSucceeds(inside("prod"), Phase.BEFORE_DEPLOYMENT, "tests");
        assertState("prod", State.DEPLOYING);
        end("prod");

        assertState("prod", State.FAILED);
        assertThat(reason("prod")).isEqualTo("2 of 12 tests failed");
        assertThat(environment("prod").needsRollback()).isTrue();
        assertThat(begins("prod", "a3", Phase.STRATEGY))
                .isEqualTo("environment \"prod\" is FAILED already: 2 of 12 tests failed");
    }

    @Test
    void aSuccessfulRetryMakesUpForAFailure() {
        for (Phase phase : List.of(Phase.BEFORE_DEPLOYMENT, Phase.STRATEGY)) {
            deployment = Deployment.EMPTY;
            reach("prod");
            approvalFails(inside("prod"), phase);
            approvalFails(inside("prod"), phase);
            approvalSucceeds(inside("prod"), phase, "tests");
            end("prod");

            assertState("prod", State.COMPLETE);
            assertThat(deployment.failures()).isEmpty();
        }
    }

    private void approvalIsStopped(Place place, Phase phase) {
        happens(started(place, "a1", phase));
        happens(ended(place, "a1", phase, "tests", Verdict.STOPPED, "It was stopped."));
    }

    @Test
    void aGateBesideACompleteEnvironmentThatWasInterruptedDidNotOpen() {
        reach("staging");
        end("staging");
        approvalIsStopped(in("staging"), Phase.AFTER_DEPLOYMENT);
        reach("prod", "staging");

        assertState("prod", State.CANCELLED);
        assertThat(reason("prod")).contains("It was stopped.");
    }

    @Test
    void aGateOfAnEnvironmentThatTheBuildComesToLaterDidNotOpenEither() {
        reach("prod", "staging");
        ends("staging", "a1", Phase.STRATEGY, Verdict.STOPPED, "It was stopped.");
        reach("staging");
        end("staging");

        assertState("staging", State.FAILED);
        assertState("prod", State.CANCELLED);
    }

    @Test
    void dependentsHaveStartedOnceTheirDependenciesLetThem() {
        reach("staging");
        reach("prod", "staging");
        reach("docs");
        assertThat(deployment.startedDependents(in("staging"))).isEmpty();

        end("staging");
        assertThat(deployment.startedDependents(in("staging"))).containsExactly("prod");
        assertThat(deployment.startedDependents(in("prod"))).isEmpty();
        assertThat(deployment.startedDependents(in("qa"))).isEmpty();
    }

    @Test
    void dependentsOfTheEnvironmentAroundItHaveStartedToo() {
        reach("region");
        reachWithin("region", "zone");
        end("zone");
        end("region");
        reach("prod", "region");

        assertThat(deployment.startedDependents(in("zone"))).containsExactly("prod");
    }

    @Test
    void anOpenApprovalOfACompleteEnvironmentHoldsItsDependentsBack() {
        for (boolean success : List.of(true, false)) {
            deployment = Deployment.EMPTY;
            reach("staging");
            end("staging");
            begins("staging", "a2", Phase.AFTER_DEPLOYMENT);
            reach("prod", "staging");
            assertState("staging", State.COMPLETE);
            assertState("prod", State.WAITING_FOR_DEPENDENCIES);
            assertThat(deployment.isOpen("staging")).isFalse();

            Verdict verdict = success ? Verdict.SUCCESS : Verdict.FAILURE;
            ends("staging", "a2", Phase.AFTER_DEPLOYMENT, verdict, "no");
            assertThat(state("prod")).isEqualTo(success ? State.DEPLOYING : State.CANCELLED);
        }
    }

    @Test
    void anOpenApprovalOfACompleteEnvironmentStaysClosedInARestartedBuild() {
        reach("staging");
        end("staging");
        Place beside = inStage("deploy to staging").withEnvironment("staging");
        happens(started(beside, "a2", Phase.AFTER_DEPLOYMENT));
        restart("deploy to staging");
        reach("prod", "staging");

        assertState("prod", State.CANCELLED);
    }

    @Test
    void anApprovalThatBeganBeforeItsEnvironmentBelongsToIt() {
        begins("staging", "a1", Phase.AFTER_DEPLOYMENT);
        assertThat(deployment.environments()).isEmpty();
        reach("prod", "staging");
        reach("staging");
        end("staging");
        assertState("staging", State.AWAITING_APPROVAL);
        assertState("prod", State.WAITING_FOR_DEPENDENCIES);

        ends("staging", "a1", Phase.AFTER_DEPLOYMENT, Verdict.FAILURE, "no");
        assertState("staging", State.COMPLETE);
        assertState("prod", State.CANCELLED);
    }

    @Test
    void whatIsRolledBackIsNotDecidedByAnApprovalThatBeganBefore() {
        begins("staging", "a1", Phase.AFTER_DEPLOYMENT);
        reach("staging");
        reach("prod", "staging");
        begins("prod", "a2", Phase.AFTER_DEPLOYMENT);
        end("staging");
        ends("staging", "a1", Phase.AFTER_DEPLOYMENT, Verdict.SUCCESS, "");
        fail("prod");

        assertThat(environment("prod").needsRollback()).isTrue();
    }

    @Test
    void whatIsRolledBackIsNotDecidedByAnApprovalThatBeganBeforeTheBuildHadEnvironments() {
        begins("staging", "a1", Phase.AFTER_DEPLOYMENT);
        reach("staging");
        fail("staging");

        assertThat(environment("staging").needsRollback()).isTrue();
    }

    @Test
    void anApprovalThatFailedBeforeItsEnvironmentKeepsThatClosed() {
        for (Verdict verdict : List.of(Verdict.FAILURE, Verdict.STOPPED)) {
            deployment = Deployment.EMPTY;
            begins("staging", "a1", Phase.BEFORE_DEPLOYMENT);
            ends("staging", "a1", Phase.BEFORE_DEPLOYMENT, verdict, "broken");
            reach("prod", "staging");

            reach("staging");
            assertState("staging", State.FAILED);
            assertThat(reason("staging")).isEqualTo("an approval that names \"staging\" has failed: broken");
            assertThat(environment("staging").needsRollback()).isFalse();
            assertState("prod", State.CANCELLED);
        }
    }

    @Test
    void anApprovalThatFailedBeforeItsEnvironmentKeepsThatClosedInARestartedBuildToo() {
        var asked = new Place("staging", "5", "ask", List.of(), null);
        happens(ended(asked, "a1", Phase.BEFORE_DEPLOYMENT, "tests", Verdict.FAILURE, "broken"));
        reach("staging");
        restart("ask");

        reach("staging");
        assertState("staging", State.FAILED);
        assertThat(reason("staging")).contains("broken");
    }

    @Test
    void anApprovalThatFailsWhileItsEnvironmentWaitsKeepsThatClosed() {
        for (Verdict verdict : List.of(Verdict.FAILURE, Verdict.STOPPED)) {
            for (Phase phase : List.of(Phase.BEFORE_DEPLOYMENT, Phase.STRATEGY)) {
                deployment = Deployment.EMPTY;
                reach("staging");
                reach("prod", "staging");
                reach("copy", "prod");
                assertThat(begins("prod", "a1", phase)).isNull();
                ends("prod", "a1", phase, verdict, "broken");
                assertState("prod", State.WAITING_FOR_DEPENDENCIES);
                end("staging");

                assertState("prod", State.FAILED);
                assertThat(environment("prod").needsRollback()).isFalse();
                assertState("copy", State.CANCELLED);
            }
        }
    }

    @Test
    void aRetryWhileTheEnvironmentWaitsMakesUpForTheFailure() {
        reach("staging");
        reach("prod", "staging");
        approvalFails("prod", Phase.STRATEGY);
        approvalSucceeds(in("prod"), Phase.STRATEGY, "tests");
        end("staging");

        assertState("prod", State.DEPLOYING);
    }

    @Test
    void anAfterDeploymentFailureWhileTheEnvironmentWaitsCancelsItsDependentsAlone() {
        reach("staging");
        reach("prod", "staging");
        reach("copy", "prod");
        approvalFails("prod", Phase.AFTER_DEPLOYMENT);
        assertState("copy", State.CANCELLED);
        end("staging");
        end("prod");

        assertState("prod", State.COMPLETE);
    }

    @Test
    void anAfterDeploymentFailureWhileTheEnvironmentWaitsLeavesTheRollbackDue() {
        reach("staging");
        reach("prod", "staging");
        approvalFails("prod", Phase.AFTER_DEPLOYMENT);
        end("staging");
        fail("prod");

        assertThat(rollsBack("prod", "r")).isNull();
    }

    @Test
    void anApprovalThatBeganWhileItsEnvironmentWaitedHoldsBackWhatDependsOnIt() {
        for (Phase phase : Phase.values()) {
            deployment = Deployment.EMPTY;
            reach("staging");
            reach("prod", "staging");
            reach("copy", "prod");
            begins("prod", "a1", phase);
            end("staging");
            end("prod");
            boolean gate = phase == Phase.BEFORE_DEPLOYMENT;
            assertThat(state("prod")).isEqualTo(gate ? State.WAITING_FOR_DEPENDENCIES : State.AWAITING_APPROVAL);
            assertState("copy", State.WAITING_FOR_DEPENDENCIES);

            ends("prod", "a1", phase, Verdict.FAILURE, "no");
            assertState("copy", State.CANCELLED);
        }
    }

    @Test
    void aRetryBeforeTheEnvironmentMakesUpForTheFailure() {
        ends("staging", "a1", Phase.STRATEGY, Verdict.FAILURE, "broken");
        approvalSucceeds(in("staging"), Phase.STRATEGY, "tests");
        assertThat(reach("staging")).isNull();

        assertState("staging", State.DEPLOYING);
        assertThat(deployment.approvals()).isEmpty();
    }

    @Test
    void anEnvironmentThatIsDeclaredTwiceAdmitsNobody() {
        reach("staging");
        end("staging");
        assertThat(happens(new Declared(
                        "staging", List.of(), "another step", inStage("deploy to staging"), null, null, null)))
                .contains("deployed to twice");
        reach("prod", "staging");
        assertState("prod", State.CANCELLED);

        restart("deploy to staging");
        reach("prod", "staging");
        assertState("prod", State.CANCELLED);
    }

    /** For example with timeout or failFast around it, and a catch around that. */
    @Test
    void aGateThatWasInterruptedDidNotOpen() {
        for (Phase phase : Phase.values()) {
            deployment = Deployment.EMPTY;
            reach("staging");
            reach("prod", "staging");
            approvalIsStopped(in("staging"), phase);
            assertState("staging", State.DEPLOYING);
            end("staging");

            assertState("staging", State.FAILED);
            assertThat(reason("staging")).isEqualTo("It was stopped.");
            assertState("prod", State.CANCELLED);
        }
    }

    @Test
    void aSuccessfulRetryMakesUpForAStop() {
        for (Phase phase : Phase.values()) {
            deployment = Deployment.EMPTY;
            reach("prod");
            approvalIsStopped(inside("prod"), phase);
            approvalSucceeds(inside("prod"), phase, "tests");
            end("prod");

            assertState("prod", State.COMPLETE);
        }
    }

    @Test
    void aStopEndsNoApprovalBesideItAndHidesNoReason() {
        reach("prod");
        approvalIsStopped(in("prod", "a"), Phase.STRATEGY);
        assertThat(deployment.failedBeside(in("prod", "b"), Phase.STRATEGY)).isEmpty();

        happens(new Ended("prod", "step of prod", "Aborted by alice"));

        assertThat(reason("prod")).isEqualTo("Aborted by alice");
    }

    @Test
    void aSuccessInAnotherBranchDoesNotMakeUpForAFailure() {
        reach("prod");
        happens(started(in("prod", "b"), "a2", Phase.STRATEGY));
        approvalFails(in("prod", "a"), Phase.STRATEGY);
        happens(ended(in("prod", "b"), "a2", Phase.STRATEGY, "tests", Verdict.SUCCESS, ""));
        end("prod");

        assertState("prod", State.FAILED);
    }

    @Test
    void whatIsWithinAnEnvironmentIsNotCancelledWithLaterStages() {
        reach("prod");
        approvalFails(inStage("smoke"), Phase.AFTER_DEPLOYMENT);
        reachWithin("prod", "part");
        reach("copy");

        assertState("part", State.DEPLOYING);
        assertState("copy", State.CANCELLED);
    }

    @Test
    void aRetryMakesUpForAnAfterDeploymentFailureWhileNothingWasCancelledForIt() {
        for (boolean complete : List.of(false, true)) {
            deployment = Deployment.EMPTY;
            reach("prod");
            if (complete) {
                end("prod");
            }
            approvalFails("prod", Phase.AFTER_DEPLOYMENT);
            approvalSucceeds(in("prod"), Phase.AFTER_DEPLOYMENT, "other tests");
            assertThat(deployment.failures()).hasSize(1);
            approvalSucceeds(in("prod"), Phase.AFTER_DEPLOYMENT, "tests");
            end("prod");
            reach("copy", "prod");

            assertState("copy", State.DEPLOYING);
            assertThat(deployment.reasonToCancel(inStage("later"))).isNull();
        }
    }

    @Test
    void aRetryMakesUpForAnAfterDeploymentFailureInAStageOrInNone() {
        for (Place place : List.of(inStage("smoke"), Place.OUTERMOST)) {
            deployment = Deployment.EMPTY;
            approvalFails(place, Phase.AFTER_DEPLOYMENT);
            approvalSucceeds(place, Phase.AFTER_DEPLOYMENT, "tests");

            assertThat(deployment.failures()).isEmpty();
        }
    }

    @Test
    void nothingMakesUpForAnAfterDeploymentFailureOnceADependentWasCancelledForIt() {
        reach("copy", "prod");
        reach("prod");
        approvalFails("prod", Phase.AFTER_DEPLOYMENT);
        assertState("copy", State.CANCELLED);
        approvalSucceeds(in("prod"), Phase.AFTER_DEPLOYMENT, "tests");
        end("prod");
        reach("later", "prod");

        assertState("later", State.CANCELLED);
    }

    @Test
    void nothingMakesUpForAnAfterDeploymentFailureOnceAStageOrAnEnvironmentBehindItWasCancelled() {
        Runnable stage = () -> happens(new StageCancelled("stage", Place.OUTERMOST, "2 of 12 tests failed"));
        for (Runnable cancelled : List.of(stage, () -> reach("environment"))) {
            deployment = Deployment.EMPTY;
            approvalFails(inStage("smoke"), Phase.AFTER_DEPLOYMENT);
            cancelled.run();
            approvalSucceeds(inStage("smoke"), Phase.AFTER_DEPLOYMENT, "tests");

            assertThat(deployment.reasonToCancel(inStage("later"))).isNotNull();
        }
    }

    /** The stage was cancelled for both; it is shown with the first reason. */
    @Test
    void nothingMakesUpForTheSecondOfTwoFailuresThatCancelEither() {
        approvalFails(inStage("smoke"), Phase.AFTER_DEPLOYMENT);
        approvalFails(inStage("load"), Phase.AFTER_DEPLOYMENT);
        happens(new StageCancelled("stage", Place.OUTERMOST, "2 of 12 tests failed"));
        approvalSucceeds(inStage("load"), Phase.AFTER_DEPLOYMENT, "tests");

        assertThat(deployment.failures()).hasSize(3);
    }

    @Test
    void whatWasCancelledForSomethingElseLeavesItToARetry() {
        approvalFails(inStage("smoke", "a"), Phase.AFTER_DEPLOYMENT);
        happens(new StageCancelled("stage", inStage("smoke", "a"), "2 of 12 tests failed"));
        approvalFails(inStage("load", "b"), Phase.AFTER_DEPLOYMENT);
        approvalSucceeds(inStage("load", "b"), Phase.AFTER_DEPLOYMENT, "tests");

        assertThat(deployment.reasonToCancel(inStage("later", "b"))).isNull();
    }

    @Test
    void aDeploymentAfterACaughtBeforeDeploymentFailureCanBeRolledBack() {
        reach("prod");
        approvalFails(inside("prod"), Phase.BEFORE_DEPLOYMENT);
        end("prod");

        assertThat(rollsBack("prod", "r")).isNull();
    }

    @Test
    void isCompleteOnceItsApprovalsOutsideItsBodyAreDecided() {
        reach("staging");
        reach("prod", "staging");
        begins("staging", "a1", Phase.AFTER_DEPLOYMENT);
        end("staging");
        assertState("staging", State.AWAITING_APPROVAL);
        assertState("prod", State.WAITING_FOR_DEPENDENCIES);

        Deployment waiting = deployment;
        ends("staging", "a1", Phase.AFTER_DEPLOYMENT, Verdict.SUCCESS, "");
        assertState("staging", State.COMPLETE);
        assertState("prod", State.DEPLOYING);

        deployment = waiting;
        ends("staging", "a1", Phase.AFTER_DEPLOYMENT, Verdict.FAILURE, "no");
        assertState("staging", State.COMPLETE);
        assertState("prod", State.CANCELLED);
    }

    @Test
    void aRollbackMayHaveApprovals() {
        reach("prod");
        fail("prod");
        rollsBack("prod", "r");
        var approval = started(in("prod").withBody("r"), "a1", Phase.STRATEGY);
        assertThat(happens(approval)).isNull();

        happens(new RollbackEnded("prod", "r", null));
        assertThat(happens(approval)).isEqualTo("environment \"prod\" is ROLLED_BACK already: exit code 1");
    }

    @Test
    void onlyAfterDeploymentApprovalsBeginInACompleteEnvironment() {
        reach("prod");
        end("prod");

        assertThat(begins("prod", "a1", Phase.STRATEGY))
                .isEqualTo("environment \"prod\" is complete, and an approval of the phase strategy would guard nothing"
                        + " any more; put it into armoryEnvironment('prod'), or give it phase: 'afterDeployment'");
        assertThat(begins("prod", "a1", Phase.AFTER_DEPLOYMENT)).isNull();
    }

    @Test
    void anUnknownEnvironmentIsAnErrorInABuildThatHasEnvironments() {
        assertThat(begins("stagng", "a1", Phase.STRATEGY)).isNull();
        reach("staging", "dev");

        assertThat(begins("stagng", "a1", Phase.STRATEGY))
                .isEqualTo("environment: this build has no environment \"stagng\"; it has \"staging\", \"dev\". Correct"
                        + " the name");
        assertThat(begins("dev", "a1", Phase.BEFORE_DEPLOYMENT))
                .isEqualTo("environment: this build has not come to environment \"dev\" yet; put the approval into"
                        + " armoryEnvironment('dev')");
        assertThat(deployment.missing("stagin", "armoryRollback after"))
                .isEqualTo("environment: this build has no environment \"stagin\"; it has \"staging\", \"dev\". Correct"
                        + " the name");
    }

    @Test
    void anAfterDeploymentFailureOutsideEnvironmentsCancelsAllThatComesAfterIt() {
        reach("staging");
        end("staging");
        approvalFails(inStage("smoke"), Phase.STRATEGY);
        assertThat(deployment.reasonToCancel(inStage("prod")))
                .as("whoever catches it decides")
                .isNull();

        approvalFails(inStage("smoke", "a"), Phase.AFTER_DEPLOYMENT);
        assertThat(deployment.reasonToCancel(inStage("later", "a"))).isEqualTo("2 of 12 tests failed");
        assertThat(deployment.reasonToCancel(inStage("beside", "b"))).isNull();
        reach("prod", "staging");
        reach("copy");

        assertThat(List.of("prod", "copy")).allSatisfy(name -> {
            assertState(name, State.CANCELLED);
            assertThat(reason(name)).isEqualTo("2 of 12 tests failed");
        });
        assertThat(deployment.outcome()).isEqualTo(Outcome.FAILURE);
    }

    @Test
    void anAfterDeploymentFailureIsUnstableUntilItCancelsAStage() {
        approvalFails("a label", Phase.AFTER_DEPLOYMENT);
        assertThat(deployment.outcome()).isEqualTo(Outcome.UNSTABLE);

        happens(new StageCancelled("prod", Place.OUTERMOST, "2 of 12 tests failed"));
        assertThat(deployment.cancelled()).containsOnlyKeys("prod");
        assertThat(deployment.outcome()).isEqualTo(Outcome.FAILURE);
    }

    private void reachBehindAll(String name, String... branches) {
        happens(new Declared(name, null, "step of " + name, inStage("deploy to " + name, branches), null, null, null));
    }

    @Test
    void withoutDependsOnAnEnvironmentDependsOnAllThatComeBeforeIt() {
        reachBehindAll("dev");
        end("dev");
        reachBehindAll("staging");
        end("staging");
        reachBehindAll("eu", "a");
        reachBehindAll("us", "b");
        end("eu");
        end("us");
        reachBehindAll("copy");

        assertThat(environment("dev").dependsOn()).isEmpty();
        assertThat(environment("staging").dependsOn()).containsExactly("dev");
        assertThat(environment("us").dependsOn()).containsExactly("staging");
        assertThat(environment("copy").dependsOn()).containsExactly("eu", "us");
    }

    @Test
    void whoeverChoosesIsNotCancelledForWhatWasNotChosen() {
        reach("staging");
        approvalFails(inside("staging"), Phase.AFTER_DEPLOYMENT);
        end("staging");
        reach("docs");
        reachBehindAll("prod");

        assertState("docs", State.DEPLOYING);
        assertState("prod", State.CANCELLED);
        assertThat(deployment.reasonToCancel(inStage("more")))
                .isEqualTo(reason("prod"))
                .isEqualTo("\"staging\" is deployed, but: 2 of 12 tests failed");
        assertThat(environment("prod").isCancelled()).isTrue();
    }

    /** The stage that would have deployed to it first was cancelled, and so was what depends on it. */
    @Test
    void whatIsCancelledIsNoMistakeThoughWhatComesBeforeDependsOnIt() {
        reach("staging");
        approvalFails(inside("staging"), Phase.AFTER_DEPLOYMENT);
        end("staging");
        reach("prod", "staging", "eu");

        assertThat(happens(new Declared("eu", null, "step of eu", inStage("deploy to eu"), null, null, null)))
                .isNull();

        assertState("eu", State.CANCELLED);
    }

    @Test
    void aCancelledStageClosesWhatComesAfterItWhateverThatChooses() {
        reach("staging");
        approvalFails(inside("staging"), Phase.AFTER_DEPLOYMENT);
        end("staging");
        happens(new StageCancelled("prod", Place.OUTERMOST, "2 of 12 tests failed"));
        reach("docs");

        assertState("docs", State.CANCELLED);
    }

    @Test
    void whatWasThrownAndCaughtClosesEnvironmentsAndNotStages() {
        reach("dev");
        fail("dev");
        assertThat(deployment.reasonToCancel(inStage("next"))).isNull();

        reachBehindAll("prod");
        assertState("prod", State.CANCELLED);
        assertThat(deployment.reasonToCancel(inStage("behind"))).contains("exit code 1");
    }

    @Test
    void anEnvironmentThatCaughtTheFailureOfOneWithinItFails() {
        reach("outer");
        reachWithin("outer", "inner");
        fail("inner");
        end("outer");

        assertState("outer", State.FAILED);
        assertThat(reason("outer")).isEqualTo("exit code 1");
    }

    @Test
    void aFailedRollbackIsAFailureOfTheBuild() {
        reach("prod");
        fail("prod");
        assertThat(deployment.outcome()).isEqualTo(Outcome.UNSTABLE);
        rollsBack("prod", "r");
        happens(new RollbackEnded("prod", "r", "exit code 2"));

        assertThat(deployment.outcome()).isEqualTo(Outcome.FAILURE);
        assertThat(deployment.reasons()).containsExactly("\"prod\" is closed: exit code 1");
    }

    @Test
    void aGateBesideAnEnvironmentThatIsBeingDeployedToComesTooLate() {
        reach("prod");

        assertThat(begins("prod", "a1", Phase.BEFORE_DEPLOYMENT)).contains("is being deployed to already");
    }

    /** Its body has not begun, and rules may take days. */
    @Test
    void aGateBesideAnEnvironmentWhoseRulesArePendingIsWaitedFor() {
        happens(new Declared("prod", List.of(), "step of prod", Place.OUTERMOST, "shop/main", null, null));

        assertThat(begins("prod", "a1", Phase.BEFORE_DEPLOYMENT)).isNull();
        happens(new DeploymentEvent.RulesMet("prod", "step of prod"));
        assertState("prod", State.WAITING_FOR_DEPENDENCIES);
        ends("prod", "a1", Phase.BEFORE_DEPLOYMENT, Verdict.SUCCESS, "");
        assertState("prod", State.AWAITING_RULES);
        happens(new DeploymentEvent.RulesMet("prod", "step of prod"));
        assertState("prod", State.DEPLOYING);
    }

    @Test
    void aGateThatFailsWhileTheRulesArePendingKeepsTheEnvironmentClosed() {
        happens(new Declared("prod", List.of(), "step of prod", Place.OUTERMOST, "shop/main", null, null));
        begins("prod", "a1", Phase.BEFORE_DEPLOYMENT);
        ends("prod", "a1", Phase.BEFORE_DEPLOYMENT, Verdict.FAILURE, "2 of 12 tests failed");

        happens(new DeploymentEvent.RulesMet("prod", "step of prod"));

        assertState("prod", State.FAILED);
        assertThat(reason("prod")).contains("2 of 12 tests failed");
    }

    /** The rollback has approvals of its own; what stands elsewhere is about the deployment, which has failed. */
    @Test
    void anApprovalBesideARollbackComesTooLate() {
        reach("prod");
        fail("prod");
        rollsBack("prod", "r");

        assertThat(begins("prod", "a1", Phase.STRATEGY)).contains("is FAILED already: exit code 1");
    }

    @Test
    void stagesAreKnownByTheirNodesAndNotByTheirNames() {
        approvalFails(inStage("5", "linux"), Phase.STRATEGY);

        assertThat(deployment.failedBeside(inStage("6", "windows"), Phase.STRATEGY))
                .isEmpty();
        assertThat(deployment.failedBeside(inStage("5", "windows"), Phase.STRATEGY))
                .isPresent();
        assertThat(deployment.failedBeside(inStage("5", "windows"), Phase.BEFORE_DEPLOYMENT))
                .isEmpty();
        assertThat(deployment.failedBeside(inStage("5", "linux"), Phase.STRATEGY))
                .as("tried again")
                .isEmpty();
        assertThat(deployment.failedBeside(inStage("5"), Phase.STRATEGY))
                .as("behind the branches")
                .isEmpty();
    }

    @Test
    void branchesOfALaterParallelAreNotBesideEarlierOnes() {
        approvalFails(inStage("5", "a"), Phase.STRATEGY);
        var later = new Place(null, "5", "5", List.of(new Place.Branch("another parallel", "b")), null);

        assertThat(deployment.failedBeside(later, Phase.STRATEGY)).isEmpty();
    }

    @Test
    void approvalsOutsideStagesAndEnvironmentsDoNotBelongTogether() {
        approvalFails(inStage(null, "a"), Phase.STRATEGY);

        assertThat(deployment.failedBeside(inStage(null, "b"), Phase.STRATEGY)).isEmpty();
    }

    @Test
    void anApprovalThatAnotherOneEndedEndsNoFurtherOnes() {
        Place ended = inStage("5", "a");
        happens(ended(ended, "a1", Phase.STRATEGY, "tests", Verdict.OTHER_FAILED, "another one failed"));

        assertThat(deployment.failedBeside(inStage("5", "b"), Phase.STRATEGY)).isEmpty();
    }

    @Test
    void rejectsASecondEnvironmentOfTheSameName() {
        reach("prod");

        assertThat(happens(new Declared("prod", List.of(), "another step", Place.OUTERMOST, null, null, null)))
                .isEqualTo("name: \"prod\" is deployed to twice in this build; give one of the two another name");
        assertThat(reach("prod")).as("the same step, resumed").isNull();
        assertState("prod", State.DEPLOYING);
    }

    @Test
    void aFailedEnvironmentThatIsDeclaredAgainSaysWhereRetryBelongs() {
        reach("prod");
        fail("prod");

        assertThat(happens(new Declared("prod", List.of(), "another step", Place.OUTERMOST, null, null, null)))
                .isEqualTo("name: \"prod\" was deployed to already in this build, which ended as FAILED: exit code 1\n"
                        + "An environment is deployed to once; to try again, put retry into armoryEnvironment,"
                        + " around its steps.");
    }

    @Test
    void rejectsACycleAndListsWhatThereIs() {
        reach("dev");
        reach("a", "dev", "c");
        reach("b", "a");

        assertThat(reach("c", "b")).isEqualTo("""
            dependsOn: "c" would wait for itself: c -> b -> a -> c
            dev DEPLOYING
            a WAITING_FOR_DEPENDENCIES, depends on dev, c
            c WAITING_FOR_DEPENDENCIES, depends on b
            b WAITING_FOR_DEPENDENCIES, depends on a
            """);
        assertState("c", State.FAILED);
        assertState("a", State.CANCELLED);
        assertState("b", State.CANCELLED);
        assertState("dev", State.DEPLOYING);
        assertThat(reach("self", "self")).startsWith("dependsOn: \"self\" would wait for itself: self -> self\n");
        assertThat(deployment.graph()).contains("self FAILED, depends on self\n");
    }

    @Test
    void admitsDependentsOnceAllEnvironmentsWithinItDo() {
        reach("prod", "staging");
        reach("staging");
        reachWithin("staging", "part");
        reachWithin("part", "detail");
        end("detail");
        end("part");
        end("staging");
        assertState("prod", State.DEPLOYING);
        assertThat(deployment.isOpen("staging")).isTrue();

        deployment = Deployment.EMPTY;
        reach("prod", "staging");
        reach("staging");
        reachWithin("staging", "part");
        reachWithin("part", "detail");
        approvalFails("detail", Phase.AFTER_DEPLOYMENT);
        assertState("prod", State.CANCELLED);
        assertThat(environment("prod").cancelledBy()).isEqualTo("detail");
        end("detail");
        end("part");
        end("staging");
        assertState("staging", State.COMPLETE);
        assertThat(deployment.isOpen("staging")).isFalse();
    }

    @Test
    void whatIsAroundAnEnvironmentThatWaitsInVainGoesOn() {
        reach("staging");
        reachWithin("staging", "part", "nowhere");
        happens(new NobodyLeft(deployment));

        assertState("part", State.FAILED);
        assertState("staging", State.DEPLOYING);
    }

    @Test
    void anEnvironmentCannotDependOnTheOneAroundIt() {
        reach("staging");

        assertThat(reachWithin("staging", "part", "staging"))
                .startsWith("dependsOn: \"part\" would wait for itself: part -> staging -> part\n");
        assertState("part", State.FAILED);
        assertState("staging", State.DEPLOYING);
    }

    @Test
    void failsWhereADependencyWillNeverBeReached() {
        reach("dev");
        end("dev");
        reach("prod", "stagin");
        reach("prod-copy", "prod");
        happens(new NobodyLeft(Deployment.EMPTY));
        assertThat(state("prod")).as("something has changed since").isEqualTo(State.WAITING_FOR_DEPENDENCIES);

        happens(new NobodyLeft(deployment));

        assertState("prod", State.FAILED);
        assertThat(reason("prod"))
                .startsWith("dependsOn: nothing in this build deploys to \"stagin\"")
                .endsWith("""
                    prod-copy WAITING_FOR_DEPENDENCIES, depends on prod
                    """);
        assertState("prod-copy", State.CANCELLED);
        assertThat(rollsBack("prod", "r")).isEqualTo("it failed before anything was deployed");
    }

    @Test
    void saysThatAStageIsNoEnvironment() {
        reach("prod", "staging");
        happens(new NobodyLeft(deployment));

        assertThat(reason("prod"))
                .startsWith("dependsOn: nothing in this build deploys to \"staging\", and nothing that could is left;")
                .contains("A stage of that name is no environment: put armoryEnvironment('staging') { ... } into it");
    }

    @Test
    void failsWhereItsStepIsGone() {
        reach("dev");
        reach("prod", "dev");
        happens(new NobodyLeft(deployment));

        assertState("dev", State.FAILED);
        assertThat(reason("dev")).isEqualTo("Its step has ended, and Jenkins went down before that was written.");
        assertState("prod", State.CANCELLED);
    }

    @Test
    void anAfterDeploymentFailureBehindAStopStandsInARestartedBuildToo() {
        reach("staging");
        approvalIsStopped(in("staging"), Phase.AFTER_DEPLOYMENT);
        approvalFails("staging", Phase.AFTER_DEPLOYMENT);
        end("staging");
        assertThat(deployment.isOpen("staging")).isFalse();

        restart("outermost", "deploy to staging");
        assertThat(deployment.isOpen("staging")).isFalse();
    }

    @Test
    void aStopBesideACompleteEnvironmentStandsInARestartedBuildToo() {
        reach("staging");
        end("staging");
        approvalIsStopped(in("staging"), Phase.AFTER_DEPLOYMENT);
        approvalSucceeds(in("staging"), Phase.AFTER_DEPLOYMENT, "tests");
        assertThat(deployment.isOpen("staging")).isFalse();

        restart("outermost", "deploy to staging");
        assertThat(deployment.isOpen("staging")).isFalse();
    }

    /** Restarts the build from a stage; "smoke", "prod" and all that deploy are run again, unless they are left out. */
    @Test
    void aSuccessOutsideAllStagesIsNotThatOfAStageOfTheOrigin() {
        approvalFails(inStage("smoke"), Phase.AFTER_DEPLOYMENT);
        restart("smoke");

        approvalSucceeds(Place.OUTERMOST, Phase.AFTER_DEPLOYMENT, "tests");

        assertThat(deployment.reasonToCancel(inStage("prod"))).contains("2 of 12 tests failed");
    }

    @Test
    void aFailureThatCancelledAnEnvironmentStandsInARestartedBuild() {
        reach("staging");
        reach("test");
        approvalFails("staging", Phase.AFTER_DEPLOYMENT);
        reach("prod", "staging", "test");
        end("staging");
        assertState("prod", State.CANCELLED);

        restart("outermost", "deploy to staging", "deploy to test");
        approvalSucceeds(in("staging"), Phase.AFTER_DEPLOYMENT, "tests");

        assertThat(deployment.isOpen("staging")).isFalse();
    }

    private void restart(String... leftOut) {
        happens(new BuildEnded());
        Deployment origin = deployment;
        deployment = Deployment.EMPTY;
        var again = new HashSet<>(Set.of("smoke", "outermost", "prod"));
        again.removeAll(Set.of(leftOut));
        var restarted = new Restarted(origin, Set.of(leftOut), again);
        happens(restarted);
        happens(restarted);
    }

    @Test
    void aRestartedBuildKeepsTheFailuresOfTheStagesThatItLeavesOut() {
        approvalFails(inStage("smoke"), Phase.AFTER_DEPLOYMENT);
        happens(new StageCancelled("prod", Place.OUTERMOST, "2 of 12 tests failed"));
        restart("build", "smoke");

        assertThat(deployment.reasonToCancel(Place.OUTERMOST)).isEqualTo("2 of 12 tests failed");
        assertThat(deployment.leavesOut("build")).isTrue();
        assertThat(deployment.leavesOut("prod")).isFalse();
        assertThat(deployment.outcome()).isEqualTo(Outcome.UNSTABLE);
    }

    @Test
    void aRestartedBuildKnowsWhatItsOriginCancelledInTheStagesThatItLeavesOut() {
        happens(new StageCancelled("check", inStage("smoke"), "2 of 12 tests failed"));
        restart("build", "smoke");

        assertThat(deployment.cancelled()).containsOnlyKeys("check");
        assertThat(deployment.reasonToCancel(Place.OUTERMOST)).isEqualTo("2 of 12 tests failed");
        assertThat(deployment.outcome()).isEqualTo(Outcome.FAILURE);
    }

    @Test
    void aRestartedBuildForgetsTheFailuresOfTheStagesThatItRuns() {
        approvalFails(inStage("smoke"), Phase.AFTER_DEPLOYMENT);
        restart("build");

        assertThat(deployment.reasonToCancel(Place.OUTERMOST)).isNull();
        assertThat(deployment.outcome()).isEqualTo(Outcome.SUCCESS);
    }

    @Test
    void aRestartedBuildKeepsTheFailuresWhoseStageIsNotKnown() {
        reach("staging");
        end("staging");
        happens(ended(
                Place.OUTERMOST.withEnvironment("staging"),
                "a1",
                Phase.STRATEGY,
                "checks",
                Verdict.STOPPED,
                "nobody was asked"));
        approvalFails(Place.OUTERMOST, Phase.AFTER_DEPLOYMENT);
        restart("deploy to staging");

        assertThat(deployment.reasonToCancel(Place.OUTERMOST)).isEqualTo("2 of 12 tests failed");
        assertThat(deployment.reason(environment("staging"))).isEqualTo("nobody was asked");
        assertThat(deployment.isOpen("staging")).isFalse();
    }

    /** As of a Declarative Pipeline of a library that is called in a stage: all its stages are in that one. */
    @Test
    void aRestartedBuildKeepsTheFailuresInAStageThatItDoesNotKnow() {
        approvalFails(inStage("around the Pipeline"), Phase.AFTER_DEPLOYMENT);
        restart("smoke");

        assertThat(deployment.reasonToCancel(Place.OUTERMOST)).isEqualTo("2 of 12 tests failed");
    }

    @Test
    void aRestartedBuildKeepsTheEnvironmentsOfTheStagesThatItLeavesOut() {
        reach("dev");
        end("dev");
        reach("staging");
        end("staging");
        var smoke = new Place("staging", "7", "smoke", List.of(), null);
        approvalFails(smoke, Phase.AFTER_DEPLOYMENT);
        Deployment failed = deployment;

        restart("deploy to dev", "deploy to staging", "smoke");
        reach("test", "dev");
        reach("prod", "staging");
        assertState("test", State.DEPLOYING);
        assertState("prod", State.CANCELLED);

        deployment = failed;
        restart("deploy to dev", "deploy to staging");
        reach("prod", "staging");
        assertThat(state("prod")).as("the smoke test is run once more").isEqualTo(State.DEPLOYING);

        deployment = failed;
        restart("deploy to dev");
        assertThat(deployment.environments()).containsOnlyKeys("dev");
    }

    @Test
    void aRestartedBuildDoesNotTakeAnEnvironmentThatAnApprovalClosedForADeployedOne() {
        reach("staging");
        reach("prod", "staging");
        approvalFails("prod", Phase.STRATEGY);
        end("staging");
        restart("deploy to staging", "deploy to prod", "outermost");
        reach("copy", "prod");

        assertThat(reason("copy")).startsWith("\"prod\" is closed: ");
        assertThat(deployment.outcome()).isEqualTo(Outcome.FAILURE);
    }

    @Test
    void aBuildThatIsRestartedFromOneOfUnknownOriginKnowsNoMore() {
        happens(new OriginUnknown("the original build is deleted"));
        approvalFails(inStage("smoke"), Phase.AFTER_DEPLOYMENT);
        restart("build", "smoke");

        assertThat(deployment.reasonToCancel(Place.OUTERMOST)).isEqualTo("the original build is deleted");
    }

    @Test
    void aRestartedBuildNeedNotKnowTheDependenciesOfTheEnvironmentsThatItKeeps() {
        reach("staging", "misspelt");
        happens(new NobodyLeft(deployment));
        restart("deploy to staging");

        assertThat(deployment.environments()).containsOnlyKeys("staging");
        assertThat(reach("prod", "staging")).isNull();
        assertState("prod", State.CANCELLED);
    }

    /** A loop may come to it many times. */
    @Test
    void aStageThatIsCancelledTwiceIsKeptOnce() {
        approvalFails("a label", Phase.AFTER_DEPLOYMENT);
        happens(new StageCancelled("prod", Place.OUTERMOST, "2 of 12 tests failed"));
        Deployment once = deployment;

        happens(new StageCancelled("prod", Place.OUTERMOST, "2 of 12 tests failed"));

        assertThat(deployment).isEqualTo(once);
    }

    @Test
    void aFailureThatComesTwiceIsKeptOnce() {
        approvalFails(inStage(null), Phase.AFTER_DEPLOYMENT);
        approvalFails(inStage(null), Phase.AFTER_DEPLOYMENT);

        assertThat(deployment.failures()).hasSize(1);
    }

    @Test
    void tellsWhichRowsOfTheTransitionTableItTook() {
        reach("prod", "staging");
        Transition transition =
                deployment.on(new Declared("staging", List.of(), "step", Place.OUTERMOST, null, null, null), NOW);

        assertThat(transition.moves())
                .extracting(Move::toString)
                .containsExactly(
                        "staging: PENDING -> WAITING_FOR_DEPENDENCIES (the Pipeline reaches it)",
                        "staging: WAITING_FOR_DEPENDENCIES -> DEPLOYING (all that it depends on is open, and no approval is"
                                + " pending that it waits for)");
    }

    @Test
    void endsWithTheBuild() {
        reach("dev");
        reach("prod", "staging");
        happens(new BuildEnded());

        assertState("dev", State.FAILED);
        assertState("prod", State.CANCELLED);
        assertState("staging", State.CANCELLED);

        assertThat(reach("staging")).isEqualTo("The build is over.");
        assertState("staging", State.CANCELLED);
    }

    @Test
    void isCancelledWhenItIsStoppedWhileItWaits() {
        reach("prod", "staging");
        happens(new Stopped("prod", "step of prod", "stopped"));

        assertState("prod", State.CANCELLED);
        assertThat(environment("prod").cancelledBy()).isNull();
        assertThat(deployment.outcome()).isEqualTo(Outcome.UNSTABLE);
    }

    @Test
    void isCancelledWhenItIsStoppedBeforeItsBodyRuns() {
        reach("prod");
        happens(new Stopped("prod", "step of prod", "stopped"));

        assertState("prod", State.CANCELLED);
        assertThat(environment("prod").needsRollback()).isFalse();
    }

    @Test
    void aPlannedStepIsOnRecordOnce() {
        assertThat(happens(new PlannedStepStarted("prod", "prod/strategy/1", false)))
                .isEqualTo("environment: this build has no environment \"prod\". Correct the name");
        reach("prod");
        happens(new PlannedStepStarted("prod", "prod/strategy/1", false));
        assertThat(happens(new PlannedStepStarted("prod", "prod/strategy/1", false)))
                .as("resumed")
                .isNull();
        assertThat(happens(new PlannedStepStarted("prd", "prd/strategy/1", false)))
                .contains("this build has no environment \"prd\"");

        happens(new PlannedStepEnded("prod", "prod/strategy/1", null, Map.of("a", "1")));
        happens(new PlannedStepEnded("prod", "prod/strategy/1", "again", Map.of()));

        assertThat(step()).isEqualTo(new PlannedStep(NOW, NOW, null, Map.of("a", "1"), null));
        assertThat(deployment.find("prod").orElseThrow().deployed()).isFalse();
    }

    private PlannedStep step() {
        return deployment.find("prod").orElseThrow().steps().get("prod/strategy/1");
    }

    @Test
    void anApprovalBelongsToItsPlannedStep() {
        reach("prod");
        happens(new PlannedStepStarted("prod", "prod/strategy/1", false));
        happens(started(in("prod"), "a1", Phase.STRATEGY, "prod/strategy/1"));

        assertThat(step().approval()).isEqualTo("a1");
        assertState("prod", State.AWAITING_APPROVAL);
    }

    @Test
    void nothingIsRolledBackOnceAStepAfterTheDeploymentBegan() {
        reach("prod");
        happens(new PlannedStepStarted("prod", "prod/after/1", true));
        happens(new Ended("prod", "step of prod", "analysis failed"));

        assertThat(rollsBack("prod", "r")).isEqualTo("it failed after its deployment, and what is deployed stays");
    }

    /**
     * All builds share the threads that do this. A look at what each of them depends on, for each event, takes minutes.
     */
    @Test
    void manyThatWaitForManyTakeNoLongerThanFew() {
        reach("first");
        List<String> names = new ArrayList<>(List.of("first"));
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> {
            while (names.size() < 400) {
                reach("next " + names.size(), names.toArray(String[]::new));
                names.add("next " + names.size());
            }
            end("first");
        });

        assertState("next 1", State.DEPLOYING);
        assertState("next 399", State.WAITING_FOR_DEPENDENCIES);
    }

    /** Each event writes all of them, on threads that all builds share. */
    @Test
    void moreThanABuildMayHaveIsRefusedAndClosesAllThatComesLater() {
        List<String> many =
                IntStream.range(0, 1_000).mapToObj(n -> "e".repeat(250) + n).toList();
        String problem = null;
        int reached = 0;
        while (problem == null) {
            assertThat(reached).as("environments with 1,000 dependencies each").isLessThan(20);
            problem = reach("environment " + reached++, many.toArray(String[]::new));
        }

        assertThat(problem)
                .startsWith(
                        "what is kept of the environments and failures of this build is longer than 4194304 characters: ")
                .endsWith("; name fewer environments in dependsOn, or divide the Pipeline among several builds");
        assertThat(deployment.find("environment " + reached)).isEmpty();
        assertThat(deployment.reasonToCancel(Place.OUTERMOST)).isEqualTo(problem);
        assertThat(begins("environment 0", "a1", Phase.BEFORE_DEPLOYMENT)).startsWith("what is kept");
        Deployment closed = deployment;
        assertThat(reach("another")).startsWith("what is kept");
        assertThat(deployment).as("grows no more").isEqualTo(closed);
    }
}
