package io.jenkins.plugins.armory.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.deployment.Deployment.Outcome;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.BuildEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.NobodyLeft;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.StageCancelled;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Stopped;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Environment.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeploymentTest {

    static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");

    private Deployment deployment = Deployment.EMPTY;

    private String happens(DeploymentEvent event) {
        Transition transition = deployment.on(event, NOW);
        deployment = transition.deployment();
        return transition.problem();
    }

    private String reach(String name, String... dependsOn) {
        return happens(new Declared(name, List.of(dependsOn), "step of " + name, false));
    }

    private void end(String name) {
        happens(new Ended(name, "step of " + name, null));
    }

    private void approvalFails(String name, Phase phase) {
        happens(new ApprovalStarted(name, "a1", phase));
        happens(new ApprovalEnded(name, "a1", phase, Verdict.FAILURE, "2 of 12 tests failed"));
    }

    private State state(String name) {
        return environment(name).state();
    }

    private Environment environment(String name) {
        return deployment.find(name).orElseThrow();
    }

    @Test
    void deploysAtOnceWhereNothingIsDependedOn() {
        assertThat(reach("dev")).isNull();
        assertThat(state("dev")).isEqualTo(State.DEPLOYING);

        end("dev");
        assertThat(state("dev")).isEqualTo(State.COMPLETE);
        assertThat(deployment.outcome()).isEqualTo(Outcome.SUCCESS);
    }

    @Test
    void waitsForAllThatItDependsOnInWhateverOrderTheyAreReached() {
        reach("prod", "staging", "qa");
        assertThat(state("prod")).isEqualTo(State.WAITING_FOR_DEPENDENCIES);
        assertThat(state("staging")).isEqualTo(State.PENDING);

        reach("staging");
        end("staging");
        assertThat(state("prod")).isEqualTo(State.WAITING_FOR_DEPENDENCIES);

        reach("qa");
        end("qa");
        assertThat(state("prod")).isEqualTo(State.DEPLOYING);
    }

    @Test
    void awaitsApprovalsUntilTheLastIsDecided() {
        reach("dev");
        happens(new ApprovalStarted("dev", "a1", Phase.STRATEGY));
        happens(new ApprovalStarted("dev", "a2", Phase.STRATEGY));
        happens(new ApprovalEnded("dev", "a1", Phase.STRATEGY, Verdict.SUCCESS, ""));
        assertThat(state("dev")).isEqualTo(State.AWAITING_APPROVAL);

        happens(new ApprovalEnded("dev", "a2", Phase.STRATEGY, Verdict.SUCCESS, ""));
        assertThat(state("dev")).isEqualTo(State.DEPLOYING);
    }

    @Test
    void nothingIsDeployedAfterAFailureBeforeTheDeployment() {
        reach("prod", "staging");
        reach("staging");
        approvalFails("staging", Phase.BEFORE_DEPLOYMENT);

        assertThat(state("staging")).isEqualTo(State.FAILED);
        assertThat(state("prod")).isEqualTo(State.CANCELLED);
        assertThat(environment("prod").reason()).isEqualTo("\"staging\" was not deployed: 2 of 12 tests failed");
        assertThat(happens(new RollbackStarted("staging", "r"))).isEqualTo("it failed before anything was deployed");
        assertThat(deployment.outcome()).isEqualTo(Outcome.FAILURE);
    }

    @Test
    void isRolledBackOnceAfterAFailureOfTheDeployment() {
        reach("staging");
        approvalFails("staging", Phase.STRATEGY);
        assertThat(state("staging")).isEqualTo(State.FAILED);

        assertThat(happens(new RollbackStarted("staging", "r"))).isNull();
        assertThat(happens(new RollbackStarted("staging", "r"))).as("the same step, resumed").isNull();
        assertThat(happens(new RollbackStarted("staging", "r2"))).isEqualTo("it has been rolled back already");
        happens(new RollbackEnded("staging", "r", null));

        assertThat(state("staging")).isEqualTo(State.ROLLED_BACK);
        reach("prod", "staging");
        assertThat(state("prod")).isEqualTo(State.CANCELLED);
    }

    @Test
    void keepsTheFirstReasonWhenItsRollbackFails() {
        reach("staging");
        approvalFails("staging", Phase.STRATEGY);
        happens(new RollbackStarted("staging", "r"));
        happens(new RollbackEnded("staging", "r", "kubectl: not found"));

        assertThat(state("staging")).isEqualTo(State.FAILED);
        assertThat(environment("staging").reason()).isEqualTo("2 of 12 tests failed");
        assertThat(environment("staging").rollback().failure()).isEqualTo("kubectl: not found");
    }

    @Test
    void staysDeployedAfterAFailureAfterTheDeploymentButNothingFollows() {
        reach("prod", "staging");
        reach("prod-copy", "prod");
        reach("notify");
        reach("staging");
        approvalFails("staging", Phase.AFTER_DEPLOYMENT);
        assertThat(state("prod")).as("at once, while the stage still runs").isEqualTo(State.CANCELLED);
        end("staging");

        assertThat(state("staging")).isEqualTo(State.COMPLETE);
        assertThat(state("notify")).isEqualTo(State.DEPLOYING);
        assertThat(state("prod-copy")).isEqualTo(State.CANCELLED);
        assertThat(environment("prod-copy").cancelledBy()).isEqualTo("staging");
        assertThat(environment("prod-copy").reason())
                .isEqualTo("\"staging\" is deployed, but: 2 of 12 tests failed");
        assertThat(happens(new RollbackStarted("staging", "r"))).isEqualTo("its state is COMPLETE");
        assertThat(deployment.outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void aFailureAfterTheDeploymentOnWhichNothingDependsIsUnstable() {
        reach("prod");
        approvalFails("prod", Phase.AFTER_DEPLOYMENT);
        end("prod");

        assertThat(deployment.outcome()).isEqualTo(Outcome.UNSTABLE);
    }

    @Test
    void aStageThatFailsAfterItsDeploymentIsNotRolledBack() {
        reach("prod");
        happens(new ApprovalStarted("prod", "a1", Phase.AFTER_DEPLOYMENT));
        happens(new Ended("prod", "step of prod", "stopped"));

        assertThat(state("prod")).isEqualTo(State.FAILED);
        assertThat(happens(new RollbackStarted("prod", "r")))
                .isEqualTo("it failed after its deployment, and what is deployed stays");
    }

    @Test
    void firstFailureStandsWhateverThePipelineDoesAfterwards() {
        reach("prod");
        approvalFails("prod", Phase.STRATEGY);
        end("prod");

        assertThat(state("prod")).isEqualTo(State.FAILED);
        assertThat(happens(new ApprovalStarted("prod", "a2", Phase.STRATEGY)))
                .isEqualTo("environment \"prod\" has failed already: 2 of 12 tests failed");
    }

    @Test
    void cancelsLaterStagesWhereThereAreNoEnvironments() {
        approvalFails("staging", Phase.STRATEGY);
        assertThat(deployment.cancelsStages()).isNull();

        approvalFails("staging", Phase.AFTER_DEPLOYMENT);
        assertThat(deployment.cancelsStages()).isEqualTo("2 of 12 tests failed");
        assertThat(deployment.outcome()).isEqualTo(Outcome.UNSTABLE);

        happens(new StageCancelled("prod"));
        assertThat(deployment.cancelledStages()).containsExactly("prod");
        assertThat(deployment.outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void cancelsLaterEnvironmentsThatAreStages() {
        approvalFails("staging", Phase.AFTER_DEPLOYMENT);
        reach("in a stage that goes on");
        Declared prod = new Declared("prod", List.of(), "step of prod", true);
        happens(prod);
        happens(prod);
        reach("copy", "prod");

        assertThat(state("in a stage that goes on")).isEqualTo(State.DEPLOYING);
        assertThat(environment("prod").state()).isEqualTo(State.CANCELLED);
        assertThat(environment("prod").reason()).isEqualTo("2 of 12 tests failed");
        assertThat(state("copy")).isEqualTo(State.CANCELLED);
        assertThat(deployment.cancelledStages()).containsExactly("prod");
        assertThat(deployment.outcome()).isEqualTo(Outcome.ABORTED);
    }

    @Test
    void cancelsNoStagesWhereThereAreEnvironments() {
        reach("dev");
        approvalFails("staging", Phase.AFTER_DEPLOYMENT);
        happens(new StageCancelled("prod"));

        assertThat(deployment.cancelsStages()).isNull();
        assertThat(deployment.cancelledStages()).isEmpty();
    }

    @Test
    void rejectsASecondEnvironmentOfTheSameName() {
        reach("prod");

        assertThat(happens(new Declared("prod", List.of(), "another step", false)))
                .isEqualTo("name: \"prod\" is deployed to twice in this build; give one of the two another name");
        assertThat(reach("prod")).as("the same step, resumed").isNull();
        assertThat(state("prod")).isEqualTo(State.DEPLOYING);
    }

    @Test
    void rejectsACycleAndDrawsIt() {
        reach("dev");
        reach("a", "dev", "c");
        reach("b", "a");

        assertThat(reach("c", "b"))
                .isEqualTo("""
                dependsOn: "c" would wait for itself: c -> b -> a -> c
                dev DEPLOYING
                └─ a WAITING_FOR_DEPENDENCIES (also depends on: c)
                   └─ b WAITING_FOR_DEPENDENCIES
                      └─ c WAITING_FOR_DEPENDENCIES
                """);
        assertThat(state("c")).isEqualTo(State.FAILED);
        assertThat(state("a")).isEqualTo(State.CANCELLED);
        assertThat(state("b")).isEqualTo(State.CANCELLED);
        assertThat(state("dev")).isEqualTo(State.DEPLOYING);
        assertThat(reach("self", "self")).startsWith("dependsOn: \"self\" would wait for itself: self -> self\n");
        assertThat(deployment.graph()).contains("self FAILED\n└─ self (a cycle: see above)\n");
    }

    @Test
    void givesUpWhatNobodyIsLeftToDeployTo() {
        reach("dev");
        reach("prod", "stagin");
        reach("prod-copy", "prod");
        happens(new NobodyLeft(Deployment.EMPTY));
        assertThat(state("prod")).as("something has changed since").isEqualTo(State.WAITING_FOR_DEPENDENCIES);

        happens(new NobodyLeft(deployment));

        assertThat(state("prod")).isEqualTo(State.FAILED);
        assertThat(environment("prod").reason())
                .startsWith("dependsOn: nothing in this build deploys to \"stagin\"")
                .endsWith("""
                dev DEPLOYING
                stagin not reached
                └─ prod WAITING_FOR_DEPENDENCIES
                   └─ prod-copy WAITING_FOR_DEPENDENCIES
                """);
        assertThat(state("prod-copy")).isEqualTo(State.CANCELLED);
        assertThat(happens(new RollbackStarted("prod", "r"))).isEqualTo("it failed before anything was deployed");
    }

    @Test
    void endsWithTheBuild() {
        reach("dev");
        reach("prod", "staging");
        happens(new BuildEnded());

        assertThat(state("dev")).isEqualTo(State.FAILED);
        assertThat(state("prod")).isEqualTo(State.CANCELLED);
        assertThat(state("staging")).isEqualTo(State.CANCELLED);

        assertThat(reach("staging")).isEqualTo("The build is over.");
        assertThat(state("staging")).isEqualTo(State.CANCELLED);
    }

    @Test
    void isCancelledWhenItIsStoppedWhileItWaits() {
        reach("prod", "staging");
        happens(new Stopped("prod", "step of prod", "stopped"));

        assertThat(state("prod")).isEqualTo(State.CANCELLED);
        assertThat(environment("prod").cancelledBy()).isNull();
        assertThat(deployment.outcome()).isEqualTo(Outcome.SUCCESS);
    }

    @Test
    void isCancelledWhenItIsStoppedBeforeAnythingWasDoneForIt() {
        reach("prod");
        happens(new Stopped("prod", "step of prod", "stopped"));

        assertThat(state("prod")).isEqualTo(State.CANCELLED);
        assertThat(environment("prod").needsRollback()).isFalse();
    }
}
