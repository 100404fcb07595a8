package io.jenkins.plugins.armory.storage;

import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * What {@link ApprovalStore} and {@link Journal} ask of a file system, as far as it matters what survives a crash: the
 * tests have one that loses whatever was not synced.
 */
interface Disk {

    /** The disk of this machine. */
    Disk LOCAL = new Local();

    /** A file that is written from its start to its end. */
    interface Output extends Closeable {

        /**
         * Adds to the end.
         *
         * @throws IOException when not all of it is on disk; how much is, nobody knows then
         */
        void append(byte[] content) throws IOException;
    }

    /** Makes a folder and what it lies in, where they are not there, and sees to it that they stay. */
    void createFolder(Path folder) throws IOException;

    /** The files of a folder, in no order. */
    List<Path> list(Path folder) throws IOException;

    boolean exists(Path file);

    /** @throws NoSuchFileException when there is none */
    byte[] read(Path file) throws IOException;

    /** See {@link DurableFile#replace}. */
    void replace(Path file, byte[] content) throws IOException;

    /** Makes a file that is not there yet; that it is named in its folder is on disk after {@link #sync}. */
    Output create(Path file) throws IOException;

    /** Cuts off what is behind that length, in bytes, and sees to it that the rest is on disk. */
    void truncate(Path file, long length) throws IOException;

    /** Deletes a file, if it is there; after {@link #sync} it does not come back. */
    void delete(Path file) throws IOException;

    /** See {@link DurableFile#syncFolder}. */
    void sync(Path folder) throws IOException;

    /** When the file was written last, or is to count as written. */
    Instant modified(Path file) throws IOException;

    /** Has the file count as written at that time. */
    void setModified(Path file, Instant time) throws IOException;

    /** Not a FileChannel: that would be closed for all when the one thread that writes for them is interrupted. */
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
                sync(Objects.requireNonNull(folder.getParent(), "a folder of the store is in another"));
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
        public void truncate(Path file, long length) throws IOException {
            try (RandomAccessFile cut = new RandomAccessFile(file.toFile(), "rw")) {
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

        @Override
        public void setModified(Path file, Instant time) throws IOException {
            Files.setLastModifiedTime(file, FileTime.from(time));
        }
    }
}
