package io.jenkins.embedded;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;

/** Writes files so that a reader, or a start after a crash, sees the old content or the new one, never a part. */
final class AtomicFile {
    /** Begin of the name of a folder that is being deleted. */
    private static final String GOING = ".";

    private AtomicFile() {}

    static void write(Path file, byte[] content) throws IOException {
        var temporary = file.resolveSibling(file.getFileName() + ".new");
        try (var channel = FileChannel.open(
                temporary, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            for (var buffer = ByteBuffer.wrap(content); buffer.hasRemaining(); ) {
                channel.write(buffer);
            }
            channel.force(true);
        }
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Deletes a folder with all that is in it. It is renamed first, so that nobody puts anything into it meanwhile. */
    static void deleteFolder(Path folder) throws IOException {
        var going = folder.resolveSibling(GOING + folder.getFileName());
        deleteRecursively(Files.move(folder, going, StandardCopyOption.ATOMIC_MOVE));
    }

    /** Deletes what a crash has left of {@link #deleteFolder}; whether there was anything. */
    static boolean deleteIfGoing(Path folder) throws IOException {
        if (!folder.getFileName().toString().startsWith(GOING)) {
            return false;
        }
        deleteRecursively(folder);
        return true;
    }

    private static void deleteRecursively(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
