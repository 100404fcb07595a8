package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;

/**
 * Counts how often a file is replaced by a new one of its name, as programs of builds are when they are saved. The
 * folder may appear later than this object.
 */
public final class Replacements implements AutoCloseable {

    private final Path file;
    private final WatchService watch;
    private final Thread thread;
    private volatile int count;
    private volatile long largest;

    public Replacements(Path file) {
        this.file = file;
        try {
            watch = FileSystems.getDefault().newWatchService();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        thread = new Thread(this::watch, "counts " + file);
        thread.setDaemon(true);
        thread.start();
    }

    private void watch() {
        try {
            while (!Files.isDirectory(file.getParent())) {
                Thread.sleep(1);
            }
            file.getParent().register(watch, StandardWatchEventKinds.ENTRY_CREATE);
            if (Files.exists(file)) {
                replaced(1);
            }
            while (true) {
                WatchKey key = watch.take();
                for (WatchEvent<?> event : key.pollEvents()) {
                    if (event.kind() == StandardWatchEventKinds.OVERFLOW) {
                        throw new IllegalStateException("Too many files change at once in " + file.getParent());
                    }
                    if (file.getFileName().equals(event.context())) {
                        replaced(event.count());
                    }
                }
                key.reset();
            }
        } catch (ClosedWatchServiceException | InterruptedException x) {
            // close()
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    private void replaced(int times) throws IOException {
        count += times;
        try {
            largest = Math.max(largest, Files.size(file));
        } catch (NoSuchFileException x) {
            // deleted meanwhile, as the program is when its build has ended
        }
    }

    /** How often the file was replaced so far. */
    public int count() {
        return count;
    }

    /** The size of the largest of these files, in bytes. */
    public long largest() {
        return largest;
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join();
            watch.close();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }
}
