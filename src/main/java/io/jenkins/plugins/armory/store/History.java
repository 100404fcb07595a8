package io.jenkins.plugins.armory.store;

import com.google.common.io.ByteStreams;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.store.disk.Disk;
import io.jenkins.plugins.armory.store.disk.DurableFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The history: a {@link HistoryLine} for each decision, and for each deployment to an environment of the settings, in a
 * file for each month (UTC), {@code 2026-12.ndjson}. It outlives the approvals and their builds.
 *
 * <p>A build is marked until the lines of its decisions are on disk, so a crash loses none. After a start or a failed
 * write, lines that are already in the file are not written again. A crash or a full disk may leave the start of a
 * line; the next one begins behind a line feed.
 */
@Restricted(NoExternalUse.class)
public final class History {

    public static final Comparator<Approval> BY_DECISION =
            Comparator.comparing(approval -> approval.requireDecision().decidedAt());

    private static final int BUFFER = 64 << 10;

    private static final Logger LOGGER = Logger.getLogger(History.class.getName());

    /** @param mayHaveLine whether it was decided before it was taken */
    private record Decided(Approval approval, boolean mayHaveLine) {}

    private final Path folder;
    /** The decided approvals that may have no line, by id. */
    private final Map<String, Decided> lacking = new ConcurrentHashMap<>();
    /** The months whose files have been written since the start, without a failure since then. Guarded by this. */
    private final Set<YearMonth> known = new HashSet<>();
    /** Guarded by this. */
    private boolean closed;

    public History(Path folder) {
        this.folder = folder;
    }

    /** Takes an approval that was decided now. */
    public void take(Approval decided) {
        lacking.put(decided.id(), new Decided(decided, false));
    }

    /** Takes an approval that was decided before, so that it may have a line. */
    public void takeUp(Approval decided) {
        lacking.put(decided.id(), new Decided(decided, true));
    }

    /** Returns whether the line of a decision may have to be written. */
    public boolean lacks(String id) {
        return lacking.containsKey(id);
    }

    /**
     * Writes the lines of all decisions that have none.
     *
     * @throws IOException if a line may not be on disk; the next call tries again
     */
    public synchronized void write() throws IOException {
        Map<YearMonth, List<Decided>> ofMonths = lacking.values().stream()
                .sorted(Comparator.comparing(Decided::approval, BY_DECISION))
                .collect(Collectors.groupingBy(
                        each -> monthOf(each.approval().requireDecision().decidedAt()),
                        TreeMap::new,
                        Collectors.toList()));
        for (Map.Entry<YearMonth, List<Decided>> each : ofMonths.entrySet()) {
            List<Decided> decided = each.getValue();
            boolean sure = known.remove(each.getKey()) // until it is known to have worked
                    && decided.stream().noneMatch(Decided::mayHaveLine);
            append(
                    each.getKey(),
                    decided.stream().map(one -> HistoryLine.of(one.approval())).toList(),
                    sure);
            known.add(each.getKey());
            decided.forEach(one -> lacking.remove(one.approval().id()));
        }
    }

    /**
     * Writes a line of another kind than decisions, if it is not there.
     *
     * @throws IOException if it may not be on disk
     */
    public synchronized void add(String kind, Instant at, Record content) throws IOException {
        YearMonth month = monthOf(at);
        boolean sure = known.remove(month);
        append(month, List.of(HistoryLine.of(kind, content)), false); // it may have been written before a start
        if (sure) {
            known.add(month);
        }
    }

    /** Hands over the approvals that were decided, and their builds, as {@link #read(String, Class, Consumer)} does. */
    void readDecided(BiConsumer<String, BuildRef> decided) {
        readLines(line -> HistoryLine.readDecided(line, decided));
    }

    /**
     * Hands over the lines of another kind that this month and the last have, in the order in which they were written.
     * A file that cannot be read is passed over.
     */
    public <T extends Record> void read(String kind, Class<T> type, Consumer<T> content) {
        readLines(line -> HistoryLine.read(line, kind, type, content));
    }

    private void readLines(Consumer<String> each) {
        YearMonth month = monthOf(Instant.now());
        for (Path file : List.of(file(month.minusMonths(1)), file(month))) {
            try {
                if (Files.exists(file)) {
                    read(file, each);
                }
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, x, () -> "Passing over the history in " + file + ", which cannot be read");
            }
        }
    }

    /** @param sure whether none of the lines is there, and the file ends with a line */
    private void append(YearMonth month, Collection<String> lines, boolean sure) throws IOException {
        if (closed) {
            throw new IOException("the history is closed, since Jenkins is going down");
        }
        Disk.createFolder(folder);
        Path file = file(month);
        long size = Disk.size(file);
        Set<String> missing = new LinkedHashSet<>(lines);
        var text = new StringBuilder();
        if (size > 0 && !sure) {
            var keys = new HashSet<String>();
            read(file, line -> keys.add(HistoryLine.keyOf(line)));
            missing.removeIf(line -> keys.contains(HistoryLine.keyOf(line)));
            if (!endsWithLine(file, size)) {
                text.append('\n');
            }
            Disk.truncate(file, size); // syncs what is relied on from here on
        }
        missing.forEach(line -> text.append(line).append('\n'));
        try (Disk.Output output = Disk.append(file)) {
            if (!sure || size < 0) {
                DurableFile.syncFolder(folder);
            }
            if (!text.isEmpty()) {
                output.append(text.toString().getBytes(StandardCharsets.US_ASCII));
            }
        }
    }

    private boolean endsWithLine(Path file, long size) throws IOException {
        try (InputStream input = Files.newInputStream(file)) {
            input.skipNBytes(size - 1);
            return input.read() == '\n';
        }
    }

    private static void read(Path file, Consumer<String> line) throws IOException {
        try (var lines = new BufferedReader(
                new InputStreamReader(Files.newInputStream(file), StandardCharsets.ISO_8859_1), BUFFER)) {
            for (String next; (next = lines.readLine()) != null; ) {
                line.accept(next);
            }
        }
    }

    private Path file(YearMonth month) {
        return folder.resolve(month + ".ndjson");
    }

    /** Returns the month whose file has what happened at a time. */
    public static YearMonth monthOf(Instant time) {
        return YearMonth.from(time.atOffset(ZoneOffset.UTC));
    }

    /**
     * Writes what a month's file has now to a stream; nothing if there is none.
     *
     * @throws IOException if it cannot be read
     */
    public void copyTo(YearMonth month, OutputStream output) throws IOException {
        long left;
        synchronized (this) { // whole lines
            left = Disk.size(file(month));
        }
        if (left > 0) {
            try (InputStream input = ByteStreams.limit(Files.newInputStream(file(month)), left)) {
                input.transferTo(output);
            }
        }
    }

    /** Ends all writing. */
    public synchronized void close() {
        closed = true;
    }
}
