package io.jenkins.plugins.armory.step.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The value that {@code armoryWebhookApproval} returns to the Pipeline. It has as few objects of its own as it can:
 * {@code parallel} keeps the result of each branch, and Jenkins writes them all, object by object, with each save of
 * the program.
 */
final class ApprovalResult {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** The characters of the messages and data of one step. */
    private static final int MOST = 4 << 20;

    private ApprovalResult() {}

    /**
     * Returns the value of {@code armoryWebhookApprovals}. The program has it with each save, so messages and data have
     * a bound for all together. Behind it, an entry has no message, no data, and {@code isCut}.
     */
    static List<Map<String, Object>> listOf(List<Approval> all) {
        var results = new ArrayList<Map<String, Object>>();
        long length = 0;
        for (Approval approval : all) {
            Map<String, Object> result = of(approval);
            String data = approval.data();
            String message = approval.requireDecision().mdMessage();
            length += message.length() + (data == null ? 0 : data.length());
            if (length > MOST) {
                result.put("mdMessage", "");
                result.put("data", Collections.emptyMap());
                result.put("isCut", true);
            }
            results.add(result);
        }
        return results;
    }

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
     * Returns the callback's data, an empty map if it has none. Jackson makes maps, lists, strings, numbers and
     * booleans of it, which the Pipeline can save and the sandbox lets it use.
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
