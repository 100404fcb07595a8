package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Makes records durable for many threads at a time, with one sync for all that wait for one ("group commit"). Who finds
 * nobody waiting writes as soon as the write before is over, for all that have come until then.
 *
 * <p>A record is a line of a file {@code N.log}: eight hexadecimal digits, the CRC-32C of what follows; a space; the
 * record, which has no line feed in it. A line that was cut off, or is not what its checksum says, was not acknowledged
 * and is left out when the journal is read; one that is intact and not understood keeps it from being opened. So that this holds, a file is written by one process only, and not after a
 * write to it has failed: then the next one begins.
 */
final class Journal {

    private static final Logger LOGGER = Logger.getLogger(Journal.class.getName());
    private static final String SUFFIX = ".log";
    private static final Pattern NAME = Pattern.compile("[0-9]{1,18}\\.log");
    private static final int CHECKSUM_DIGITS = 8;

    /** Takes up the records of a journal that is opened. */
    interface Reader {
        /** @throws IOException when it is not understood */
        void read(byte[] record) throws IOException;
    }

    /** Records that are written together. */
    private static final class Batch {
        private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
        private final CompletableFuture<Void> written = new CompletableFuture<>();

        void add(byte[] record) {
            lines.writeBytes(checksum(record).getBytes(StandardCharsets.ISO_8859_1));
            lines.write(' ');
            lines.writeBytes(record);
            lines.write('\n');
        }

        /** @throws IOException when it could not be written */
        void await() throws IOException {
            try {
                written.join(); // not broken off by an interrupt: the record may be on disk already
            } catch (CompletionException x) {
                throw new IOException("Cannot write to the journal: " + x.getCause(), x.getCause());
            }
        }
    }

    private final Disk disk;
    private final Path folder;
    /** What is written next, {@code null} when nobody waits; guarded by this. */
    @CheckForNull
    private Batch next;

    private final ReentrantLock writing = new ReentrantLock();

    // What follows is guarded by "writing".

    /** Files to which nothing is added any more, the oldest first, and their lengths in bytes. */
    private final Map<Path, Long> old = new LinkedHashMap<>();

    @CheckForNull
    private Path file;

    @CheckForNull
    private Disk.Output output;

    /** Of {@link #file}, all of it on disk. */
    private long length;

    private long number;
    private boolean closed;

    private volatile long size;
    private volatile long lastAppend = System.nanoTime();

    private Journal(Disk disk, Path folder) {
        this.disk = disk;
        this.folder = folder;
    }

    /**
     * Opens the journal in a folder, which is made if it is not there, and reads what it holds. What is appended from now on
     * comes behind that.
     *
     * @param reader is given each record, in the order in which they were appended
     * @throws UnknownFormatException when a record is intact, and the reader does not understand it
     * @throws IOException when the folder cannot be made or a file in it cannot be read
     */
    static Journal open(Disk disk, Path folder, Reader reader) throws IOException {
        Journal journal = new Journal(disk, folder);
        disk.createFolder(folder);
        disk.sync(folder); // the process before may have been killed between changing and syncing it
        List<Path> files = disk.list(folder).stream()
                .filter(each -> NAME.matcher(nameOf(each)).matches())
                .sorted(Comparator.comparingLong(Journal::numberOf))
                .toList();
        for (Path each : files) {
            byte[] content = disk.read(each);
            journal.sync(each, content.length);
            read(each, content, reader);
            journal.old.put(each, (long) content.length);
            journal.number = numberOf(each);
        }
        journal.measure();
        return journal;
    }

    /** What the process before was killed over may not be on disk yet, and is relied on from here on. */
    private void sync(Path each, long size) {
        try {
            disk.truncate(each, size);
        } catch (IOException x) { // where nothing can be written, what is there can still be read
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

    private static void read(Path file, byte[] content, Reader reader) throws IOException {
        int damaged = 0;
        int line = 0;
        int start = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                line++;
                byte[] record = record(content, start, i);
                if (record == null) {
                    damaged++;
                } else {
                    try {
                        reader.read(record);
                    } catch (IOException x) {
                        throw new UnknownFormatException(file + ", line " + line, x);
                    }
                }
                start = i + 1;
            }
        }
        if (start < content.length || damaged > 0) {
            LOGGER.log(
                    Level.WARNING,
                    "{0} has {1} damaged lines and {2} bytes of one that was being written when Jenkins went down; they are left out",
                    new Object[] {file, damaged, content.length - start});
        }
    }

    /** The record in a line, {@code null} when it is damaged. */
    @CheckForNull
    private static byte[] record(byte[] content, int start, int end) {
        int from = start + CHECKSUM_DIGITS + 1;
        if (from > end || content[from - 1] != ' ') {
            return null;
        }
        byte[] record = Arrays.copyOfRange(content, from, end);
        String said = new String(content, start, CHECKSUM_DIGITS, StandardCharsets.ISO_8859_1);
        return said.equals(checksum(record)) ? record : null;
    }

    private static String checksum(byte[] record) {
        CRC32C crc = new CRC32C();
        crc.update(record);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }

    /**
     * Appends a record and returns once it is on disk.
     *
     * @param record without a line feed
     * @throws IOException when it is not, or may not be, on disk. It is not read again then, unless the disk refuses to take
     *     it back too; even so a record that is appended later comes behind it
     */
    void append(byte[] record) throws IOException {
        Batch batch;
        boolean first;
        synchronized (this) {
            first = next == null;
            if (first) {
                next = new Batch();
            }
            batch = next;
            batch.add(record);
        }
        if (first) {
            commit(batch);
        }
        batch.await();
    }

    private void commit(Batch batch) {
        IOException failure = new IOException("broken off"); // nobody waits for ever, whatever it was
        try {
            takeAndWrite(batch);
            failure = null;
        } catch (IOException x) {
            failure = x;
        } finally { // with the lock given back: to wake up many takes as long as a write
            if (failure == null) {
                batch.written.complete(null);
            } else {
                batch.written.completeExceptionally(failure);
            }
        }
    }

    private void takeAndWrite(Batch batch) throws IOException {
        writing.lock();
        try {
            synchronized (this) {
                next = null; // who comes now has to wait for the next write
            }
            if (closed) {
                throw new IOException("it is closed, since Jenkins is going down");
            }
            write(batch.lines.toByteArray());
        } finally {
            writing.unlock();
        }
    }

    private void write(byte[] lines) throws IOException {
        boolean written = false;
        try {
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
        file = folder.resolve(++number + SUFFIX);
        Disk.Output begun = disk.create(file);
        output = begun;
        disk.sync(folder);
        return begun;
    }

    /** Adds nothing more to a file of which it is not known what is on disk. */
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
            LOGGER.log(Level.WARNING, "Cannot take back what may have been written to " + damaged, x);
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
            LOGGER.log(Level.FINE, "Cannot close a file of the journal", x); // what counts is synced
        }
    }

    /** Waits for a write that is under way; nothing is appended after that. */
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

    /** Of all that it holds, in bytes. */
    long size() {
        return size;
    }

    /** How long ago a record was appended last, in nanoseconds. */
    long idleNanos() {
        return System.nanoTime() - lastAppend;
    }

    /** Lets the records to come go to another file, and returns those that nothing is added to any more, the oldest first. */
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
     * Deletes files that {@link #startNext} returned, the oldest first: of two records of one approval it must never be the
     * newer one that is missing.
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
                disk.delete(each);
                disk.sync(folder);
                old.remove(each);
            }
        } finally {
            measure();
        }
    }
}
