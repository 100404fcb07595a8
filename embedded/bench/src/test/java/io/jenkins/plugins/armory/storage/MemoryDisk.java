package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.storage.disk.Disk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** A disk that takes everything and keeps nothing, to measure all but the disk. */
class MemoryDisk implements Disk {

    @Override
    public void createFolder(Path folder) {}

    @Override
    public List<Path> list(Path folder) {
        return List.of();
    }

    @Override
    public boolean exists(Path file) {
        return false;
    }

    @Override
    public byte[] read(Path file) throws IOException {
        throw new NoSuchFileException(file.toString());
    }

    @Override
    public void replace(Path file, byte[] content) {}

    @Override
    public Output create(Path file) {
        return new Output() {
            @Override
            public void append(byte[] content) {}

            @Override
            public void close() {}
        };
    }

    @Override
    public Output append(Path file) {
        return create(file);
    }

    @Override
    public InputStream open(Path file) {
        return InputStream.nullInputStream();
    }

    @Override
    public long size(Path file) {
        return -1;
    }

    @Override
    public void truncate(Path file, long length) {}

    @Override
    public void delete(Path file) {}

    @Override
    public void sync(Path folder) {}

    @Override
    public Instant modified(Path file) {
        return Instant.EPOCH;
    }
}
