package io.jenkins.plugins.armory.storage.history;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.storage.disk.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The lines of a {@link History} that were on disk at one moment. The memory that reading takes does not depend on the number of
 * lines. A file that is removed meanwhile, since its month is past the time limit, ends the reading with an error.
 */
@Restricted(NoExternalUse.class)
public final class HistorySnapshot {

    /** Takes lines, one after the other. */
    public interface Visitor {
        /**
         * Takes a line.
         *
         * @param index the part of its content that decides who may see it
         * @return whether to go on
         */
        boolean visit(HistoryLine line, HistoryContent.Index index) throws IOException;
    }

    /**
     * The last line that this process has written, or found when it started.
     *
     * @param number 0 if there is none
     */
    record End(long number, String hash) {}

    private final Disk disk;
    private final List<Path> files;
    private final long lastLength;
    private final End end;
    private final Predicate<Path> kept;

    /**
     * @param files the oldest first
     * @param lastLength the number of bytes to read of the last file
     * @param kept returns whether a file is still part of the history
     */
    HistorySnapshot(Disk disk, List<Path> files, long lastLength, End end, Predicate<Path> kept) {
        this.disk = disk;
        this.files = List.copyOf(files);
        this.lastLength = lastLength;
        this.end = end;
        this.kept = kept;
    }

    /**
     * Visits the lines after a number, the oldest first. A line that is damaged is left out; verification misses it.
     *
     * @param after the number of the last line to leave out, 0 for none
     * @throws IOException if a file cannot be read
     */
    public void visit(long after, Visitor visitor) throws IOException {
        for (int i = 0; i < files.size(); i++) {
            boolean skipped = i + 1 < files.size() && History.firstNumberOf(files.get(i + 1)) <= after + 1;
            if (!skipped && !visit(i, after, visitor)) {
                return;
            }
        }
    }

    private boolean visit(int file, long after, Visitor visitor) throws IOException {
        try (InputStream input = open(file)) {
            HistoryReader reader = reader(input, file);
            for (byte[] next = reader.next(); next != null; next = reader.next()) {
                HistoryLine line = HistoryLine.parse(next);
                boolean wanted = line != null && line.number() > after;
                HistoryContent.Index index = wanted ? line.index() : null;
                if (index != null && !visitor.visit(line, index)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** Opens a file. One that was deleted by others has no lines, which verification misses. */
    private InputStream open(int file) throws IOException {
        try {
            return disk.open(files.get(file));
        } catch (NoSuchFileException x) {
            if (kept.test(files.get(file))) {
                return InputStream.nullInputStream();
            }
            throw x;
        }
    }

    private HistoryReader reader(InputStream input, int file) {
        return new HistoryReader(input, file == files.size() - 1 ? lastLength : Long.MAX_VALUE);
    }

    /**
     * Returns whether an approval has a line.
     *
     * @throws IOException if a file cannot be read
     */
    public boolean has(String approval) throws IOException {
        boolean[] found = new boolean[1];
        visit(0, (line, index) -> {
            found[0] = approval.equals(index.approval());
            return !found[0];
        });
        return found[0];
    }

    /**
     * Verifies all lines: each has its content, and the last is the one that this process has written or found.
     *
     * @throws IOException if a file cannot be read
     */
    public HistoryVerifier verify() throws IOException {
        var verifier = new HistoryVerifier(false);
        for (int i = 0; i < files.size() && verifier.problem() == null; i++) {
            try (InputStream input = open(i)) {
                verifier.takeAll(reader(input, i));
            }
        }
        verifier.end(end.number(), end.hash());
        return verifier;
    }

    /**
     * Returns the hash of the line with a number, {@code null} if it is not there.
     *
     * @throws IOException if a file cannot be read
     */
    @CheckForNull
    public String hashOf(long number) throws IOException {
        String[] found = new String[1];
        visit(number - 1, (line, index) -> {
            found[0] = line.number() == number ? line.hash() : null;
            return false;
        });
        return found[0];
    }
}
