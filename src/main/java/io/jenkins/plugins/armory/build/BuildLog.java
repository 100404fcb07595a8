package io.jenkins.plugins.armory.build;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.storage.disk.ChecksumLine;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.DurableFile;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
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
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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
 * A line has the CRC-32C of the rest, the number of the commit, and the values that it sets, by key; {@code null} removes one. The last value
 * of a key counts. A last line without its line feed was never acknowledged, and is cut off. All else that is wrong is a {@link
 * DoubtException}: nothing is repaired.
 *
 * <p>No handle is kept and no file is created but by the first commit, so that Jenkins can move and delete the folder. Only one thread may use
 * an object at a time.
 */
final class BuildLog {

    static final String FILE = "armory.log";

    private static final byte LINE_FEED = '\n';

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

    private long commits;

    /** @param folder returns the build's folder, which changes with the name of the job */
    BuildLog(Supplier<Path> folder) {
        this.folder = folder;
    }

    /**
     * Reads the log, once and before all else; one that does not exist has no values.
     *
     * @param seen the commits that were seen on disk before: with fewer, the log was lost or is an older copy
     * @return the values, each where its key came first
     * @throws DoubtException if it is not what was written
     * @throws IOException if it cannot be read
     */
    Map<String, JsonNode> read(long seen) throws IOException {
        Path file = file();
        byte[] content = content(file);
        var values = new LinkedHashMap<String, JsonNode>();
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
        int last = content.length - 1;
        if (last > length && ChecksumLine.content(content, (int) length, last) != null) {
            throw new DoubtException(file, "its last line feed is damaged");
        }
        if (commits < seen) {
            throw new DoubtException(file, "it has " + commits + " commits, and " + seen + " were there before");
        }
        return values;
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
    void append(Map<String, JsonNode> values) throws IOException {
        String text = (commits + 1) + " " + StoredJson.text(values);
        byte[] line = ChecksumLine.of(text.getBytes(StandardCharsets.UTF_8));
        write(file(), line);
        if (commits == 0) {
            DurableFile.syncFolder(folder.get());
        }
        length += line.length;
        commits++;
    }

    /**
     * Completes the log once its folder was moved, as Jenkins does by a copy between two disks: it lacks the commits since it was copied. One
     * has their values, and the others have none.
     *
     * @param all returns all values
     * @throws IOException if it cannot be completed; nothing can be appended then
     */
    void complete(Supplier<Map<String, JsonNode>> all) throws IOException {
        if (Disk.size(file()) >= length) {
            return;
        }
        var there = new BuildLog(folder);
        Map<String, JsonNode> values = there.read(0);
        values.replaceAll((key, value) -> NullNode.getInstance());
        values.putAll(all.get());
        while (there.commits < commits) {
            there.append(values);
            values = Map.of();
        }
        length = there.length;
    }

    /** Writes a line behind what is known to be on disk. */
    private void write(Path file, byte[] line) throws IOException {
        Set<OpenOption> options = commits == 0
                ? Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE)
                : Set.of(StandardOpenOption.WRITE);
        DurableFile.despiteInterrupts(() -> {
            try (FileChannel channel = FileChannel.open(file, options)) {
                if (channel.size() < length) {
                    throw new IOException(file + " has " + channel.size() + " bytes, and " + length + " were written");
                }
                cutBack(channel);
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
            }
        });
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
