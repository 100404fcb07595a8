package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.api.ApprovalView;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** An approval in the data of its build, {@code <build>/api/json?tree=actions[approvals[id,state,outcome]]}. Times are in ISO 8601. */
@ExportedBean(defaultVisibility = 2)
@Restricted(NoExternalUse.class)
public final class ExportedApproval {

    private final ApprovalView approval;

    ExportedApproval(ApprovalView approval) {
        this.approval = approval;
    }

    @Exported
    public String getId() {
        return approval.getId();
    }

    @Exported
    public String getState() {
        return approval.getState().name();
    }

    @Exported
    public String getPhase() {
        return approval.getPhase();
    }

    @Exported
    @CheckForNull
    public String getEnvironment() {
        return approval.getEnvironment();
    }

    @Exported
    public String getWebhook() {
        return approval.getWebhook();
    }

    @Exported
    public String getCreatedAt() {
        return approval.getCreatedAt().toString();
    }

    @Exported
    public String getDeadline() {
        return approval.getDeadline().toString();
    }

    @Exported
    @CheckForNull
    public String getOutcome() {
        ApprovalView.Decision decision = approval.getDecision();
        return decision == null ? null : decision.getOutcome();
    }

    @Exported
    @CheckForNull
    public String getDecidedBy() {
        ApprovalView.Decision decision = approval.getDecision();
        return decision == null ? null : decision.getDecidedBy();
    }

    @Exported
    @CheckForNull
    public String getMessage() {
        ApprovalView.Decision decision = approval.getDecision();
        return decision == null ? null : decision.getMessage();
    }
}
