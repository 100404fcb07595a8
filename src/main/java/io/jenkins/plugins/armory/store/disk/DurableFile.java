package io.jenkins.plugins.armory.store.disk;

import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Writes files durably and atomically: after a crash at any moment, a file has its old content or the new one. */
@Restricted(NoExternalUse.class)
public final class DurableFile {

    /** The ending of a file that is being written. One that a crash has left means nothing. */
    public static final String TEMPORARY = ".tmp";

    private DurableFile() {}

    /**
     * Writes and syncs a file, and then its folder.
     *
     * @throws IOException if the content may not be on disk
     */
    public static void write(Path file, byte[] content) throws IOException {
        replace(file, content);
        syncFolder(Objects.requireNonNull(file.getParent(), "a durable file is in a folder"));
    }

    /**
     * Replaces and syncs a file. If this fails, the file has its old content. The new content is durable once the
     * folder is synced.
     */
    private static void replace(Path file, byte[] content) throws IOException {
        Path temporary = Path.of(file + TEMPORARY);
        try {
            despiteInterrupts(() -> fill(temporary, content));
            move(temporary, file);
        } catch (IOException x) {
            Files.deleteIfExists(temporary);
            throw x;
        }
    }

    private static void fill(Path file, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    private static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException x) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Syncs a folder, which makes renames in it durable. Windows has no way to do that, and needs none. */
    public static void syncFolder(Path folder) throws IOException {
        despiteInterrupts(() -> force(folder));
    }

    private static void force(Path folder) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(folder, StandardOpenOption.READ);
        } catch (IOException x) {
            if (File.separatorChar == '\\') {
                return; // Windows cannot open a folder
            }
            throw x;
        }
        try (channel) {
            channel.force(true);
        }
    }

    /** A use of a channel. */
    public interface ChannelUse {
        void run() throws IOException;
    }

    /**
     * Uses a channel again if an interrupt has closed it: the thread may write for others too. The thread stays
     * interrupted.
     */
    public static void despiteInterrupts(ChannelUse use) throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    use.run();
                    return;
                } catch (ClosedByInterruptException x) {
                    interrupted = Thread.interrupted();
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
