package io.jenkins.plugins.armory.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.PeopleRule;
import io.jenkins.plugins.armory.approval.RuleMatching;
import io.jenkins.plugins.armory.store.disk.StoredJson;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The lines of the {@link History}. */
final class HistoryLine {

    /** In ASCII, so that half a surrogate pair of a text can be written. */
    private static final ObjectMapper JSON =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private static final String KIND = "kind";
    private static final Logger LOGGER = Logger.getLogger(HistoryLine.class.getName());

    private HistoryLine() {}

    /** Returns the line of a decision. */
    static String of(Approval approval) {
        Decision decision = approval.requireDecision();
        ObjectNode line = decided(approval.id());
        line.put("job", approval.build().job()).put("build", approval.build().number());
        put(line, "environment", approval.environment());
        line.put("phase", approval.phase().toString());
        put(line, "webhook", approval.hasWebhook() ? approval.webhook() : null);
        put(line, "rule", approval.isRule() ? approval.path() : null);
        line.put("createdAt", approval.createdAt().toString())
                .put("decidedAt", decision.decidedAt().toString())
                .put("outcome", decision.outcome().name())
                .put("decidedBy", decision.decidedBy())
                .put("message", decision.mdMessage())
                .put("override", decision.override());
        ManualRequirement manual = approval.manual();
        if (manual != null) {
            putPeople(line, approval, manual);
        }
        return text(line);
    }

    private static void putPeople(ObjectNode line, Approval approval, ManualRequirement manual) {
        var matching = RuleMatching.of(manual, approval.votes());
        ArrayNode rules = line.putArray("rules");
        for (PeopleRule rule : manual.rules()) {
            ObjectNode each = JSON.createObjectNode();
            each.set("submitters", names(rule.submitters()));
            each.put("required", rule.required());
            each.set("approvedBy", names(matching.users(rules.size())));
            rules.add(each);
        }
        var requesters = manual.requesters();
        if (requesters != null) {
            line.set("requesters", names(requesters));
        }
        ArrayNode people = line.putArray("people");
        approval.votes().forEach(vote -> people.add(said(true, vote.user(), vote.comment(), vote.at())));
        Decision rejection = approval.rejection();
        if (rejection != null) {
            people.add(said(false, rejection.decidedBy(), rejection.mdMessage(), rejection.decidedAt()));
        }
    }

    private static ObjectNode said(boolean approved, String user, String comment, Instant at) {
        return JSON.createObjectNode()
                .put("approved", approved)
                .put("user", user)
                .put("comment", comment)
                .put("at", at.toString());
    }

    /** Returns a line of another kind. */
    static String of(String kind, Record content) {
        ObjectNode line = JSON.createObjectNode().put(KIND, kind);
        line.setAll((ObjectNode) StoredJson.tree(content));
        return text(line);
    }

    /** Returns what no other line has: the approval of a decision, all of any other line. */
    static String keyOf(String line) {
        try {
            return JSON.readTree(line).path("approval").asText(line);
        } catch (JsonProcessingException x) {
            return line; // a crash has cut it off
        }
    }

    /** Hands over what a decision's line says. One that a crash has cut off is left out. */
    static void readDecided(String line, BiConsumer<String, BuildRef> decided) {
        ObjectNode json = json(line);
        if (json.hasNonNull("approval")) {
            decided.accept(
                    json.get("approval").asText(),
                    new BuildRef(json.path("job").asText(), json.path("build").asInt()));
        }
    }

    /** Hands over what a line of another kind says. One that a crash has cut off is left out. */
    static <T extends Record> void read(String line, String kind, Class<T> type, Consumer<T> content) {
        ObjectNode json = json(line);
        JsonNode known = json.remove(KIND);
        if (known != null && known.asText().equals(kind)) {
            try {
                content.accept(StoredJson.read("history", json, type));
            } catch (StoredJson.UnreadableException x) {
                LOGGER.log(Level.WARNING, x, () -> "Passing over a line of the history that cannot be read: " + line);
            }
        }
    }

    private static ObjectNode json(String line) {
        try {
            return StoredJson.object("history", line);
        } catch (StoredJson.UnreadableException x) {
            return JSON.createObjectNode(); // it is written anew behind one that was cut off
        }
    }

    private static ObjectNode decided(String approval) {
        return JSON.createObjectNode().put(KIND, "decision").put("approval", approval);
    }

    private static void put(ObjectNode line, String name, @CheckForNull String text) {
        if (text != null) {
            line.put(name, text);
        }
    }

    private static ArrayNode names(List<String> names) {
        ArrayNode array = JSON.createArrayNode();
        names.forEach(array::add);
        return array;
    }

    private static String text(ObjectNode line) {
        try {
            return JSON.writeValueAsString(line);
        } catch (JsonProcessingException x) {
            throw new UncheckedIOException(x); // it is made of texts and numbers
        }
    }
}
