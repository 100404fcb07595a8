package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import java.util.List;

/**
 * What can happen to the environments of a build. When it happened is given beside it, see {@link Deployment#on}. Any of
 * them may come twice, since a step that was resumed cannot know whether what it told last was still heard.
 */
public sealed interface DeploymentEvent {

    /**
     * The Pipeline has reached an environment.
     *
     * @param environment its name
     * @param dependsOn names of those that must be complete first
     * @param step tells this step from another one of the same name
     * @param stage whether it is a stage by itself, see {@link Deployment#cancelsStages}
     */
    record Declared(String environment, List<String> dependsOn, String step, boolean stage) implements DeploymentEvent {
        public Declared {
            dependsOn = List.copyOf(dependsOn);
        }
    }

    /** An approval begins. */
    record ApprovalStarted(String environment, String approval, Phase phase) implements DeploymentEvent {}

    /**
     * An approval is decided.
     *
     * @param environment of the approval, {@code null} when it has none
     * @param reason of a failure, for people
     */
    record ApprovalEnded(
            @CheckForNull String environment, String approval, Phase phase, Verdict verdict, String reason)
            implements DeploymentEvent {}

    /** What an approval came to, as far as its environment is concerned. */
    enum Verdict {
        SUCCESS,
        FAILURE,
        /** It was stopped with the part of the build that it stands in, which is what counts then. */
        STOPPED
    }

    /**
     * What the Pipeline does for an environment is done.
     *
     * @param failure why it failed, {@code null} when it did not
     */
    record Ended(String environment, String step, @CheckForNull String failure) implements DeploymentEvent {}

    /** The Pipeline has reached a rollback. */
    record RollbackStarted(String environment, String step) implements DeploymentEvent {}

    /**
     * A rollback that was to be run has been.
     *
     * @param failure why it failed, {@code null} when it did not
     */
    record RollbackEnded(String environment, String step, @CheckForNull String failure) implements DeploymentEvent {}

    /** An environment was stopped from outside, before anything was done for it. */
    record Stopped(String environment, String step, String reason) implements DeploymentEvent {}

    /**
     * Whatever the build still does is to wait for environments.
     *
     * @param seen the environments when that was found out; if anything has changed since, it may not be so any more
     */
    record NobodyLeft(Deployment seen) implements DeploymentEvent {}

    /** A stage was not run, see {@link Deployment#cancelsStages}. */
    record StageCancelled(String stage) implements DeploymentEvent {}

    /** The build is over. */
    record BuildEnded() implements DeploymentEvent {}
}
