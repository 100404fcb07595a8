package io.jenkins.plugins.armory.storage.history;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.PeopleRule;
import io.jenkins.plugins.armory.approval.RuleMatching;
import io.jenkins.plugins.armory.approval.Vote;
import io.jenkins.plugins.armory.bounds.Bound;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The content of a {@link HistoryLine}, in the canonical form of RFC 8785: members in the order of their names, no white space,
 * integers and texts alone. Control characters of texts are replaced, so that every JSON library writes the texts alike.
 */
@Restricted(NoExternalUse.class)
public final class HistoryContent {

    /** The longest message and comment, in characters. The approval's own record has the whole text. */
    static final int MAX_TEXT = 4096;

    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS);

    private HistoryContent() {}

    /** Returns the content for a decision. */
    static byte[] of(Approval approval, Instant recordedAt) {
        Decision decision = approval.requireDecision();
        Map<String, Object> content = new TreeMap<>();
        content.put("kind", "decision");
        content.put("recordedAt", time(recordedAt));
        content.put("approval", approval.id());
        content.put("job", text(approval.build().job()));
        put(content, "jobId", approval.terms().origin().jobId());
        content.put("build", approval.build().number());
        put(content, "environment", approval.environment());
        content.put("phase", approval.phase().toString());
        put(content, "webhook", approval.hasWebhook() ? approval.webhook() : null);
        if (approval.isRule()) {
            put(content, "rule", approval.terms().subject().path());
        }
        content.put("createdAt", time(approval.createdAt()));
        content.put("decidedAt", time(decision.decidedAt()));
        content.put("outcome", decision.outcome().name());
        content.put("decidedBy", text(decision.decidedBy()));
        content.put("message", text(decision.mdMessage()));
        if (decision.override()) {
            content.put("override", true);
        }
        ManualRequirement manual = approval.manual();
        if (manual != null) {
            content.put("rules", rules(manual, approval.said().votes()));
            putNames(content, "requesters", manual.requesters());
        }
        List<Map<String, Object>> people = new ArrayList<>();
        approval.said().votes().forEach(vote -> people.add(said(true, vote.user(), vote.comment(), vote.at())));
        Decision rejection = approval.said().rejection();
        if (rejection != null) {
            people.add(said(false, rejection.decidedBy(), rejection.mdMessage(), rejection.decidedAt()));
        }
        if (!people.isEmpty()) {
            content.put("people", people);
        }
        return bytes(content);
    }

    private static List<Map<String, Object>> rules(ManualRequirement manual, List<Vote> votes) {
        var matching = RuleMatching.of(manual, votes);
        List<Map<String, Object>> rules = new ArrayList<>();
        for (PeopleRule rule : manual.rules()) {
            Map<String, Object> content = new TreeMap<>();
            putNames(content, "approvedBy", matching.users(rules.size()));
            content.put("required", rule.required());
            putNames(content, "submitters", rule.submitters());
            rules.add(content);
        }
        return rules;
    }

    private static Map<String, Object> said(boolean approved, String user, String comment, Instant at) {
        Map<String, Object> said = new TreeMap<>();
        said.put("approved", approved);
        said.put("at", time(at));
        said.put("comment", text(comment));
        said.put("user", text(user));
        return said;
    }

    /**
     * Returns the content for the removal of the oldest lines, after the time for which the settings keep them.
     *
     * @param lastNumber the number of the last line that is removed
     * @param lastHash its hash, which the first line that stays repeats
     */
    static byte[] removal(long lastNumber, String lastHash, int months, Instant recordedAt) {
        Map<String, Object> content = new TreeMap<>();
        content.put("kind", "removal");
        content.put("recordedAt", time(recordedAt));
        content.put("lastNumber", lastNumber);
        content.put("lastSha256", lastHash);
        content.put("months", months);
        return bytes(content);
    }

    /** Returns the content for a change of an environment in the settings. */
    static byte[] of(RulesChange change, Instant recordedAt) {
        Map<String, Object> content = new TreeMap<>();
        content.put("change", change.kind().name());
        content.put("changedAt", time(change.at()));
        content.put("changedBy", text(change.by()));
        content.put("environment", text(change.environment()));
        putNames(content, "fields", change.fields());
        content.put("kind", "rules");
        content.put("recordedAt", time(recordedAt));
        return bytes(content);
    }

    /** Returns whether this may be the start of a line with such a change, which a crash cuts off without a trace in the journal. */
    static boolean mayBeCutChange(byte[] end) {
        var text = new String(end, StandardCharsets.ISO_8859_1);
        String start = "{\"content\":{\"change\":";
        return text.indexOf('\n') < 0 && (text.startsWith(start) || start.startsWith(text));
    }

    /** Returns the number of the last line that a content says was removed, 0 for the content of anything but a removal. */
    static long removedBy(byte[] content) {
        try {
            return JSON.readTree(content).path("lastNumber").longValue();
        } catch (IOException x) {
            return 0;
        }
    }

    private static byte[] bytes(Map<String, Object> content) {
        try {
            // Not to bytes: that writes characters beyond the basic plane as escaped surrogates.
            return JSON.writeValueAsString(content).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException x) {
            throw new UncheckedIOException(x); // it is made of texts and numbers
        }
    }

    private static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    private static void put(Map<String, Object> content, String name, @CheckForNull String text) {
        if (text != null) {
            content.put(name, text(text));
        }
    }

    private static void putNames(Map<String, Object> content, String name, @CheckForNull List<String> names) {
        if (names != null) {
            content.put(
                    name,
                    names.stream()
                            .map(each -> text(Objects.requireNonNullElse(Bound.NAME.cut(each), "")))
                            .toList());
        }
    }

    /** Returns the start of a text, without control characters and halves of surrogate pairs. */
    private static String text(String whole) {
        int end = Math.min(whole.length(), MAX_TEXT);
        var text = new StringBuilder(end);
        for (int i = 0; i < end; ) {
            int character = whole.codePointAt(i);
            boolean odd = Character.getType(character) == Character.SURROGATE
                    || Character.isISOControl(character) && character != '\n' && character != '\t';
            text.appendCodePoint(odd ? '\uFFFD' : character);
            i += Character.charCount(character);
        }
        return text.toString();
    }

    /**
     * The part of a content that decides who may see it, and when.
     *
     * @param approval the id of the approval, {@code null} for what is no decision
     * @param job the name that the job had at the decision, {@code null} for what is none
     * @param jobId the id of the job, {@code null} if unknown
     * @param recordedAt when the line was written
     */
    public record Index(
            @CheckForNull String approval,
            @CheckForNull String job,
            @CheckForNull String jobId,
            Instant recordedAt) {}

    /**
     * Reads a content.
     *
     * @throws IOException if it is none
     */
    public static Index index(byte[] content) throws IOException {
        JsonNode json = JSON.readTree(content);
        try {
            return new Index(
                    json.path("approval").textValue(),
                    json.path("job").textValue(),
                    json.path("jobId").textValue(),
                    Instant.parse(json.path("recordedAt").asText()));
        } catch (DateTimeException x) {
            throw new IOException("it has no recordedAt", x);
        }
    }
}
