package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * One environment of a build. An immutable value; what changes it is in {@link Deployment#on}.
 *
 * @param name what people know it by
 * @param dependsOn names of the environments that must be complete before it is deployed to
 * @param state see {@link State}
 * @param since when it came into that state
 * @param step of the Pipeline that deploys to it, {@code null} while the Pipeline has not reached it
 * @param stage name of the outermost stage around that step, {@code null} outside of any
 * @param approvals ids of those that it waits for
 * @param bodyEnded whether all that the Pipeline does for it is done without an error; approvals may still be open
 * @param deployed whether an {@code afterDeployment} approval has begun: then nothing is rolled back any more
 * @param needsRollback whether its deployment failed when something may have been deployed
 * @param reason why it failed or was cancelled, {@code null} when it did not or was not
 * @param afterDeploymentFailure why an {@code afterDeployment} approval failed, {@code null} when none did
 * @param cancelledBy name of the environment whose failure cancelled this one, {@code null} when none did
 * @param rollback {@code null} when none was begun
 */
@Restricted(NoExternalUse.class)
public record Environment(
        String name,
        List<String> dependsOn,
        State state,
        Instant since,
        @CheckForNull String step,
        @CheckForNull String stage,
        List<String> approvals,
        boolean bodyEnded,
        boolean deployed,
        boolean needsRollback,
        @CheckForNull String reason,
        @CheckForNull String afterDeploymentFailure,
        @CheckForNull String cancelledBy,
        @CheckForNull Rollback rollback) {

    /** How far an environment is. */
    public enum State {
        /** Another environment depends on it, and the Pipeline has not reached it. */
        PENDING(false),
        /** The Pipeline has reached it, and one that it depends on is not complete. */
        WAITING_FOR_DEPENDENCIES(false),
        /** The Pipeline deploys to it. */
        DEPLOYING(false),
        /** As before, with at least one approval under way. */
        AWAITING_APPROVAL(false),
        /** Deployed. Those that depend on it may follow, unless an {@code afterDeployment} approval failed. */
        COMPLETE(true),
        /** Its deployment failed, and has not been rolled back. */
        FAILED(true),
        /** Its deployment failed, and was rolled back. */
        ROLLED_BACK(true),
        /** It was not deployed to at all. */
        CANCELLED(true);

        private final boolean over;

        State(boolean over) {
            this.over = over;
        }

        /** Whether its deployment is over, one way or the other. */
        public boolean isOver() {
            return over;
        }

        /** Whether the Pipeline is at it. */
        public boolean isUnderWay() {
            return this == DEPLOYING || this == AWAITING_APPROVAL;
        }
    }

    /**
     * Its rollback. There is one at most.
     *
     * @param step of the Pipeline that rolls back
     * @param over whether that has been done
     * @param failure why it failed, {@code null} when it did not
     */
    public record Rollback(
            String step, boolean over, @CheckForNull String failure) {
        public Rollback {
            Objects.requireNonNull(step, "step");
        }
    }

    public Environment {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(since, "since");
        dependsOn = List.copyOf(dependsOn);
        approvals = List.copyOf(approvals);
    }

    /** One that others depend on, before the Pipeline has reached it. */
    static Environment pending(String name, Instant now) {
        return new Environment(
                name,
                List.of(),
                State.PENDING,
                now,
                null,
                null,
                List.of(),
                false,
                false,
                false,
                null,
                null,
                null,
                null);
    }

    /** Whether those that depend on it may be deployed to. */
    public boolean admitsDependents() {
        return state == State.COMPLETE && afterDeploymentFailure == null;
    }

    /** Whether those that depend on it will never be deployed to. */
    boolean blocksDependents() {
        return afterDeploymentFailure != null || state.isOver() && state != State.COMPLETE;
    }

    /** Whether its rollback is under way, which may have approvals of its own. */
    boolean isRollingBack() {
        return rollback != null && !rollback.over();
    }

    /** Whether it still makes a difference to it that an approval fails. */
    boolean takesFailures() {
        return state.isUnderWay() || state == State.COMPLETE;
    }

    boolean isOf(String otherStep) {
        return otherStep.equals(step);
    }

    Environment reached(List<String> newDependsOn, String newStep, @CheckForNull String newStage, Instant now) {
        return new Environment(
                name,
                newDependsOn,
                State.WAITING_FOR_DEPENDENCIES,
                now,
                newStep,
                newStage,
                approvals,
                bodyEnded,
                deployed,
                needsRollback,
                reason,
                afterDeploymentFailure,
                cancelledBy,
                rollback);
    }

    Environment in(State newState, Instant now) {
        return newState == state ? this : with(newState, now, approvals, deployed, needsRollback, reason, cancelledBy);
    }

    /** Its state follows from whether there are approvals that it waits for. */
    Environment awaiting(List<String> newApprovals, boolean newDeployed, Instant now) {
        State newState =
                !state.isUnderWay() ? state : newApprovals.isEmpty() ? State.DEPLOYING : State.AWAITING_APPROVAL;
        return with(
                newState,
                newState == state ? since : now,
                newApprovals,
                newDeployed,
                needsRollback,
                reason,
                cancelledBy);
    }

    Environment failed(String newReason, boolean newNeedsRollback, Instant now) {
        return with(State.FAILED, now, approvals, deployed, newNeedsRollback, newReason, cancelledBy);
    }

    Environment cancelled(String newReason, @CheckForNull String newCancelledBy, Instant now) {
        return with(State.CANCELLED, now, approvals, deployed, false, newReason, newCancelledBy);
    }

    Environment withBodyEnded() {
        return new Environment(
                name,
                dependsOn,
                state,
                since,
                step,
                stage,
                approvals,
                true,
                deployed,
                needsRollback,
                reason,
                afterDeploymentFailure,
                cancelledBy,
                rollback);
    }

    Environment withAfterDeploymentFailure(@CheckForNull String failure) {
        return new Environment(
                name,
                dependsOn,
                state,
                since,
                step,
                stage,
                approvals,
                bodyEnded,
                deployed || failure != null,
                needsRollback,
                reason,
                failure,
                cancelledBy,
                rollback);
    }

    Environment with(State newState, Rollback newRollback, Instant now) {
        return new Environment(
                name,
                dependsOn,
                newState,
                newState == state ? since : now,
                step,
                stage,
                approvals,
                bodyEnded,
                deployed,
                needsRollback,
                reason,
                afterDeploymentFailure,
                cancelledBy,
                newRollback);
    }

    private Environment with(
            State newState,
            Instant newSince,
            List<String> newApprovals,
            boolean newDeployed,
            boolean newNeedsRollback,
            @CheckForNull String newReason,
            @CheckForNull String newCancelledBy) {
        return new Environment(
                name,
                dependsOn,
                newState,
                newSince,
                step,
                stage,
                newApprovals,
                bodyEnded,
                newDeployed,
                newNeedsRollback,
                newReason,
                afterDeploymentFailure,
                newCancelledBy,
                rollback);
    }
}
