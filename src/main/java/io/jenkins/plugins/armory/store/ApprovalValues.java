package io.jenkins.plugins.armory.store;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.store.disk.StoredJson;
import io.jenkins.plugins.armory.store.disk.StoredJson.Shared;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.pcollections.TreePMap;

/**
 * The values that approvals have in the log of their build, by key. What the approvals of a step share is written once:
 *
 * <pre>
 * step/ID        terms and webhooks
 * approval/ID    what is the approval's own, with their numbers
 * </pre>
 */
@Restricted(NoExternalUse.class)
public final class ApprovalValues {

    private static final String STEP = "step/";
    private static final String APPROVAL = "approval/";

    /** What the approvals of a step share, by its id. */
    private volatile TreePMap<String, Shared> shared = TreePMap.empty();

    /** Returns the key of an approval. */
    static String keyOf(String id) {
        return APPROVAL + id;
    }

    /** Returns the value of an approval whose step is known. */
    Object valueOf(Approval approval) {
        return StoredJson.json(approval, shared.get(approval.step()));
    }

    /** Returns approvals of any steps, with what they share. */
    public Map<String, Object> all(List<Approval> approvals) {
        var values = new LinkedHashMap<String, Object>();
        approvals.stream().collect(Collectors.groupingBy(Approval::step)).forEach((step, ofStep) -> {
            know(step, Shared.by(ofStep));
            values.put(STEP + step, shared.get(step).json());
        });
        approvals.forEach(each -> values.put(keyOf(each.id()), valueOf(each)));
        return values;
    }

    private synchronized void know(String step, Shared ofStep) {
        shared = shared.plus(step, ofStep);
    }

    /**
     * Reads the approvals among the values of a log.
     *
     * @param where the log, for messages
     * @param approvals takes them
     * @throws IOException if one is not understood
     */
    public void read(String where, Set<Map.Entry<String, JsonNode>> values, Consumer<Approval> approvals)
            throws IOException {
        values.stream()
                .filter(each -> each.getKey().startsWith(STEP))
                .forEach(each -> know(each.getKey().substring(STEP.length()), Shared.of(each.getValue())));
        for (Map.Entry<String, JsonNode> each : values) {
            if (each.getKey().startsWith(APPROVAL)) {
                String step = each.getValue().path("step").asText();
                approvals.accept(StoredJson.read(
                        where + ": " + each.getKey(), each.getValue(), Approval.class, shared.get(step)));
            }
        }
    }
}
