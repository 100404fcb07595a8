package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.api.ApprovalView;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import java.time.Instant;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** An approval for other plugins. */
@Restricted(NoExternalUse.class)
public final class ApprovalSnapshot implements ApprovalView {

    private final Approval approval;

    public ApprovalSnapshot(Approval approval) {
        this.approval = approval;
    }

    @Override
    public String getId() {
        return approval.id();
    }

    @Override
    public String getJob() {
        return approval.build().job();
    }

    @Override
    public int getBuildNumber() {
        return approval.build().number();
    }

    @Override
    public String getPhase() {
        return approval.phase().toString();
    }

    @CheckForNull
    @Override
    public String getEnvironment() {
        return approval.environment();
    }

    @Override
    public String getWebhook() {
        return approval.webhook();
    }

    @Override
    public String getPath() {
        return approval.terms().subject().path();
    }

    @Override
    public State getState() {
        return switch (approval.state()) {
            case SENDING -> State.SENDING;
            case WAITING -> State.WAITING;
            case DECIDED -> State.DECIDED;
        };
    }

    @Override
    public Instant getCreatedAt() {
        return approval.createdAt();
    }

    @Override
    public Instant getDeadline() {
        return approval.deadline();
    }

    @CheckForNull
    @Override
    public Instant getOpensAt() {
        return approval.opensAt();
    }

    @CheckForNull
    @Override
    public String getQuestion() {
        ManualRequirement manual = approval.manual();
        boolean asked = manual != null && !approval.isDecided() && approval.person() == null;
        return asked ? manual.message() : null;
    }

    @CheckForNull
    @Override
    public Decision getDecision() {
        return approval.isDecided() ? new End(approval.requireDecision()) : null;
    }

    private record End(io.jenkins.plugins.armory.approval.Decision decision) implements Decision {

        @Override
        public boolean isSuccess() {
            return decision.isSuccess();
        }

        @Override
        public String getOutcome() {
            return decision.outcome().name();
        }

        @Override
        public String getMessage() {
            return decision.mdMessage();
        }

        @Override
        public String getDecidedBy() {
            return decision.decidedBy();
        }

        @Override
        public Instant getDecidedAt() {
            return decision.decidedAt();
        }
    }
}
