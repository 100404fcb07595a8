package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.api.ApprovalView;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.export.Exported;
import org.kohsuke.stapler.export.ExportedBean;

/** An approval in the data of its build, {@code <build>/api/json?tree=actions[approvals[id,state,outcome]]}. Times are in ISO 8601. */
@ExportedBean(defaultVisibility = 2)
@Restricted(NoExternalUse.class)
public final class ExportedApproval {

    /** Characters that XML 1.0 does not allow (section 2.2). Stapler writes them as they are, and no parser takes the document then. */
    private static final Pattern NOT_OF_XML =
            Pattern.compile("[^\\t\\n\\r\\u0020-\\uD7FF\\uE000-\\uFFFD\\x{10000}-\\x{10FFFF}]");

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
        return text(approval.getEnvironment());
    }

    @Exported
    public String getWebhook() {
        return text(approval.getWebhook());
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
        return ofDecision(ApprovalView.Decision::getOutcome);
    }

    @Exported
    @CheckForNull
    public String getDecidedBy() {
        return text(ofDecision(ApprovalView.Decision::getDecidedBy));
    }

    @Exported
    @CheckForNull
    public String getMessage() {
        return text(ofDecision(ApprovalView.Decision::getMessage));
    }

    @CheckForNull
    private String ofDecision(Function<ApprovalView.Decision, String> part) {
        return Optional.ofNullable(approval.getDecision()).map(part).orElse(null);
    }

    @CheckForNull
    private static String text(@CheckForNull String whole) {
        return whole == null ? null : NOT_OF_XML.matcher(whole).replaceAll("\uFFFD");
    }
}
