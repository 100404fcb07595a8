package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.approval.Approval;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The moves of jobs that are not in all files of approvals yet, in a file of their own. Every approval that is read
 * goes through {@link #apply}, so its file may have the old name or the new one.
 *
 * <p>So a move that is applied twice must change nothing the second time. For that, no move may lead to a name that an
 * unwritten move led away from, see {@link #reuses}.
 */
final class Moves {

    private static final int FORMAT = 1;
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * A job, or a folder of jobs, that got another name.
     *
     * @param at when it was moved; what started later at the old name belongs to another job
     */
    record Move(String from, String to, Instant at) {

        Approval apply(Approval approval) {
            return approval.createdAt().isAfter(at) ? approval : approval.moved(from, to);
        }

        private boolean leftFrom(String name) {
            return name.equals(from) || name.startsWith(from + '/') || from.startsWith(name + '/');
        }
    }

    private final Disk disk;
    private final Path file;
    /** The oldest first. Changed with this locked. */
    private volatile List<Move> unwritten;

    /**
     * Reads the moves.
     *
     * @throws IOException if there is a file that cannot be read
     */
    Moves(Disk disk, Path file) throws IOException {
        this.disk = disk;
        this.file = file;
        unwritten = read();
    }

    private List<Move> read() throws IOException {
        byte[] content;
        try {
            content = disk.read(file);
        } catch (NoSuchFileException x) {
            return List.of();
        }
        try {
            JsonNode json = JSON.readTree(content);
            int format = json.path("format").asInt();
            if (format != FORMAT) {
                throw new UnknownFormatException(
                        file.toString(),
                        new IOException("its format is " + format + ", and this version reads " + FORMAT));
            }
            var moves = new ArrayList<Move>();
            json.required("moves")
                    .forEach(move -> moves.add(new Move(
                            move.required("from").asText(),
                            move.required("to").asText(),
                            Instant.parse(move.required("at").asText()))));
            return List.copyOf(moves);
        } catch (JsonProcessingException | IllegalArgumentException | DateTimeException x) {
            throw new IOException(file + " is no list of moved jobs: " + x.getMessage(), x);
        }
    }

    private void write(List<Move> moves) throws IOException {
        ObjectNode json = JSON.createObjectNode().put("format", FORMAT);
        var array = json.putArray("moves");
        moves.forEach(move -> array.addObject()
                .put("from", move.from())
                .put("to", move.to())
                .put("at", move.at().toString()));
        if (moves.isEmpty()) {
            disk.delete(file);
        } else {
            disk.replace(file, JSON.writeValueAsBytes(json));
        }
        disk.sync(Objects.requireNonNull(file.getParent(), "it is in the folder of the store"));
    }

    /** Returns the moves that are not in all files yet. */
    List<Move> unwritten() {
        return unwritten;
    }

    /** Returns the approval with the present name of its job. */
    Approval apply(Approval approval) {
        Approval moved = approval;
        for (Move move : unwritten) {
            moved = move.apply(moved);
        }
        return moved;
    }

    /** Returns whether an unwritten move led away from that name, or from one above or below it. */
    boolean reuses(String name) {
        return unwritten.stream().anyMatch(move -> move.leftFrom(name));
    }

    /**
     * Adds a move.
     *
     * @throws IOException if it could not be made durable; it does not count then
     */
    synchronized void add(Move move) throws IOException {
        var all = new ArrayList<Move>(unwritten);
        all.add(move);
        write(all);
        unwritten = List.copyOf(all);
    }

    /**
     * Removes moves that are in all files.
     *
     * @throws IOException if that could not be made durable; the moves still count then, which does no harm
     */
    synchronized void written(List<Move> moves) throws IOException {
        var left = new ArrayList<Move>(unwritten);
        left.removeAll(moves);
        write(left);
        unwritten = List.copyOf(left);
    }
}
