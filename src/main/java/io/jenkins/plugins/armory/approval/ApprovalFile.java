package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * An approval as a JSON file, written so that after a crash at any moment the file holds either what it held before or
 * what was written, and that a written file stays written.
 */
final class ApprovalFile {

    /** Ending of a file that is being written; one that is found at start was left by a crash and means nothing. */
    static final String TEMPORARY = ".tmp";

    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    private ApprovalFile() {}

    /**
     * Writes and syncs the file, and then the folder that names it.
     *
     * @throws IOException when the approval is not, or may not be, on disk
     */
    static void write(Path file, Approval approval) throws IOException {
        Path temporary = Path.of(file + TEMPORARY);
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(JSON.writeValueAsBytes(toJson(approval)));
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
                channel.force(true);
            }
            move(temporary, file);
        } catch (IOException x) {
            Files.deleteIfExists(temporary);
            throw x;
        }
        syncFolder(Objects.requireNonNull(file.getParent(), "a file of the store is in a folder"));
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException x) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A rename is durable once its folder is synced. Windows offers no way to do that, and needs none. */
    private static void syncFolder(Path folder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (IOException x) {
            return; // a folder cannot be opened here
        }
        try (channel) {
            channel.force(true);
        }
    }

    /** @throws IOException when the file cannot be read or is not an approval of this format */
    static Approval read(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        try {
            return fromJson(JSON.readTree(bytes));
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException x) {
            throw new IOException(file + " is not an approval: " + x.getMessage(), x);
        }
    }

    private static ObjectNode toJson(Approval approval) {
        ObjectNode json = JSON.createObjectNode()
                .put("format", FORMAT)
                .put("id", approval.id())
                .put("job", approval.build().job())
                .put("build", approval.build().number())
                .put("environment", approval.environment())
                .put("webhook", approval.webhook())
                .put("callbackCredentialsId", approval.callbackCredentialsId())
                .put("awaitsCallback", approval.awaitsCallback())
                .put("createdAt", approval.createdAt().toString())
                .put("deadline", approval.deadline().toString())
                .put("state", approval.state().name());
        if (!approval.allowedCallers().isEmpty()) {
            approval.allowedCallers().forEach(json.putArray("allowedCallers")::add);
        }
        ArrayNode attempts = json.putArray("attempts");
        approval.attempts().forEach(attempt -> attempts.add(toJson(attempt)));
        Decision decision = approval.decision();
        if (decision != null) {
            json.putObject("decision")
                    .put("outcome", decision.outcome().name())
                    .put("mdMessage", decision.mdMessage())
                    .put("decidedBy", decision.decidedBy())
                    .put("decidedAt", decision.decidedAt().toString());
        }
        return json;
    }

    private static ObjectNode toJson(Attempt attempt) {
        Instant nextAt = attempt.nextAt();
        return JSON.createObjectNode()
                .put("number", attempt.number())
                .put("at", attempt.at().toString())
                .put("host", attempt.host())
                .put("status", attempt.status())
                .put("millis", attempt.duration().toMillis())
                .put("failure", attempt.failure())
                .put("answer", attempt.answer())
                .put("nextAt", nextAt == null ? null : nextAt.toString());
    }

    private static List<Attempt> attempts(JsonNode json) {
        List<Attempt> attempts = new ArrayList<>();
        for (JsonNode attempt : json.path("attempts")) {
            String nextAt = optionalText(attempt, "nextAt");
            attempts.add(new Attempt(
                    attempt.required("number").intValue(),
                    Instant.parse(text(attempt, "at")),
                    text(attempt, "host"),
                    attempt.required("status").intValue(),
                    Duration.ofMillis(attempt.required("millis").longValue()),
                    optionalText(attempt, "failure"),
                    text(attempt, "answer"),
                    nextAt == null ? null : Instant.parse(nextAt)));
        }
        return attempts;
    }

    private static Approval fromJson(JsonNode json) {
        int format = json.path("format").asInt();
        if (format != FORMAT) {
            throw new IllegalArgumentException("its format is " + format + ", and this version reads " + FORMAT);
        }
        JsonNode decision = json.get("decision");
        return new Approval(
                text(json, "id"),
                new BuildRef(text(json, "job"), json.required("build").intValue()),
                optionalText(json, "environment"),
                text(json, "webhook"),
                optionalText(json, "callbackCredentialsId"),
                texts(json.path("allowedCallers")),
                json.path("awaitsCallback").asBoolean(true),
                Instant.parse(text(json, "createdAt")),
                Instant.parse(text(json, "deadline")),
                attempts(json),
                Approval.State.valueOf(text(json, "state")),
                decision == null
                        ? null
                        : new Decision(
                                Outcome.valueOf(text(decision, "outcome")),
                                text(decision, "mdMessage"),
                                text(decision, "decidedBy"),
                                Instant.parse(text(decision, "decidedAt"))));
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(element -> texts.add(element.asText()));
        return texts;
    }

    private static String text(JsonNode json, String name) {
        String text = optionalText(json, name);
        if (text == null) {
            throw new IllegalArgumentException("it has no \"" + name + "\"");
        }
        return text;
    }

    @CheckForNull
    private static String optionalText(JsonNode json, String name) {
        return json.path(name).textValue();
    }
}
