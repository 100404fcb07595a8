package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A file system of its own, in memory, mounted on a folder: it can be filled, and be made one that nobody can write to.
 */
public final class SmallDisk implements AutoCloseable {

    private static final byte[] BLOCK = new byte[512];

    private final Path folder;
    private final Path filler;

    private SmallDisk(Path folder) {
        this.folder = folder;
        this.filler = folder.resolve("filler");
    }

    /** Whether this machine lets this process mount something. */
    public static boolean isAllowed(Path empty) {
        try {
            mount(empty).close();
            return true;
        } catch (AssertionError | UncheckedIOException x) {
            return false;
        }
    }

    /** Mounts one on a folder, which is made if it is not there. */
    public static SmallDisk mount(Path folder) {
        try {
            Files.createDirectories(folder);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        Command.output("mount", "-t", "tmpfs", "-o", "size=256k", "armory-test", folder.toString());
        return new SmallDisk(folder);
    }

    /** Leaves no room for a single byte. */
    public void fill() {
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(BLOCK);
            }
        } catch (IOException x) {
            // It is full.
        }
    }

    /** Makes room again. */
    public void free() {
        try {
            Files.delete(filler);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Puts a view of itself over it that is read-only: the disk is not made so while Jenkins has its lock open. */
    public void makeReadOnly() {
        Command.output("mount", "--bind", folder.toString(), folder.toString());
        Command.output("mount", "-o", "remount,bind,ro", folder.toString());
    }

    public void makeWritable() {
        Command.output("umount", folder.toString());
    }

    /** Takes it away, with all that is on it. */
    @Override
    public void close() {
        Command.output("umount", folder.toString());
    }
}
