package io.jenkins.plugins.armory.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Writes a file so that after a crash at any moment it holds either what it held before or what was written, and that a
 * written file stays written.
 */
@Restricted(NoExternalUse.class)
public final class DurableFile {

    /** Ending of a file that is being written; one that is found at start was left by a crash and means nothing. */
    public static final String TEMPORARY = ".tmp";

    private DurableFile() {}

    /**
     * Writes and syncs the file, and then the folder that names it.
     *
     * @throws IOException when the content is not, or may not be, on disk
     */
    public static void write(Path file, byte[] content) throws IOException {
        replace(file, content);
        syncFolder(Objects.requireNonNull(file.getParent(), "a durable file is in a folder"));
    }

    /** Writes and syncs the file, which is what it was before if that fails. It is durable once its folder is synced. */
    static void replace(Path file, byte[] content) throws IOException {
        Path temporary = Path.of(file + TEMPORARY);
        try {
            try (FileChannel channel = FileChannel.open(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE)) {
                ByteBuffer bytes = ByteBuffer.wrap(content);
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
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException x) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** A rename is durable once its folder is synced. Windows offers no way to do that, and needs none. */
    static void syncFolder(Path folder) throws IOException {
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
}
