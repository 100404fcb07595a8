package io.jenkins.plugins.armory.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.store.disk.ChecksumLine;
import io.jenkins.plugins.armory.store.disk.Disk;
import io.jenkins.plugins.armory.store.disk.DurableFile;
import io.jenkins.plugins.armory.store.disk.StoredJson;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The log of one build: a line for each commit, which is appended and synced.
 *
 * <pre>
 * 1d3f5a72 1 {"build":{"format":1,"leftOut":[],"ended":false},"environment/staging":{"name":"staging","state":"DEPLOYING",...}}
 * 90b2c4e1 2 {"environment/staging":{"name":"staging","state":"COMPLETE",...},"failure/1":{"definition":"smoke-tests",...}}
 * 5c07d9ab 3 {"failure/1":null}
 * </pre>
 *
 * A line has the CRC-32C of the rest, the number of the commit, and the values that it sets, by key; {@code null}
 * removes one. The last value of a key counts. A last line without its line feed was never acknowledged, and is cut
 * off. All else that is wrong puts the log in doubt: nothing is repaired, and nothing is appended any more.
 *
 * <p>No handle is kept and no file is created but by the first commit, so that Jenkins can move and delete the folder.
 * Only one thread may use an object at a time.
 */
final class BuildLog {

    static final String FILE = "armory.log";

    private static final byte LINE_FEED = '\n';

    /** How long the file may be missing or too short, as while Jenkins moves its folder by a copy. */
    private static final long MISSING_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Says that a log is not what was written, so that nothing in it can be relied on. */
    static final class DoubtException extends IOException {

        private static final long serialVersionUID = 1L;

        DoubtException(Path file, String why) {
            super(file + " is not what was written: " + why);
        }
    }

    private final Supplier<Path> folder;

    /** The bytes and the commits that are known to be on disk. */
    private long length;

    private volatile long commits;

    /** How long the file may be by what could not be appended whole. */
    private long tried;

    /** The length of the last line. */
    private int last;

    /** Since when the file is missing or too short, as {@code System.nanoTime()}; {@code null} if it is not. */
    @CheckForNull
    private Long missing;

    /** @param folder returns the build's folder, which changes with the name of the job */
    BuildLog(Supplier<Path> folder) {
        this.folder = folder;
    }

    /**
     * Reads the log, once and before all else; one that does not exist has no values.
     *
     * @param seen the commits that were seen on disk before: with fewer, the log was lost or is an older copy
     * @param values takes the values, each where its key came first; also those in front of a line that is damaged
     * @throws DoubtException if it is not what was written
     * @throws IOException if it cannot be read
     */
    void read(long seen, Map<String, JsonNode> values) throws IOException {
        Path file = file();
        byte[] content = content(file);
        tried = content.length;
        for (int end = next(content, 0); end >= 0; end = next(content, end + 1)) {
            ObjectNode set = line(file, ChecksumLine.content(content, (int) length, end));
            set.fields().forEachRemaining(each -> {
                if (each.getValue().isNull()) {
                    values.remove(each.getKey());
                } else {
                    values.put(each.getKey(), each.getValue());
                }
            });
            length = end + 1L;
        }
        int end = content.length - 1;
        if (end > length && ChecksumLine.content(content, (int) length, end) != null) {
            throw new DoubtException(file, "its last line feed is damaged");
        }
        if (commits < seen) {
            throw new DoubtException(file, "it has " + commits + " commits, and " + seen + " were there before");
        }
    }

    private Path file() {
        return folder.get().resolve(FILE);
    }

    private static byte[] content(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException x) {
            return new byte[0];
        }
    }

    private static int next(byte[] content, int from) {
        for (int i = from; i < content.length; i++) {
            if (content[i] == LINE_FEED) {
                return i;
            }
        }
        return -1;
    }

    private ObjectNode line(Path file, byte[] content) throws IOException {
        long number = commits + 1;
        String text = content == null ? "" : new String(content, StandardCharsets.UTF_8);
        String start = number + " ";
        if (!text.startsWith(start)) {
            throw new DoubtException(
                    file, content == null ? "line " + number + " is damaged" : "commit " + number + " is missing");
        }
        commits = number;
        return StoredJson.object(file + ":" + number, text.substring(start.length()));
    }

    /** Returns when something was last written to the file; now if that is not known. */
    Instant lastWritten() {
        Instant time;
        try {
            time = Files.getLastModifiedTime(file()).toInstant();
        } catch (IOException x) {
            time = Instant.now();
        }
        return time.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Returns how many commits are on disk. */
    long commits() {
        return commits;
    }

    /**
     * Appends a commit. A failed one leaves no trace once the next is there.
     *
     * @param values what it sets, by key
     * @throws IOException if it may not be on disk
     */
    void append(Map<String, ?> values) throws IOException {
        String text = (commits + 1) + " " + StoredJson.text(values);
        byte[] line = ChecksumLine.of(text.getBytes(StandardCharsets.UTF_8));
        write(file(), line);
        if (commits == 0) {
            DurableFile.syncFolder(folder.get());
        }
        length += line.length;
        last = line.length;
        commits++;
    }

    /** Takes the last commit back, which nobody was told of. The next one is written in its place. */
    void takeBack() {
        length -= last;
        commits--;
    }

    /**
     * Completes the log once its folder was moved, as Jenkins does by a copy between two disks: it lacks the commits
     * since it was copied. One has their values, and the others have none.
     *
     * @param all returns all values
     * @throws IOException if it cannot be completed; nothing can be appended then
     */
    void complete(Supplier<Map<String, Object>> all) throws IOException {
        if (Disk.size(file()) >= length) {
            return;
        }
        var there = new BuildLog(folder);
        var known = new LinkedHashMap<String, JsonNode>();
        there.read(0, known);
        var values = new LinkedHashMap<String, Object>();
        known.keySet().forEach(key -> values.put(key, null));
        values.putAll(all.get());
        while (there.commits < commits) {
            there.append(values);
            values.clear();
        }
        length = there.length;
        last = there.last;
    }

    /** Writes a line behind what is known to be on disk. */
    private void write(Path file, byte[] line) throws IOException {
        Set<OpenOption> options = commits == 0
                ? Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE)
                : Set.of(StandardOpenOption.WRITE);
        DurableFile.despiteInterrupts(() -> {
            try (FileChannel channel = FileChannel.open(file, options)) {
                long size = channel.size();
                if (size < length) {
                    throw missing(file, "it has " + size + " bytes, and " + length + " were written");
                } else if (size > Math.max(length, tried)) {
                    throw new DoubtException(
                            file, "it has " + size + " bytes, of which somebody else has written some");
                }
                missing = null;
                cutBack(channel);
                tried = length + line.length;
                try {
                    ByteBuffer bytes = ByteBuffer.wrap(line);
                    while (bytes.hasRemaining()) {
                        channel.write(bytes, length + bytes.position());
                    }
                    sync(channel);
                } catch (ClosedByInterruptException x) {
                    throw x;
                } catch (IOException x) {
                    cutBack(channel); // else it might count after a crash, though nobody was told
                    throw x;
                }
            } catch (NoSuchFileException x) {
                throw commits == 0 ? x : missing(file, "it is gone");
            }
        });
    }

    private IOException missing(Path file, String what) {
        long now = System.nanoTime();
        if (missing == null) {
            missing = now;
        }
        return now - missing < MISSING_NANOS ? new IOException(file + ": " + what) : new DoubtException(file, what);
    }

    /** Takes away what a failed write has left. */
    private void cutBack(FileChannel channel) throws IOException {
        if (channel.size() > length) {
            channel.truncate(length);
            channel.force(true);
        }
    }

    private static void sync(FileChannel channel) throws IOException {
        channel.force(true);
    }
}
