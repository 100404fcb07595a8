package io.jenkins.plugins.armory.storage.disk;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * A disk in memory that keeps no more than it must. After a {@link #crash}, what was not synced is lost, partly there,
 * or garbage: the end of a file behind the synced part, and the last changes to each name in a folder, independently of
 * each other. Any change may fail, and the process may be killed in the middle of one.
 */
public final class CrashingDisk implements Disk {

    /** Says that the process was killed; nothing that it does from now on has an effect. */
    public static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Content {
        private byte[] bytes = {};
        /** The number of bytes that survive any crash. */
        private int synced;

        Content(byte[] bytes, int synced) {
            this.bytes = bytes;
            this.synced = synced;
        }
    }

    private final Random random;
    private Map<Path, Content> files = new HashMap<>();
    /** What each name stood for since its folder was synced, the oldest first; {@code null} for nothing. */
    private Map<Path, List<Content>> unsynced = new HashMap<>();

    private boolean killed;
    private int changesUntilKill = Integer.MAX_VALUE;
    private int changesUntilFault = Integer.MAX_VALUE;
    private double faults;
    private int failures;
    private int syncs;

    public CrashingDisk(Random random) {
        this.random = random;
    }

    /** Returns a disk that has these files, all of them synced. */
    public static CrashingDisk with(Map<Path, byte[]> contents) {
        var disk = new CrashingDisk(new Random(0));
        contents.forEach((file, bytes) -> disk.files.put(file, new Content(bytes, bytes.length)));
        return disk;
    }

    /** Returns what the files hold. */
    public synchronized Map<Path, byte[]> contents() {
        var contents = new HashMap<Path, byte[]>();
        files.forEach((file, content) -> contents.put(file, content.bytes.clone()));
        return contents;
    }

    /** Kills the process in the middle of a change, counted from 1 for the next. */
    public synchronized void killAt(int change) {
        changesUntilKill = change;
    }

    /** Makes a change fail, counted from 1 for the next, if the process lives until then. */
    public synchronized void failAt(int change) {
        changesUntilFault = change;
    }

    /**
     * Makes changes fail at random.
     *
     * @param probability the probability that a change fails
     */
    public synchronized void fail(double probability) {
        faults = probability;
    }

    /** Returns the number of changes that have failed. */
    public synchronized int failures() {
        return failures;
    }

    /** Returns the number of syncs of content. */
    synchronized int syncs() {
        return syncs;
    }

    public synchronized List<Path> all() {
        return files.keySet().stream().sorted().toList();
    }

    /** Crashes the machine. After that, another process uses the disk. */
    public synchronized void crash() {
        unsynced.forEach((name, history) -> {
            Content left = history.get(random.nextInt(history.size()));
            if (left == null) {
                files.remove(name);
            } else {
                files.put(name, left);
            }
        });
        unsynced = new HashMap<>();
        files.replaceAll((name, content) -> remains(content));
        restart();
    }

    /** Starts another process after one was killed. All that the killed one wrote is there, synced or not. */
    public synchronized void restart() {
        killed = false;
        changesUntilKill = Integer.MAX_VALUE;
        changesUntilFault = Integer.MAX_VALUE;
    }

    private Content remains(Content content) {
        int kept = content.synced + random.nextInt(content.bytes.length - content.synced + 1);
        byte[] bytes = Arrays.copyOf(content.bytes, kept);
        if (kept > content.synced && random.nextBoolean()) {
            bytes[content.synced + random.nextInt(kept - content.synced)] = (byte) random.nextInt(256);
        }
        return new Content(bytes, kept);
    }

    /** Makes a change, or fails or kills the process instead, with or without its effect. */
    private void change(Runnable effect) throws IOException {
        checkAlive();
        boolean kill = --changesUntilKill == 0;
        boolean due = --changesUntilFault == 0;
        boolean fail = !kill && (random.nextDouble() < faults || due);
        if (!kill && !fail || random.nextBoolean()) {
            effect.run();
        }
        if (kill) {
            killed = true;
            throw new Killed();
        } else if (fail) {
            failures++;
            throw new IOException("No space left on device");
        }
    }

    private void checkAlive() {
        if (killed) {
            throw new Killed();
        }
    }

    private void name(Path file, @CheckForNull Content content) {
        unsynced.computeIfAbsent(file, each -> new ArrayList<>(Arrays.asList(files.get(file))))
                .add(content);
        if (content == null) {
            files.remove(file);
        } else {
            files.put(file, content);
        }
    }

    private Content find(Path file) throws IOException {
        checkAlive();
        Content content = files.get(file);
        if (content == null) {
            throw new NoSuchFileException(file.toString());
        }
        return content;
    }

    @Override
    public synchronized void createFolder(Path folder) {
        checkAlive(); // there are no folders
    }

    @Override
    public synchronized List<Path> list(Path folder) {
        checkAlive();
        return files.keySet().stream()
                .filter(file -> folder.equals(file.getParent()))
                .toList();
    }

    @Override
    public synchronized boolean exists(Path file) {
        checkAlive();
        return files.containsKey(file);
    }

    @Override
    public synchronized byte[] read(Path file) throws IOException {
        return find(file).bytes.clone();
    }

    @Override
    public synchronized void replace(Path file, byte[] content) throws IOException {
        change(() -> name(file, new Content(content.clone(), content.length)));
    }

    @Override
    public synchronized Output create(Path file) throws IOException {
        if (files.containsKey(file)) {
            throw new FileAlreadyExistsException(file.toString());
        }
        var created = new Content(new byte[0], 0);
        change(() -> name(file, created));
        return output(created);
    }

    @Override
    public synchronized Output append(Path file) throws IOException {
        return output(find(file));
    }

    @Override
    public synchronized InputStream open(Path file) throws IOException {
        return new ByteArrayInputStream(find(file).bytes.clone());
    }

    @Override
    public synchronized long size(Path file) {
        checkAlive();
        Content content = files.get(file);
        return content == null ? -1 : content.bytes.length;
    }

    private Output output(Content written) {
        return new Output() {
            @Override
            public void append(byte[] content) throws IOException {
                synchronized (CrashingDisk.this) {
                    checkAlive();
                    int old = written.bytes.length;
                    byte[] all = Arrays.copyOf(written.bytes, old + content.length);
                    System.arraycopy(content, 0, all, old, content.length);
                    written.bytes = Arrays.copyOf(all, old + random.nextInt(content.length + 1));
                    change(() -> {
                        written.bytes = all;
                        written.synced = all.length;
                    });
                    syncs++;
                }
            }

            @Override
            public void close() {
                // synced content is safe
            }
        };
    }

    @Override
    public synchronized void truncate(Path file, long length) throws IOException {
        Content content = find(file);
        change(() -> {
            content.bytes = Arrays.copyOf(content.bytes, (int) length);
            content.synced = (int) length;
        });
    }

    @Override
    public synchronized void delete(Path file) throws IOException {
        checkAlive();
        if (files.containsKey(file)) {
            change(() -> name(file, null));
        }
    }

    @Override
    public synchronized void sync(Path folder) throws IOException {
        change(() -> unsynced.keySet().removeIf(file -> folder.equals(file.getParent())));
    }

    @Override
    public synchronized Instant modified(Path file) {
        return Instant.EPOCH;
    }
}
