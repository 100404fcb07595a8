package io.jenkins.plugins.armory.approval;

import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Keeps every approval in a file of its own below one folder:
 *
 * <pre>
 * pending/ID.json   not decided yet; read into memory at start, so a start costs what is pending, not what ever was
 * decided/ID.json   decided; read when somebody asks
 * </pre>
 *
 * A decision is written to {@code decided/} first and only then taken from {@code pending/}. Whoever finds both, after a
 * crash between the two, goes by {@code decided/}. When a method that changes an approval has returned, the change is
 * on disk. Changes of one approval are made one after another; different approvals do not wait for each other.
 */
public final class ApprovalStore {

    private static final Logger LOGGER = Logger.getLogger(ApprovalStore.class.getName());
    private static final String SUFFIX = ".json";
    /** What an id may look like; keeps whatever a caller sends from naming another file. */
    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,64}");
    /** How many decided approvals {@link #recentlyDecided} remembers. */
    static final int RECENT = 100;

    private final Path pendingFolder;
    private final Path decidedFolder;
    private final Map<String, Approval> pending = new ConcurrentHashMap<>();
    /** The newest decided approvals, newest first; guarded by itself. */
    private final List<Approval> recent = new ArrayList<>();
    /** One lock for many approvals: enough that two rarely meet, and nothing to clean up. */
    private final ReentrantLock[] locks = Stream.generate(ReentrantLock::new).limit(64).toArray(ReentrantLock[]::new);

    private final List<Consumer<Approval>> decisionListeners = new CopyOnWriteArrayList<>();

    private ApprovalStore(Path folder) {
        pendingFolder = folder.resolve("pending");
        decidedFolder = folder.resolve("decided");
    }

    /**
     * Opens the store, which is made if it is not there.
     *
     * @throws IOException when the folder cannot be made or read
     */
    public static ApprovalStore open(Path folder) throws IOException {
        ApprovalStore store = new ApprovalStore(folder);
        Files.createDirectories(store.pendingFolder);
        Files.createDirectories(store.decidedFolder);
        removeTemporaryFiles(store.pendingFolder);
        removeTemporaryFiles(store.decidedFolder);
        store.readPending();
        store.readRecent();
        return store;
    }

    private static void removeTemporaryFiles(Path folder) throws IOException {
        list(folder, DurableFile.TEMPORARY).forEach(ApprovalStore::delete);
    }

    private void readPending() throws IOException {
        for (Path file : list(pendingFolder, SUFFIX)) {
            String id = idOf(file);
            if (Files.exists(decidedFile(id))) {
                delete(file);
            } else {
                read(file).ifPresent(approval -> pending.put(id, approval));
            }
        }
    }

    private void readRecent() throws IOException {
        Comparator<Path> newestFirst = Comparator.comparing((Path file) -> {
                    try {
                        return Files.getLastModifiedTime(file).toMillis();
                    } catch (IOException x) {
                        return 0L; // deleted meanwhile
                    }
                })
                .reversed();
        list(decidedFolder, SUFFIX).stream().sorted(newestFirst).limit(RECENT).forEach(file -> read(file)
                .ifPresent(recent::add));
    }

    /**
     * Adds a new approval.
     *
     * @throws IOException when it could not be made durable; it is not added then
     */
    public void create(Approval approval) throws IOException {
        String id = approval.id();
        if (!ID.matcher(id).matches() || approval.isDecided()) {
            throw new IllegalArgumentException("not a new approval: " + approval);
        }
        ReentrantLock lock = lock(id);
        try {
            ApprovalFile.write(pendingFile(id), approval);
            pending.put(id, approval);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The approval of that id, whatever its state; empty for an id that is unknown or was forgotten.
     *
     * @throws IOException when there is one that cannot be read, which is not to be taken for one that is gone
     */
    public Optional<Approval> find(String id) throws IOException {
        Approval waiting = pending.get(id);
        if (waiting != null) {
            return Optional.of(waiting);
        }
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        Optional<Approval> decided = readIfThere(decidedFile(id));
        // What is pending is in memory, unless it could not be read when the store was opened.
        return decided.isPresent() ? decided : readIfThere(pendingFile(id));
    }

    /**
     * Applies an event.
     *
     * @return what came of it, already on disk; empty for an id that is unknown or was forgotten
     * @throws IOException when the change could not be made durable; the approval is as it was then
     */
    public Optional<Transition> apply(String id, Event event, Instant now) throws IOException {
        ReentrantLock lock = lock(id);
        try {
            Optional<Approval> found = find(id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            Transition transition = found.get().on(event, now);
            if (!transition.approval().equals(found.get())) {
                write(transition.approval());
            }
            return Optional.of(transition);
        } finally {
            lock.unlock();
        }
    }

    private void write(Approval approval) throws IOException {
        String id = approval.id();
        if (!approval.isDecided()) {
            ApprovalFile.write(pendingFile(id), approval);
            pending.put(id, approval);
            return;
        }
        ApprovalFile.write(decidedFile(id), approval);
        boolean first = pending.remove(id) != null; // what is noted of a decided one comes here too
        remember(approval);
        if (first) {
            decisionListeners.forEach(listener -> listener.accept(approval));
        }
        delete(pendingFile(id)); // or not: from here on it is decided/ that counts
    }

    private void remember(Approval approval) {
        synchronized (recent) {
            for (int i = 0; i < recent.size(); i++) {
                if (recent.get(i).id().equals(approval.id())) {
                    recent.set(i, approval);
                    return;
                }
            }
            recent.add(0, approval);
            if (recent.size() > RECENT) {
                recent.remove(RECENT);
            }
        }
    }

    /** Tells somebody of each decision from now on, see {@link Approvals#onDecision}. */
    void onDecision(Consumer<Approval> listener) {
        decisionListeners.add(listener);
    }

    /** Every approval that is not decided, in no order; not a copy, so approvals may come and go while it is looked at. */
    public Collection<Approval> pending() {
        return Collections.unmodifiableCollection(pending.values());
    }

    /** The newest decided approvals, newest first; at most {@value #RECENT}. */
    public List<Approval> recentlyDecided() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
    }

    /**
     * Removes the matching approvals: nothing can be decided about them any more. Reads every file, so it is not for a
     * request.
     */
    public void removeIf(Predicate<Approval> gone) throws IOException {
        pending().stream().filter(gone).forEach(approval -> remove(approval.id()));
        try (Stream<Approval> all = allDecided()) {
            all.filter(gone).forEach(approval -> remove(approval.id()));
        }
    }

    /** Removes an approval, if there is one of that id. */
    public void remove(String id) {
        if (!ID.matcher(id).matches()) {
            return;
        }
        ReentrantLock lock = lock(id);
        try {
            pending.remove(id);
            synchronized (recent) {
                recent.removeIf(approval -> approval.id().equals(id));
            }
            delete(pendingFile(id));
            delete(decidedFile(id));
        } finally {
            lock.unlock();
        }
    }

    /** Follows a job, or a folder of jobs, that was renamed or moved. */
    public void move(String oldFullName, String newFullName) throws IOException {
        for (String id : pending.keySet()) {
            rewrite(id, approval -> approval.moved(oldFullName, newFullName));
        }
        synchronized (recent) {
            List<Approval> moved = recent.stream()
                    .map(approval -> approval.moved(oldFullName, newFullName))
                    .toList();
            recent.clear();
            recent.addAll(moved);
        }
        try (Stream<Approval> all = allDecided()) {
            for (Approval approval : (Iterable<Approval>) all::iterator) {
                rewrite(approval.id(), each -> each.moved(oldFullName, newFullName));
            }
        }
    }

    private void rewrite(String id, UnaryOperator<Approval> change) throws IOException {
        ReentrantLock lock = lock(id);
        try {
            Approval before = find(id).orElse(null);
            Approval after = before == null ? null : change.apply(before);
            if (after == null || after.equals(before)) {
                return;
            }
            ApprovalFile.write(after.isDecided() ? decidedFile(id) : pendingFile(id), after);
            pending.computeIfPresent(id, (key, old) -> after);
        } finally {
            lock.unlock();
        }
    }

    private Stream<Approval> allDecided() throws IOException {
        return list(decidedFolder, SUFFIX).stream().flatMap(file -> read(file).stream());
    }

    private static Optional<Approval> readIfThere(Path file) throws IOException {
        try {
            return Optional.of(ApprovalFile.read(file));
        } catch (NoSuchFileException x) {
            return Optional.empty();
        }
    }

    /** Empty when there is no such file, and when it is unreadable: then it stays where it is, for somebody to look at. */
    private static Optional<Approval> read(Path file) {
        try {
            return readIfThere(file);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read the approval in {0}: {1}", new Object[] {file, x.getMessage()});
            return Optional.empty();
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot delete " + file, x);
        }
    }

    private static List<Path> list(Path folder, String suffix) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(suffix)).toList();
        }
    }

    private static String idOf(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.substring(0, name.length() - SUFFIX.length());
    }

    private Path pendingFile(String id) {
        return pendingFolder.resolve(id + SUFFIX);
    }

    private Path decidedFile(String id) {
        return decidedFolder.resolve(id + SUFFIX);
    }

    private ReentrantLock lock(String id) {
        ReentrantLock lock = locks[Math.floorMod(id.hashCode(), locks.length)];
        lock.lock();
        return lock;
    }
}
