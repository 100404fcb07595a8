package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
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
 * A disk in memory that keeps no more than it has to. What was not synced may be lost in a {@link #crash}, or be there
 * in part, or be garbage: the content of a file from what was synced on, and the last changes to each name in a folder that
 * was not synced, independently of each other. It may fail, and the process may be killed, in the middle of any change.
 */
final class CrashingDisk implements Disk {

    /** The process is gone; nothing that it does any more has any effect. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Content {
        private byte[] bytes = {};
        /** So many of the bytes are sure to survive. */
        private int synced;

        Content(byte[] bytes, int synced) {
            this.bytes = bytes;
            this.synced = synced;
        }
    }

    private final Random random;
    private Map<Path, Content> files = new HashMap<>();
    /** By name, all that it stood for since its folder was synced, the oldest first; {@code null} for nothing. */
    private Map<Path, List<Content>> unsynced = new HashMap<>();

    private boolean killed;
    private int changesUntilKill = Integer.MAX_VALUE;
    private int changesUntilFault = Integer.MAX_VALUE;
    private double faults;
    private int failures;
    private int syncs;

    CrashingDisk(Random random) {
        this.random = random;
    }

    /** Kills the process in the middle of the change with that number, from 1 for the next. */
    synchronized void killAt(int change) {
        changesUntilKill = change;
    }

    /** Has the change with that number fail, from 1 for the next, if the process lives until then. */
    synchronized void failAt(int change) {
        changesUntilFault = change;
    }

    /** @param probability of a change to fail */
    synchronized void fail(double probability) {
        faults = probability;
    }

    /** How many changes have failed so far. */
    synchronized int failures() {
        return failures;
    }

    /** How often content was synced so far. */
    synchronized int syncs() {
        return syncs;
    }

    synchronized List<Path> all() {
        return files.keySet().stream().sorted().toList();
    }

    /** The machine goes down. Afterwards it is another process that uses the disk. */
    synchronized void crash() {
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

    /** The process was killed and the machine was not: what it wrote is there, synced or not. */
    synchronized void restart() {
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

    /** @return whether what is to be done is to have its effect, before it fails */
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
        Content created = new Content(new byte[0], 0);
        change(() -> name(file, created));
        return new Output() {
            @Override
            public void append(byte[] content) throws IOException {
                synchronized (CrashingDisk.this) {
                    checkAlive();
                    int old = created.bytes.length;
                    byte[] all = Arrays.copyOf(created.bytes, old + content.length);
                    System.arraycopy(content, 0, all, old, content.length);
                    created.bytes = Arrays.copyOf(all, old + random.nextInt(content.length + 1));
                    change(() -> {
                        created.bytes = all;
                        created.synced = all.length;
                    });
                    syncs++;
                }
            }

            @Override
            public void close() {
                // what counts is synced
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

    @Override
    public synchronized void setModified(Path file, Instant time) {
        checkAlive(); // there are no times
    }
}
