package io.jenkins.plugins.armory.step.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The value that {@code armoryWebhookApproval} returns to the Pipeline. It has as few objects of its own as it can: {@code parallel}
 * keeps the result of each branch, and Jenkins writes them all, object by object, with each save of the program.
 */
final class ApprovalResult {

    private static final ObjectMapper JSON = new ObjectMapper();

    private ApprovalResult() {}

    static Map<String, Object> of(Approval approval) {
        Decision decision = approval.requireDecision();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("id", approval.id());
        result.put("success", decision.isSuccess());
        result.put("mdMessage", decision.mdMessage());
        result.put("decidedBy", decision.decidedBy().intern()); // few callers decide much
        result.put("decidedAt", decision.decidedAt().toString());
        result.put(
                "durationMillis",
                Duration.between(approval.createdAt(), decision.decidedAt()).toMillis());
        result.put("data", data(approval));
        result.put(
                "inputs",
                approval.inputs().isEmpty() ? Collections.emptyMap() : new LinkedHashMap<>(approval.inputs()));
        return result;
    }

    /**
     * Returns the callback's data, an empty map if it has none. Jackson makes maps, lists, strings, numbers and booleans of it,
     * which the Pipeline can save and the sandbox lets it use.
     */
    private static Map<String, Object> data(Approval approval) {
        String data = approval.data();
        if (data == null) {
            return Collections.emptyMap();
        }
        try {
            return JSON.readValue(data, new TypeReference<>() {});
        } catch (JsonProcessingException x) {
            throw new UncheckedIOException(x); // it was read before it was stored
        }
    }
}
