package io.jenkins.plugins.armory.storage.history;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.storage.disk.Disk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The history of decisions, and of changes of rules: one {@link HistoryLine} for each, in append-only files. It outlives the approvals and their builds.
 *
 * <p>A decision leaves the journal only after its line is on disk, so a crash loses none. After a crash, {@link #open} looks in the last
 * files for decisions of the journal that have their lines already. It removes an incomplete last line, whose decision is written again.
 *
 * <p>A file is named after its month and the number of its first line, {@code 2026-11.000000000042.ndjson}. Files of months that are
 * past the time limit are removed, oldest first, after a line that says so.
 */
@Restricted(NoExternalUse.class)
public final class History {

    private static final Logger LOGGER = Logger.getLogger(History.class.getName());
    private static final Pattern NAME = Pattern.compile("[0-9]{4}-[0-9]{2}\\.[0-9]{18}\\.ndjson");
    private static final int MONTH_DIGITS = 7;
    private static final int NUMBER_DIGITS = 18;
    /** The size from which on a file gets no more lines, in bytes. A start reads the last file. */
    private static final long LARGE = 4 << 20;
    /** The number of lines that are written at once. */
    private static final int CHUNK = 500;

    private final Disk disk;
    private final Path folder;
    private final IntSupplier months;
    private final Clock clock;

    // The following fields are guarded by this.

    /** The files, the oldest first; the last one is written to. */
    private final List<Path> files = new ArrayList<>();
    /** The ids of approvals in memory that have their lines. */
    private final Set<String> recorded = new HashSet<>();

    @CheckForNull
    private Disk.Output output;

    /** The length of the last file in bytes, all of it on disk. */
    private long length;

    /** Whether the last file gets no more lines, since its end is damaged. */
    private boolean startsNext;

    /** Whether the last file may have more than {@link #length}, after a failed write. */
    private boolean overlong;

    private boolean closed;

    private long number;
    private String hash = HistoryLine.START;

    @CheckForNull
    private YearMonth tidied;

    private History(Disk disk, Path folder, IntSupplier months, Clock clock) {
        this.disk = disk;
        this.folder = folder;
        this.months = months;
        this.clock = clock;
    }

    /**
     * Opens the history in a folder, which is created if it is missing.
     *
     * @param months how many months lines are kept, asked when it matters
     * @param outbox the ids of approvals whose decisions are in the journal: lines of these may be lost and written anew
     * @param recorded the ids of approvals that are known to have their lines
     * @throws IOException if it cannot be read
     */
    public static History open(
            Disk disk, Path folder, IntSupplier months, Clock clock, Set<String> outbox, Set<String> recorded)
            throws IOException {
        var history = new History(disk, folder, months, clock);
        history.recorded.addAll(recorded);
        disk.createFolder(folder);
        disk.sync(folder); // a process may have been killed between a change and the sync
        disk.list(folder).stream()
                .filter(file -> NAME.matcher(nameOf(file)).matches())
                .sorted(Comparator.comparingLong(History::firstNumberOf))
                .forEach(history.files::add);
        history.recover(outbox);
        return history;
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static YearMonth monthOf(Path file) {
        return YearMonth.parse(nameOf(file).substring(0, MONTH_DIGITS));
    }

    static long firstNumberOf(Path file) {
        String name = nameOf(file);
        return Long.parseLong(name.substring(MONTH_DIGITS + 1, MONTH_DIGITS + 1 + NUMBER_DIGITS));
    }

    /** Finds the end of the chain, and which approvals of the outbox have their lines. */
    private synchronized void recover(Set<String> outbox) throws IOException {
        if (files.isEmpty()) {
            return;
        }
        Path file = files.get(files.size() - 1);
        byte[] content = disk.read(file);
        var end = HistoryEnd.of(content, outbox);
        if (end.damaged() > 0) {
            LOGGER.log(
                    Level.SEVERE,
                    "{0}: line {1} or one before it was changed or is damaged. The history goes on after it, and its"
                            + " verification names the line.",
                    new Object[] {file, end.damaged()});
        }
        boolean isWhole = end.length() == content.length;
        startsNext = !isWhole
                && outbox.isEmpty()
                && !HistoryContent.mayBeCutChange(Arrays.copyOfRange(content, end.length(), content.length));
        if (startsNext) { // nothing of that was being written, so no crash has done that
            LOGGER.log(
                    Level.SEVERE,
                    "{0}: its end was changed or is damaged. The history goes on in another file, and its verification"
                            + " names the place.",
                    file);
        }
        length = content.length;
        if (!isWhole && !startsNext) {
            cut(file, content, end);
        }
        try {
            disk.truncate(file, length); // syncs what is relied on from here on
        } catch (IOException x) { // a disk that takes no writes can still be read
            LOGGER.log(Level.WARNING, "Cannot write to " + file + "; trying again before the next line", x);
            overlong = true;
        }
        HistoryLine last = end.last();
        for (int i = files.size() - 2; last == null && i >= 0; i--) {
            last = HistoryEnd.of(disk.read(files.get(i)), Set.of()).last();
        }
        if (last != null) {
            number = last.number();
            hash = last.hash();
        }
        if (startsNext && end.last() == null) {
            number = firstNumberOf(file) + Math.max(end.lines(), 1) - 1; // the next file has a name of its own
        }
        recorded.addAll(end.recorded());
        boolean mayBeMore = !outbox.isEmpty(); // the lines of one fold may be in several files
        for (int i = files.size() - 2; mayBeMore && i >= 0; i--) {
            mayBeMore = recorded.addAll(
                    HistoryEnd.of(disk.read(files.get(i)), outbox).recorded());
        }
    }

    /** Leaves out the end of a file, and keeps a copy of what is more than a line that was cut off. */
    private void cut(Path file, byte[] content, HistoryEnd end) {
        byte[] left = Arrays.copyOfRange(content, end.length(), content.length);
        if (new String(left, StandardCharsets.ISO_8859_1).contains("\n")) {
            try {
                disk.replace(folder.resolve("damaged-" + nameOf(file) + '-' + end.length() + ".txt"), left);
                disk.sync(folder);
            } catch (IOException x) {
                LOGGER.log(
                        Level.WARNING,
                        "Cannot copy the end of " + file + ", so the history goes on in another file",
                        x);
                startsNext = true;
                return;
            }
        }
        LOGGER.log(
                Level.WARNING,
                "{0}: cut off {1} bytes that were being written when Jenkins went down; their decisions are written again",
                new Object[] {file, left.length});
        length = end.length();
    }

    /**
     * Adds the decisions that are not in the history yet.
     *
     * @param decided returns the decisions in memory, which {@link #noteWritten} and {@link #forget} tell apart
     * @throws IOException if a line may not be on disk; the next call tries again
     */
    public synchronized void add(Supplier<Collection<Approval>> decided) throws IOException {
        open();
        List<Approval> missing = decided.get().stream()
                .filter(approval -> !recorded.contains(approval.id()))
                .sorted(RecentDecisions.BY_DECISION)
                .toList();
        for (int from = 0; from < missing.size(); from += CHUNK) {
            Instant now = clock.instant();
            tidy(now);
            List<Approval> chunk = missing.subList(from, Math.min(from + CHUNK, missing.size()));
            write(
                    chunk.stream()
                            .map(approval -> HistoryContent.of(approval, now))
                            .toList(),
                    now);
            chunk.forEach(approval -> recorded.add(approval.id()));
        }
    }

    private void open() throws IOException {
        if (closed) {
            throw new IOException("the history is closed, since Jenkins is going down");
        }
        repair();
    }

    /**
     * Adds changes of the settings.
     *
     * @throws IOException if a line may not be on disk
     */
    public synchronized void record(List<RulesChange> changes) throws IOException {
        open();
        Instant now = clock.instant();
        tidy(now);
        write(changes.stream().map(change -> HistoryContent.of(change, now)).toList(), now);
    }

    /** Returns whether an approval in memory has its line. */
    public synchronized boolean has(String id) {
        return recorded.contains(id);
    }

    /** Takes the id of an approval that has its line and comes into memory again. Called before that. */
    public synchronized void noteWritten(String id) {
        recorded.add(id);
    }

    /** Takes the id of an approval that is not in memory any more. */
    public synchronized void forget(String id) {
        recorded.remove(id);
    }

    /** Appends lines, and changes nothing if that fails. */
    private void write(List<byte[]> contents, Instant now) throws IOException {
        Disk.Output current = begin(now);
        var lines = new ByteArrayOutputStream();
        long nextNumber = number;
        String nextHash = hash;
        for (byte[] content : contents) {
            HistoryLine line = HistoryLine.of(++nextNumber, nextHash, content);
            lines.writeBytes(line.bytes());
            lines.write('\n');
            nextHash = line.hash();
        }
        overlong = true; // until it is known to have worked
        current.append(lines.toByteArray());
        overlong = false;
        length += lines.size();
        number = nextNumber;
        hash = nextHash;
    }

    /** Removes what a failed write may have left. */
    private void repair() throws IOException {
        if (overlong) {
            end();
            Path last = files.get(files.size() - 1);
            if (disk.size(last) >= length) { // else it was shortened by others
                disk.truncate(last, length);
            }
            overlong = false;
        }
    }

    /** Returns the file that the next lines go to. */
    private Disk.Output begin(Instant now) throws IOException {
        YearMonth month = monthOf(now);
        Path last = files.isEmpty() ? null : files.get(files.size() - 1);
        if (last != null && !startsNext && disk.size(last) != length) { // lines behind it would be lost, or run into it
            LOGGER.log(
                    Level.SEVERE,
                    "{0} was changed or deleted while Jenkins ran. The history goes on in another file, and its verification"
                            + " names the place.",
                    last);
            startsNext = true;
        }
        if (last == null || startsNext || length > 0 && (length >= LARGE || !month.equals(monthOf(last)))) {
            return beginFile(folder.resolve("%s.%018d.ndjson".formatted(month, number + 1)));
        }
        Disk.Output current = output;
        if (current == null) {
            current = disk.append(last);
            output = current;
        }
        return current;
    }

    private Disk.Output beginFile(Path next) throws IOException {
        end();
        Disk.Output created;
        if (disk.exists(next)) { // a failed attempt has left it
            disk.truncate(next, 0);
            created = disk.append(next);
        } else {
            created = disk.create(next);
        }
        try {
            disk.sync(folder);
        } catch (IOException x) {
            created.close();
            throw x;
        }
        output = created;
        files.remove(next);
        files.add(next);
        length = 0;
        startsNext = false;
        return created;
    }

    private void end() {
        try (Disk.Output ended = output) {
            output = null;
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Cannot close a file of the history", x); // its lines are synced
        }
    }

    private static YearMonth monthOf(Instant now) {
        return YearMonth.from(now.atOffset(ZoneOffset.UTC));
    }

    /** Removes the files of months that are past the time limit, once a month and at the first decision after a start. */
    private void tidy(Instant now) throws IOException {
        YearMonth month = monthOf(now);
        if (month.equals(tidied)) {
            return;
        }
        int limit = months.getAsInt();
        int gone = countBefore(believed(month).minusMonths(limit));
        if (gone > 0) {
            long lastNumber = firstNumberOf(files.get(gone)) - 1;
            write(List.of(HistoryContent.removal(lastNumber, previousOf(files.get(gone)), limit, now)), now);
            try {
                for (Path file : List.copyOf(files.subList(0, gone))) {
                    disk.delete(file);
                    disk.sync(folder);
                    files.remove(file);
                }
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot delete old files of the history; trying again in a month", x);
            }
        }
        tidied = month;
    }

    /**
     * Returns the present month, as far as the clock is believed: the month after the last one with lines before this one. So a clock
     * that is ahead removes nothing until it has been ahead for a month.
     */
    private YearMonth believed(YearMonth month) {
        for (int i = files.size() - 1; i >= 0; i--) {
            YearMonth earlier = monthOf(files.get(i));
            if (earlier.isBefore(month)) {
                return earlier.plusMonths(1);
            }
        }
        return month;
    }

    /**
     * Returns how many files at the start are before a month. The majority decides, since the clock may have been wrong when some of them
     * began: as many files as make the difference between those before the month and the others largest. The last file is not counted.
     */
    private int countBefore(YearMonth month) {
        int count = 0;
        int largest = 0;
        int difference = 0;
        for (int i = 0; i < files.size() - 1; i++) {
            difference += monthOf(files.get(i)).isBefore(month) ? 1 : -1;
            if (difference > largest) {
                largest = difference;
                count = i + 1;
            }
        }
        return count;
    }

    /** Returns what the first line of a file follows. */
    private String previousOf(Path file) throws IOException {
        try (InputStream input = disk.open(file)) {
            byte[] line = new HistoryReader(input, Long.MAX_VALUE).next();
            HistoryLine first = line == null ? null : HistoryLine.parse(line);
            return first == null ? HistoryLine.START : first.previous();
        }
    }

    /** Returns the lines that are on disk now, for reading. */
    public synchronized HistorySnapshot snapshot() {
        return new HistorySnapshot(disk, files, length, new HistorySnapshot.End(number, hash), this::has);
    }

    /** Returns whether a file is part of the history, and was not removed since its month is past the time limit. */
    private synchronized boolean has(Path file) {
        return files.contains(file);
    }

    /** Ends all writing. */
    public synchronized void close() {
        closed = true;
        end();
    }
}
