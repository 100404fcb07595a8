package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A write-ahead journal that makes the records of many threads durable with few syncs ("group commit"). A record that
 * comes while nothing is written is written at once. Records that come during a write share the next one, as many as one step may write
 * alone; those that come then share the one after that. So neither a write nor a start needs more memory because many steps begin at once.
 *
 * <p>A record is a {@link JournalLine} of a file {@code N.log}, which is named after its first write.
 *
 * <p>A line that is cut off or does not match its checksum at the end was not acknowledged, so it is left out when the journal is
 * read. A write that was acknowledged and is damaged is {@linkplain Reader#lost lost}. To tell the two apart, a file is
 * written by one process only, and gets no more records after a failed write: those go to the next file.
 */
@Restricted(NoExternalUse.class)
public final class Journal {

    private static final Logger LOGGER = Logger.getLogger(Journal.class.getName());
    private static final String SUFFIX = ".log";
    private static final Pattern NAME = Pattern.compile("[0-9]{1,18}\\.log");
    /** The most bytes of records that share a write, and the length from which on a file gets no more of them. */
    private static final int LARGE = Approvals.MOST_OF_STEP;
    /** The ending of a file that is kept for inspection, since part of it is lost. */
    private static final String DAMAGED = ".damaged";

    /** A reader of the records of a journal that is opened. */
    interface Reader {
        /**
         * Takes a record.
         *
         * @param where the file, and the line in it
         * @return whether it understands the record. If not, the file is kept for inspection
         * @throws UnknownFormatException if a newer version of the plugin wrote it, which keeps the journal from being opened
         */
        boolean read(String where, byte[] record) throws UnknownFormatException;

        /**
         * Takes note that records were acknowledged and cannot be read any more. They stand before the next record.
         *
         * @param where the file, and the line behind them
         */
        void lost(String where);
    }

    /** Records that are written together. */
    private static final class Batch {
        private final List<byte[]> records = new ArrayList<>();
        private final CompletableFuture<Void> written = new CompletableFuture<>();
        private long size;

        boolean hasRoomFor(long bytes) {
            return size + bytes <= LARGE;
        }

        /**
         * Waits until the batch is on disk.
         *
         * @throws IOException if it could not be written
         */
        void await() throws IOException {
            try {
                written.join(); // despite interrupts: the record may be on disk already
            } catch (CompletionException x) {
                throw new IOException("Cannot write to the journal: " + x.getCause(), x.getCause());
            }
        }
    }

    private final Disk disk;
    private final Path folder;
    /** The newest batch that is not being written, {@code null} if there is none. Guarded by this. */
    @CheckForNull
    private Batch next;

    private final ReentrantLock writing = new ReentrantLock(true); // batches wait in their order

    // The following fields are guarded by "writing".

    /** The files that get no more records, the oldest first, and their lengths in bytes. */
    private final Map<Path, Long> old = new LinkedHashMap<>();

    /** Those of {@link #old} that are kept for inspection. */
    private final Set<Path> kept = new HashSet<>();

    @CheckForNull
    private Path file;

    @CheckForNull
    private Disk.Output output;

    /** The length of {@link #file} in bytes, all of it on disk. */
    private long length;

    /** The number of the newest write, and of the last one that was acknowledged. */
    private long newest;

    private long acknowledged;
    private boolean closed;

    private volatile long size;
    private volatile long lastAppend = System.nanoTime();

    /** Why the last write failed, {@code null} if it did not. */
    @CheckForNull
    private volatile IOException failure;

    private Journal(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /**
     * Opens the journal in a folder, which is created if it is missing, and reads the records.
     *
     * @param reader takes each record, in the order of the appends
     * @throws UnknownFormatException if a newer version of the plugin wrote a record
     * @throws IOException if the folder cannot be created, or a file in it cannot be read
     */
    static Journal open(Disk disk, Path folder, Reader reader) throws IOException {
        var journal = new Journal(disk, folder);
        disk.createFolder(folder);
        disk.sync(folder); // a process may have been killed between a change and the sync
        List<Path> files = disk.list(folder).stream()
                .filter(each -> NAME.matcher(nameOf(each)).matches())
                .sorted(Comparator.comparingLong(Journal::numberOf))
                .toList();
        var order = new WriteOrder(files.isEmpty() ? 1 : numberOf(files.get(0)));
        for (Path each : files) {
            byte[] content = disk.read(each);
            journal.sync(each, content.length);
            journal.read(each, content, reader, order);
            journal.old.put(each, (long) content.length);
            journal.newest = Math.max(numberOf(each), order.newest());
        }
        journal.acknowledged = order.complete();
        journal.measure();
        return journal;
    }

    /** Syncs a file that is relied on from here on. A killed process may not have done so. */
    private void sync(Path each, long size) {
        try {
            disk.truncate(each, size);
        } catch (IOException x) { // a disk that takes no writes can still be read
            LOGGER.log(Level.WARNING, "Cannot sync " + each, x);
        }
    }

    private static String nameOf(Path file) {
        return String.valueOf(file.getFileName());
    }

    private static long numberOf(Path file) {
        String name = nameOf(file);
        return Long.parseLong(name.substring(0, name.indexOf('.')));
    }

    private void read(Path each, byte[] content, Reader reader, WriteOrder order) throws UnknownFormatException {
        int unreadable = 0;
        int line = 0;
        int start = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                line++;
                JournalLine record = JournalLine.read(content, start, i);
                String where = each + ", line " + line;
                if (record == null) {
                    unreadable++;
                } else {
                    if (order.isBehindLost(record)) {
                        keep(each);
                        reader.lost(where);
                    }
                    if (!reader.read(where, record.content())) {
                        keep(each);
                    }
                }
                start = i + 1;
            }
        }
        if (start < content.length || unreadable > 0) {
            LOGGER.log(
                    Level.WARNING,
                    "{0}: left out {1} damaged lines, and {2} bytes of a line that was cut off when Jenkins went down",
                    new Object[] {each, unreadable, content.length - start});
        }
    }

    /**
     * Keeps a file for inspection, and the file before it: a write that is missed at the start of a file may have been
     * at the end of the one before.
     */
    private void keep(Path each) {
        old.keySet().stream().reduce((first, second) -> second).ifPresent(kept::add);
        kept.add(each);
    }

    /** Appends one record, see {@link #append(List)}. */
    void append(byte[] record) throws IOException {
        append(List.of(record));
    }

    /**
     * Appends records with one write and returns once they are on disk. A crash may leave the first of them alone.
     *
     * @param records without line feeds
     * @throws IOException if the records may not be on disk. They are not read again then, unless removing them from the disk
     *     fails too; even so, later records come after them
     */
    void append(List<byte[]> records) throws IOException {
        Batch batch;
        boolean first;
        List<byte[]> whole = List.copyOf(records);
        long bytes = whole.stream().mapToLong(record -> record.length).sum();
        synchronized (this) {
            first = next == null || !next.hasRoomFor(bytes);
            batch = first ? new Batch() : next;
            batch.records.addAll(whole);
            batch.size += bytes;
            next = batch; // last: after an error, nobody waits for a batch that nobody writes
        }
        if (first) {
            commit(batch);
        }
        batch.await();
    }

    private void commit(Batch batch) {
        var problem = new IOException("the write was broken off"); // for an error: no thread waits for ever
        try {
            takeAndWrite(batch);
            problem = null;
        } catch (IOException x) {
            problem = x;
        } finally { // outside of the lock: waking many threads takes as long as a write
            failure = problem;
            if (problem == null) {
                batch.written.complete(null);
            } else {
                batch.written.completeExceptionally(problem);
            }
        }
    }

    /** Returns why the last write failed, {@code null} if it did not. */
    @CheckForNull
    IOException failure() {
        return failure;
    }

    private void takeAndWrite(Batch batch) throws IOException {
        writing.lock();
        try {
            synchronized (this) {
                if (next == batch) {
                    next = null; // later records wait for the next write
                }
            }
            if (closed) {
                throw new IOException("the journal is closed, since Jenkins is going down");
            }
            newest++;
            write(lines(batch.records));
            acknowledged = newest;
        } finally {
            writing.unlock();
        }
    }

    private byte[] lines(List<byte[]> records) {
        var lines = new ByteArrayOutputStream();
        int index = 0;
        for (byte[] record : records) {
            lines.writeBytes(new JournalLine(newest, acknowledged, ++index, records.size(), record).toBytes());
        }
        return lines.toByteArray();
    }

    private void write(byte[] lines) throws IOException {
        boolean written = false;
        try {
            if (length >= LARGE) {
                end();
            }
            Disk.Output current = output;
            if (current == null) {
                current = begin();
            }
            current.append(lines);
            length += lines.length;
            written = true;
        } finally {
            if (!written) {
                giveUp();
            }
            measure();
        }
        lastAppend = System.nanoTime();
    }

    private Disk.Output begin() throws IOException {
        length = 0;
        file = folder.resolve(newest + SUFFIX);
        Disk.Output begun = disk.create(file);
        output = begun;
        disk.sync(folder);
        return begun;
    }

    /**
     * Ends the file after a failed write, since it is unknown what is on disk, and removes what the write may have
     * left.
     */
    private void giveUp() {
        Path damaged = file;
        end();
        try {
            if (old.get(damaged) > 0) {
                disk.truncate(damaged, old.get(damaged));
            } else {
                disk.delete(damaged);
                disk.sync(folder);
                old.remove(damaged);
            }
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot remove what a failed write may have left in " + damaged, x);
        }
    }

    /** Ends the file that is being written. */
    private void end() {
        if (file == null) {
            return;
        }
        old.put(file, length);
        file = null;
        try (Disk.Output ended = output) {
            output = null;
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Cannot close a file of the journal", x); // its records are synced
        }
    }

    /** Waits for a write in progress. Later appends fail. */
    void close() {
        writing.lock();
        try {
            closed = true;
            end();
        } finally {
            writing.unlock();
        }
    }

    private void measure() {
        size = old.values().stream().mapToLong(Long::longValue).sum() + (file == null ? 0 : length);
    }

    /**
     * Returns the files that are kept for inspection, since something in them was lost. Deleting them is left to administrators.
     *
     * @throws IOException if the folder cannot be read
     */
    List<Path> damaged() throws IOException {
        return disk.list(folder).stream()
                .filter(each -> nameOf(each).endsWith(DAMAGED))
                .sorted()
                .toList();
    }

    /** Returns the size of all files in bytes. */
    long size() {
        return size;
    }

    /** Returns the time since the last append, in nanoseconds. */
    long idleNanos() {
        return System.nanoTime() - lastAppend;
    }

    /**
     * Ends the present file, so that later records go to another, and returns all files that have ended, the oldest
     * first.
     */
    List<Path> startNext() {
        writing.lock();
        try {
            end();
            return List.copyOf(old.keySet());
        } finally {
            writing.unlock();
        }
    }

    /**
     * Deletes files that {@link #startNext} returned, the oldest first. Of two records of one approval, the newer one
     * must never be the missing one.
     */
    void drop(List<Path> files) throws IOException {
        writing.lock();
        try {
            dropAll(files);
        } finally {
            writing.unlock();
        }
    }

    private void dropAll(List<Path> files) throws IOException {
        try {
            for (Path each : files) {
                if (kept.remove(each)) {
                    disk.replace(Path.of(each + DAMAGED), disk.read(each));
                }
                disk.delete(each);
                disk.sync(folder);
                old.remove(each);
            }
        } finally {
            measure();
        }
    }
}
