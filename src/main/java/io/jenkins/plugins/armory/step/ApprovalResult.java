package io.jenkins.plugins.armory.step;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** The value that {@code armoryWebhookApproval} returns to the Pipeline. */
final class ApprovalResult {

    private ApprovalResult() {}

    static Map<String, Object> of(Approval approval) {
        Decision decision = approval.requireDecision();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("id", approval.id());
        result.put("success", decision.isSuccess());
        result.put("mdMessage", decision.mdMessage());
        result.put("decidedBy", decision.decidedBy());
        result.put("decidedAt", decision.decidedAt().toString());
        result.put(
                "durationMillis",
                Duration.between(approval.createdAt(), decision.decidedAt()).toMillis());
        return result;
    }
}
