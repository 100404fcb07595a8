package io.jenkins.plugins.armory.store.disk;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Folders that are durable, and files that are appended to. */
@Restricted(NoExternalUse.class)
public final class Disk {

    private Disk() {}

    /** A file that is written from its end. It is no FileChannel: an interrupt of a thread would close that. */
    public static final class Output implements Closeable {

        private final FileOutputStream stream;

        private Output(Path file) throws IOException {
            stream = new FileOutputStream(file.toFile(), true);
        }

        /**
         * Appends to the end, and syncs.
         *
         * @throws IOException if part of the content may not be on disk
         */
        public void append(byte[] content) throws IOException {
            stream.write(content);
            stream.getFD().sync();
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    /** Creates a folder, and those above it, where they are missing. The folder is durable. */
    public static void createFolder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            DurableFile.syncFolder(Objects.requireNonNull(folder.getParent(), "a folder of the store has a parent"));
        }
    }

    /** Returns the files of a folder, in no order. */
    public static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    /** Opens a file, which is created if it is missing. Its name is durable after a sync of its folder. */
    public static Output append(Path file) throws IOException {
        return new Output(file);
    }

    /** Returns the length of a file in bytes, -1 if there is none. */
    public static long size(Path file) throws IOException {
        try {
            return Files.size(file);
        } catch (NoSuchFileException x) {
            return -1;
        }
    }

    /** Cuts a file to a length in bytes, and syncs it. */
    public static void truncate(Path file, long length) throws IOException {
        try (var cut = new RandomAccessFile(file.toFile(), "rw")) {
            cut.setLength(length);
            cut.getFD().sync();
        }
    }
}
