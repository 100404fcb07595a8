package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import java.util.List;
import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What can happen to the environments of a build. When it happened is given beside it, see {@link Deployment#on}. Any of
 * them may come twice, since a step that was resumed cannot know whether what it told last was still heard.
 */
@Restricted(NoExternalUse.class)
public sealed interface DeploymentEvent {

    /**
     * The Pipeline has reached an environment.
     *
     * @param environment its name
     * @param dependsOn names of those that must be complete first
     * @param step tells this step from another one of the same name
     * @param stage name of the outermost stage around it, {@code null} outside of any; see {@link Deployment#restarted}
     */
    record Declared(
            String environment,
            List<String> dependsOn,
            String step,
            @CheckForNull String stage) implements DeploymentEvent {
        public Declared {
            dependsOn = List.copyOf(dependsOn);
        }
    }

    /** An approval begins. */
    record ApprovalStarted(Place place, String approval, Phase phase) implements DeploymentEvent {}

    /**
     * An approval is decided.
     *
     * @param webhook name of its webhook: a later success of the same one in the same place makes up for a failure
     * @param reason of a failure, for people
     */
    record ApprovalEnded(Place place, String approval, Phase phase, String webhook, Verdict verdict, String reason)
            implements DeploymentEvent {}

    /** The end of an approval, as far as its environment is concerned. */
    enum Verdict {
        SUCCESS,
        FAILURE,
        /** Ended since another approval of its phase failed; a failure of its own where nothing else makes up for it. */
        OTHER_FAILED,
        /** It was stopped with the part of the build that it stands in, which is what counts then. */
        STOPPED
    }

    /**
     * What the Pipeline does for an environment is done.
     *
     * @param failure why it failed, {@code null} when it did not
     */
    record Ended(
            String environment, String step, @CheckForNull String failure) implements DeploymentEvent {}

    /** The Pipeline has reached a rollback. */
    record RollbackStarted(String environment, String step) implements DeploymentEvent {}

    /**
     * A rollback that was to be run has been.
     *
     * @param failure why it failed, {@code null} when it did not
     */
    record RollbackEnded(
            String environment, String step, @CheckForNull String failure) implements DeploymentEvent {}

    /** An environment was stopped from outside, before anything was done for it. */
    record Stopped(String environment, String step, String reason) implements DeploymentEvent {}

    /**
     * Whatever the build still does is to wait for environments.
     *
     * @param seen the environments when that was found out; if anything has changed since, it may not be so any more
     * @param stages names of the stages of the build, for the message: a stage may have been taken for an environment
     */
    record NobodyLeft(Deployment seen, Set<String> stages) implements DeploymentEvent {
        public NobodyLeft {
            stages = Set.copyOf(stages);
        }
    }

    /** A stage was not run, see {@link Deployment#cancelsStages}. */
    record StageCancelled(String stage) implements DeploymentEvent {}

    /**
     * The build begins with what another one has come to, see {@link Deployment#restarted}.
     *
     * @param stages names of the outermost stages that it leaves out
     */
    record Restarted(Deployment origin, Set<String> stages) implements DeploymentEvent {
        public Restarted {
            stages = Set.copyOf(stages);
        }
    }

    /** The build is over. */
    record BuildEnded() implements DeploymentEvent {}
}
