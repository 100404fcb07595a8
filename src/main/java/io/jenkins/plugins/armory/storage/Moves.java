package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.jenkins.plugins.armory.approval.Approval;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The moves of jobs that are not in all files of approvals yet, in a file of their own. Every approval that is read
 * goes through {@link #apply}, so its file may have the old name or the new one.
 *
 * <p>So a move that is applied twice must change nothing the second time. For that, no move may lead to a name that an
 * unwritten move led away from, see {@link #reuses}.
 */
final class Moves {

    private static final Logger LOGGER = Logger.getLogger(Moves.class.getName());

    private record Content(@JsonProperty("moves") List<Move> moves) {

        private Content {
            moves = List.copyOf(moves);
        }
    }

    /**
     * A job, or a folder of jobs, that got another name.
     *
     * @param at when it was moved; what started later at the old name belongs to another job
     */
    record Move(
            @JsonProperty("from") String from,
            @JsonProperty("to") String to,
            @JsonProperty("at") Instant at) {

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
     * Reads the moves. A file that is damaged is kept for inspection under another name: {@code runtime.CleanUp} finds the builds of
     * moved jobs by the ids in their folders.
     *
     * @throws UnknownFormatException if a newer version of the plugin wrote the file
     * @throws IOException if it cannot be read
     */
    Moves(Disk disk, Path file) throws IOException {
        this.disk = disk;
        this.file = file;
        unwritten = read();
    }

    private List<Move> read() throws IOException {
        try {
            return StoredJson.find(disk, file, Content.class)
                    .map(Content::moves)
                    .orElse(List.of());
        } catch (StoredJson.UnreadableException x) {
            LOGGER.log(
                    Level.WARNING,
                    "Cannot read which jobs were renamed; their approvals are looked for in all builds",
                    x);
            disk.replace(Path.of(file + ".damaged"), disk.read(file));
            disk.delete(file);
            return List.of();
        }
    }

    private void write(List<Move> moves) throws IOException {
        if (moves.isEmpty()) {
            disk.delete(file);
        } else {
            disk.replace(file, StoredJson.file(new Content(moves)));
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
