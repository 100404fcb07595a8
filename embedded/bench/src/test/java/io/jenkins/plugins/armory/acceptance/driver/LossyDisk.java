package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk with a volatile cache: an ext4 file system on a block device that loses what was not flushed when its power is
 * cut.
 *
 * <p>The device is a loop device on an image file. The file is in LazyFS, a FUSE file system that keeps what is written
 * to a file in its own memory until that file is synced. The kernel turns a flush of the device into a sync of the
 * file. So the memory of the LazyFS process is the cache of the disk, and SIGKILL to this process is the power cut.
 */
public final class LossyDisk implements AutoCloseable {

    /**
     * LazyFS has the room for all of it in its memory, and fills that when it starts; with less, it would write too
     * soon.
     */
    private static final int MEBIBYTES = 128;

    private static final String IMAGE = "disk.img";

    private final Path lazyfs;
    private final Path folder;
    private final Path work;
    /** Where LazyFS keeps what was synced. */
    private final Path platter;
    /** Where LazyFS shows the same together with what was not synced. */
    private final Path cache;

    private final Thread lastResort = new Thread(this::tearDown);
    private Process process;
    private String device;

    private LossyDisk(Path lazyfs, Path folder) {
        this.lazyfs = lazyfs;
        this.folder = folder;
        try {
            work = Files.createTempDirectory(JavaProcess.homesFolder(), "disk-");
            platter = Files.createDirectory(work.resolve("platter"));
            cache = Files.createDirectory(work.resolve("cache"));
            Files.writeString(work.resolve("lazyfs.toml"), """
                    [faults]
                    fifo_path = "%s"
                    [cache]
                    apply_eviction = false
                    [cache.simple]
                    custom_size = "%dMB"
                    blocks_per_page = 1
                    [filesystem]
                    log_all_operations = false
                    """.formatted(work.resolve("faults.fifo"), MEBIBYTES));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Whether this machine lets this process mount such a disk. */
    public static boolean isAllowed() {
        return Files.isWritable(Path.of("/dev/fuse"))
                && Files.isWritable(Path.of("/dev/loop-control"))
                && Files.isExecutable(Path.of("/usr/sbin/mkfs.ext4"));
    }

    /**
     * Mounts one on a folder. It begins with what the folder has.
     *
     * @param lazyfs the program
     */
    public static LossyDisk mount(Path lazyfs, Path folder) {
        LossyDisk disk = new LossyDisk(lazyfs, folder);
        // The first start after a power cut must not write for minutes: the kernel would fill the tables of inodes
        // then.
        Command.output(
                "/usr/sbin/mkfs.ext4",
                "-q",
                "-E",
                "nodiscard,lazy_itable_init=0,lazy_journal_init=0",
                "-d",
                folder.toString(),
                disk.platter.resolve(IMAGE).toString(),
                MEBIBYTES + "M");
        Runtime.getRuntime().addShutdownHook(disk.lastResort);
        disk.powerOn();
        return disk;
    }

    /** Makes what was written durable, all of it. */
    public void sync() {
        Command.output("sync", "--file-system", folder.toString());
    }

    /** Loses what was not synced. Until {@link #remove}, whoever uses the disk gets I/O errors. */
    public void cutPower() {
        process.destroyForcibly();
        awaitEnd();
    }

    private void awaitEnd() {
        try {
            process.waitFor();
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", x);
        }
    }

    /** Takes the dead disk away. Nobody may have a file of it open. */
    public void remove() {
        umount(folder); // not lazily: what the kernel has in memory of it must be gone before the next mount
        Command.output("losetup", "--detach", device);
        Path attached = Path.of("/sys/block", Path.of(device).getFileName().toString(), "loop");
        Wait.until(device + " is free").until(() -> !Files.exists(attached));
        device = null;
        Command.output("umount", "--lazy", cache.toString());
    }

    /** The kernel may still be closing the files of a process that was killed. */
    private static void umount(Path mounted) {
        Wait.until(mounted + " is not in use").untilAsserted(() -> Command.output("umount", mounted.toString()));
    }

    /** Mounts the disk with what is left on it; ext4 reads its journal. */
    public void powerOn() {
        try {
            process = new ProcessBuilder(
                            lazyfs.toString(),
                            cache.toString(),
                            "--config-path",
                            work.resolve("lazyfs.toml").toString(),
                            "-o",
                            "modules=subdir",
                            "-o",
                            "subdir=" + platter,
                            "-f",
                            "-s") // one request after the other, as a disk has it
                    .redirectErrorStream(true)
                    .redirectOutput(work.resolve("lazyfs.log").toFile())
                    .start();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        Path image = cache.resolve(IMAGE);
        Wait.until("LazyFS shows " + image).until(() -> Files.exists(image));
        device = Command.output("losetup", "--find", "--show", image.toString()).trim();
        Command.output("mount", "-t", "ext4", device, folder.toString());
    }

    /** Takes it away, with all that is on it. Nobody may have a file of it open. */
    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(lastResort);
        tearDown();
        for (String file :
                new String[] {"platter/" + IMAGE, "platter", "cache", "faults.fifo", "lazyfs.toml", "lazyfs.log", ""}) {
            work.resolve(file).toFile().delete();
        }
    }

    /** In whatever state it is. */
    private void tearDown() {
        attempt("umount", "--lazy", folder.toString());
        if (device != null) {
            attempt("losetup", "--detach", device);
        }
        attempt("umount", "--lazy", cache.toString());
        if (process != null) {
            process.destroyForcibly();
            awaitEnd();
        }
    }

    private static void attempt(String... command) {
        try {
            Command.output(command);
        } catch (AssertionError | UncheckedIOException x) {
            // It was not there.
        }
    }
}
