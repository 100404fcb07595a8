package io.jenkins.plugins.armory.storage.disk;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The file system as the history and the markers use it.
 */
@Restricted(NoExternalUse.class)
public interface Disk {

    /** The disk of this machine. */
    Disk LOCAL = new Local();

    /** A file that is written from its start to its end. */
    interface Output extends Closeable {

        /**
         * Appends to the end, and syncs.
         *
         * @throws IOException if part of the content may not be on disk
         */
        void append(byte[] content) throws IOException;
    }

    /** Creates a folder, and those above it, where they are missing. The folder is durable. */
    void createFolder(Path folder) throws IOException;

    /** Returns the files of a folder, in no order. */
    List<Path> list(Path folder) throws IOException;

    boolean exists(Path file);

    /**
     * Returns the content of a file.
     *
     * @throws NoSuchFileException if there is none
     */
    byte[] read(Path file) throws IOException;

    /** See {@link DurableFile#replace}. */
    void replace(Path file, byte[] content) throws IOException;

    /** Creates a file that does not exist yet. Its name is durable after {@link #sync} of its folder. */
    Output create(Path file) throws IOException;

    /** Opens a file that exists, to append to it. */
    Output append(Path file) throws IOException;

    /** Opens a file, to read it from its start to its end. */
    InputStream open(Path file) throws IOException;

    /** Returns the length of a file in bytes, -1 if there is none. */
    long size(Path file) throws IOException;

    /** Cuts a file to a length in bytes, and syncs it. */
    void truncate(Path file, long length) throws IOException;

    /** Deletes a file if there is one. The deletion is durable after {@link #sync} of its folder. */
    void delete(Path file) throws IOException;

    /** See {@link DurableFile#syncFolder}. */
    void sync(Path folder) throws IOException;

    /** Returns the time of the last write. */
    Instant modified(Path file) throws IOException;

    /**
     * A file of this machine. It is no FileChannel: an interrupt of the one thread that writes for all would close
     * that.
     */
    final class LocalOutput implements Output {

        private final FileOutputStream stream;

        LocalOutput(Path file) throws IOException {
            stream = new FileOutputStream(file.toFile(), true);
        }

        @Override
        public void append(byte[] content) throws IOException {
            stream.write(content);
            sync();
        }

        private void sync() throws IOException {
            stream.getFD().sync();
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    final class Local implements Disk {

        @Override
        public void createFolder(Path folder) throws IOException {
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                sync(Objects.requireNonNull(folder.getParent(), "a folder of the store has a parent"));
            }
        }

        @Override
        public List<Path> list(Path folder) throws IOException {
            try (Stream<Path> files = Files.list(folder)) {
                return files.toList();
            }
        }

        @Override
        public boolean exists(Path file) {
            return Files.exists(file);
        }

        @Override
        public byte[] read(Path file) throws IOException {
            return Files.readAllBytes(file);
        }

        @Override
        public void replace(Path file, byte[] content) throws IOException {
            DurableFile.replace(file, content);
        }

        @Override
        public Output create(Path file) throws IOException {
            Files.createFile(file);
            return new LocalOutput(file);
        }

        @Override
        public Output append(Path file) throws IOException {
            return new LocalOutput(file);
        }

        @Override
        public InputStream open(Path file) throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public long size(Path file) throws IOException {
            try {
                return Files.size(file);
            } catch (NoSuchFileException x) {
                return -1;
            }
        }

        @Override
        public void truncate(Path file, long length) throws IOException {
            try (var cut = new RandomAccessFile(file.toFile(), "rw")) {
                cut.setLength(length);
                cut.getFD().sync();
            }
        }

        @Override
        public void delete(Path file) throws IOException {
            Files.deleteIfExists(file);
        }

        @Override
        public void sync(Path folder) throws IOException {
            DurableFile.syncFolder(folder);
        }

        @Override
        public Instant modified(Path file) throws IOException {
            return Files.getLastModifiedTime(file).toInstant();
        }
    }
}
