package io.jenkins.plugins.armory.environment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Place;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * An event in the life of the environments of a build, see {@link Deployment#on}. Every event may come twice: a step
 * that is resumed tells its last event again, since it cannot know whether that was saved.
 */
@Restricted(NoExternalUse.class)
public sealed interface DeploymentEvent {

    /**
     * The Pipeline has reached an environment.
     *
     * @param dependsOn names of the environments that must be open first, {@code null} for all that come before
     * @param step id of the step; another step of the same name has another id
     * @param job the full name of the job whose rules of the administrators come before the body, {@code null} for an
     *     environment without such rules
     * @param mistake why the environment fails at once: its arguments are mistaken, or those rules cannot be asked for;
     *     {@code null} for neither
     * @param release what is deployed, {@code null} if the arguments are mistaken
     */
    record Declared(
            String environment,
            @CheckForNull List<String> dependsOn,
            String step,
            Place place,
            @CheckForNull String job,
            @CheckForNull String mistake,
            @CheckForNull Release release)
            implements DeploymentEvent {

        public Declared {
            dependsOn = dependsOn == null ? null : List.copyOf(dependsOn);
        }
    }

    /**
     * An approval has begun.
     *
     * @param planned id of the step of the environment's plan that the approval is for, {@code null} for none
     */
    record ApprovalStarted(
            OpenApproval approval, @CheckForNull String planned) implements DeploymentEvent {}

    /**
     * An approval is decided.
     *
     * @param reason of a failure, for people
     */
    record ApprovalEnded(OpenApproval approval, Verdict verdict, String reason) implements DeploymentEvent {}

    /** The end of an approval as its environment sees it. */
    enum Verdict {
        SUCCESS,
        FAILURE,
        /** Another approval of the phase failed and ended this one. It counts as a failure until a retry succeeds. */
        OTHER_FAILED,
        /**
         * The part of the build around the approval was stopped, or its step was mistaken. The end of that part counts
         * instead.
         */
        STOPPED,
        /** A stage, not an approval: it was cancelled. */
        CANCELLED
    }

    /** The rules of the administrators are met, so the body of their environment may begin. */
    record RulesMet(String environment, String step) implements DeploymentEvent {}

    /**
     * The body of an environment has ended, or it failed before that began.
     *
     * @param failure why it failed, {@code null} if it succeeded
     * @param check the approval of the phase {@code afterDeployment} that begins at once, {@code null} for none
     */
    record Ended(
            String environment,
            String step,
            @CheckForNull String failure,
            @CheckForNull OpenApproval check) implements DeploymentEvent {

        public Ended(String environment, String step, @CheckForNull String failure) {
            this(environment, step, failure, null);
        }
    }

    /**
     * A step of an environment's plan has begun.
     *
     * @param step id in the plan
     * @param after whether the step comes after the deployment, so that nothing is rolled back any more
     */
    record PlannedStepStarted(String environment, String step, boolean after) implements DeploymentEvent {}

    /**
     * A step of an environment's plan has ended.
     *
     * @param failure why it failed, {@code null} if it succeeded
     * @param outputs the values that its body returned for later templates
     */
    record PlannedStepEnded(
            String environment, String step, @CheckForNull String failure, Map<String, String> outputs)
            implements DeploymentEvent {}

    /** The Pipeline has reached a rollback. */
    record RollbackStarted(String environment, String step, Place place) implements DeploymentEvent {}

    /**
     * The body of a rollback has ended.
     *
     * @param failure why it failed, {@code null} if it succeeded
     */
    record RollbackEnded(
            String environment, String step, @CheckForNull String failure) implements DeploymentEvent {}

    /** An environment was stopped from outside before anything was done for it. */
    record Stopped(String environment, String step, String reason) implements DeploymentEvent {}

    /**
     * Nothing in the build can go on: all that is left waits for environments.
     *
     * @param seen the deployment when this was found; if it has changed since, the event changes nothing
     */
    record NobodyLeft(Deployment seen) implements DeploymentEvent {}

    /** A stage was cancelled, see {@link Deployment#reasonToCancel}. */
    record StageCancelled(String stage, Place place, String reason) implements DeploymentEvent {
        public StageCancelled {
            stage = Place.known(stage);
        }
    }

    /**
     * The build was restarted from a stage of another build, see {@link Deployment#restarted}.
     *
     * @param origin the deployment of the other build
     * @param leftOut names of the outermost stages that are left out
     * @param again names of the outermost stages that are run again
     */
    record Restarted(Deployment origin, Set<String> leftOut, Set<String> again) implements DeploymentEvent {
        public Restarted {
            leftOut = known(leftOut);
            again = known(again);
        }

        private static Set<String> known(Set<String> stages) {
            return stages.stream().map(Place::known).collect(Collectors.toUnmodifiableSet());
        }
    }

    /**
     * The build was restarted from a stage of another build, whose deployment is not known, so every stage is
     * cancelled: a failed approval may guard it.
     *
     * @param reason why it is not known
     */
    record OriginUnknown(String reason) implements DeploymentEvent {}

    /** The build is over. */
    record BuildEnded() implements DeploymentEvent {}
}
