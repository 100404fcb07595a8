package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.ApprovalRepository;
import io.jenkins.plugins.armory.approval.Event;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Keeps every approval on disk, below one folder:
 *
 * <pre>
 * journal/N.log     every change, as it comes; what is in here counts
 * pending/ID.json   not closed: pending, or with calls to make; read into memory at start, so a start costs no history
 * decided/ID.json   closed; read when somebody asks
 * moves.json        jobs that got another name, while not all files say so
 * </pre>
 *
 * When a method that changes an approval has returned, the change is on disk: in the journal, with one sync for all that
 * wait for one, see {@link Journal}. {@link #fold} brings the files up to date afterwards, and takes from the journal what
 * they have. A decision is written to {@code decided/} first and only then taken from {@code pending/}. Whoever finds
 * both, after a crash between the two, goes by {@code decided/}.
 *
 * <p>Changes of one approval are made one after another; different approvals do not wait for each other.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalStore implements ApprovalRepository {

    private static final Logger LOGGER = Logger.getLogger(ApprovalStore.class.getName());
    private static final String SUFFIX = ".json";
    /** What an id may look like; keeps whatever a caller sends from naming another file. */
    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,64}");
    /** How many decided approvals {@link #recentlyDecided} remembers. */
    static final int RECENT = 100;

    private static final Comparator<Approval> BY_DECISION =
            Comparator.comparing(approval -> approval.requireDecision().decidedAt());

    private final Disk disk;
    private final Path pendingFolder;
    private final Path decidedFolder;
    private final Moves moves;
    private final Journal journal;
    private final Map<String, Approval> pending = new ConcurrentHashMap<>();
    /** Decided approvals that have calls to make, or whose file in {@code decided/} is not up to date. */
    private final Map<String, Approval> unfolded = new ConcurrentHashMap<>();
    /**
     * The ids of approvals whose files may not be up to date. One is added before its change goes to the journal, or when its
     * job was moved, with the approval's lock held, and taken away when its file is written, likewise: so what is in the journal
     * and not in the files is in here.
     */
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    /** The newest decided approvals, newest first; guarded by itself. */
    private final List<Approval> recent = new ArrayList<>();
    /** One lock for many approvals: enough that two rarely meet, and nothing to clean up. */
    private final ReentrantLock[] locks =
            Stream.generate(ReentrantLock::new).limit(1024).toArray(ReentrantLock[]::new);

    /** The ids of approvals whose files in {@code pending/} could not be read when the store was opened. */
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    private final ReentrantLock moving = new ReentrantLock();
    private final ReentrantLock foldingLock = new ReentrantLock();

    @CheckForNull
    private Folding folding;

    private volatile boolean closed;
    private volatile Runnable changeListener = () -> {};
    private final List<Consumer<Approval>> decisionListeners = new CopyOnWriteArrayList<>();

    private ApprovalStore(Disk disk, Path folder) throws IOException {
        this.disk = disk;
        pendingFolder = folder.resolve("pending");
        decidedFolder = folder.resolve("decided");
        for (Path each : List.of(folder, pendingFolder, decidedFolder)) {
            disk.createFolder(each);
            disk.sync(each); // the process before may have been killed between changing and syncing it
        }
        moves = new Moves(disk, folder.resolve("moves.json"));
        journal = Journal.open(disk, folder.resolve("journal"), this::takeUp);
    }

    /**
     * Opens the store, which is made if it is not there.
     *
     * @throws UnknownFormatException when something in it is intact, and of another version of the plugin
     * @throws IOException when the folder cannot be made or read
     */
    public static ApprovalStore open(Path folder) throws IOException {
        return open(Disk.LOCAL, folder);
    }

    /**
     * Opens the store and has it folded in the background.
     *
     * @param executor runs the file I/O
     * @throws IOException as {@link #open(Path)} does
     */
    public static ApprovalStore open(Path folder, ScheduledExecutorService timer, Executor executor)
            throws IOException {
        return open(Disk.LOCAL, folder, timer, executor);
    }

    static ApprovalStore open(Disk disk, Path folder, ScheduledExecutorService timer, Executor executor)
            throws IOException {
        ApprovalStore store = open(disk, folder);
        store.folding = new Folding(store, timer, executor);
        return store;
    }

    static ApprovalStore open(Disk disk, Path folder) throws IOException {
        ApprovalStore store = new ApprovalStore(disk, folder);
        store.removeTemporaryFiles(store.pendingFolder);
        store.removeTemporaryFiles(store.decidedFolder);
        store.readPending();
        store.readRecent();
        return store;
    }

    private void removeTemporaryFiles(Path folder) throws IOException {
        list(folder, DurableFile.TEMPORARY).forEach(this::delete);
    }

    /** Takes up a record of the journal. */
    private void takeUp(byte[] record) throws IOException {
        ApprovalJson.read(
                record,
                approval -> {
                    changed.add(checked(approval.id()));
                    keep(moves.apply(approval));
                },
                id -> forget(checked(id)));
    }

    private static String checked(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("it has the id " + id);
        }
        return id;
    }

    private void readPending() throws IOException {
        for (String id : List.copyOf(pending.keySet())) { // of the journal
            if (disk.exists(decidedFile(id))) {
                pending.remove(id);
            }
        }
        for (Approval approval : List.copyOf(unfolded.values())) { // likewise
            if (!approval.isClosed() && disk.exists(decidedFile(approval.id()))) {
                unfolded.remove(approval.id());
            }
        }
        boolean deleted = false;
        for (Path file : list(pendingFolder, SUFFIX)) {
            String id = idOf(file);
            if (unfolded.containsKey(id) || disk.exists(decidedFile(id))) {
                delete(file);
                deleted = true;
            } else if (!pending.containsKey(id)) {
                Optional<Approval> approval = readAtStart(file);
                approval.ifPresent(each -> (each.isDecided() ? unfolded : pending).put(id, each));
                if (isMoving()) {
                    changed.add(id);
                }
                if (approval.isEmpty()) {
                    unreadable.add(id);
                }
            }
        }
        if (deleted) {
            disk.sync(
                    pendingFolder); // else one may come back in a crash after its decision was removed, and wait again
        }
    }

    private void readRecent() throws IOException {
        record Dated(Path file, Instant modified) {}
        List<Path> newest = list(decidedFolder, SUFFIX).stream()
                .filter(file -> !unfolded.containsKey(idOf(file)))
                .map(file -> new Dated(file, modified(file))) // once, however often they are compared
                .sorted(Comparator.comparing(Dated::modified).reversed())
                .limit(RECENT)
                .map(Dated::file)
                .toList();
        List<Approval> decided = new ArrayList<>(unfolded.values());
        for (Path file : newest) {
            readAtStart(file).ifPresent(decided::add);
        }
        decided.stream().sorted(BY_DECISION.reversed()).limit(RECENT).forEach(recent::add);
    }

    /** As {@link #read}, but what another version of the plugin wrote keeps the store from being opened. */
    private Optional<Approval> readAtStart(Path file) throws IOException {
        try {
            return readIfThere(file);
        } catch (UnknownFormatException x) {
            throw x;
        } catch (IOException x) {
            return unreadable(file, x);
        }
    }

    private Instant modified(Path file) {
        try {
            return disk.modified(file);
        } catch (IOException x) {
            return Instant.EPOCH; // deleted meanwhile
        }
    }

    @Override
    public void create(Approval approval) throws IOException {
        String id = approval.id();
        if (!ID.matcher(id).matches() || approval.isDecided()) {
            throw new IllegalArgumentException("not a new approval: " + approval);
        }
        ReentrantLock lock = lock(id);
        try {
            write(approval);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public Optional<Approval> find(String id) throws IOException {
        Optional<Approval> inMemory = findInMemory(id);
        if (inMemory.isPresent()) {
            return inMemory;
        }
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        Optional<Approval> decided = readIfThere(decidedFile(id));
        // What is pending is in memory, unless it could not be read when the store was opened.
        return decided.isPresent() ? decided : readIfThere(pendingFile(id));
    }

    @Override
    public Optional<Approval> findInMemory(String id) {
        Approval waiting = pending.get(id);
        return Optional.ofNullable(waiting == null ? unfolded.get(id) : waiting);
    }

    @Override
    public Optional<Transition> apply(String id, Event event, Instant now) throws IOException {
        Approval before;
        Transition transition;
        ReentrantLock lock = lock(id);
        try {
            Optional<Approval> found = find(id);
            if (found.isEmpty()) {
                return Optional.empty();
            }
            before = found.get();
            transition = before.on(event, now);
            if (!transition.approval().equals(before)) {
                write(transition.approval());
                if (transition.approval().isDecided()) { // what is noted of a decided one comes here too
                    remember(transition.approval());
                }
            }
        } finally {
            lock.unlock();
        }
        if (!before.isDecided()
                && transition.approval().isDecided()) { // which happens once, so there is no order to keep
            tellListeners(transition.approval());
        }
        return Optional.of(transition);
    }

    private void tellListeners(Approval decided) {
        decisionListeners.forEach(listener -> isolated(() -> listener.accept(decided)));
    }

    /** What a listener does wrong is not to keep others from what they have to know. */
    private static void isolated(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException | LinkageError x) { // the latter where it is of a plugin that is not there any more
            LOGGER.log(Level.WARNING, "A listener has failed", x);
        }
    }

    @Override
    public void endUnreadable(Approval ended) throws IOException {
        String id = ended.id();
        ReentrantLock lock = lock(id);
        try {
            if (!unreadable.contains(id) || disk.exists(decidedFile(id)) || isReadable(id)) {
                return;
            }
            write(ended);
            remember(ended);
        } finally {
            lock.unlock();
        }
        tellListeners(ended);
    }

    private boolean isReadable(String id) {
        try {
            find(id);
            return true;
        } catch (IOException x) {
            return false;
        }
    }

    @Override
    public Set<String> unreadable() {
        return Set.copyOf(unreadable);
    }

    /** Makes a change durable, and only then known; called with the approval's lock held. */
    private void write(Approval approval) throws IOException {
        changed.add(approval.id());
        append(ApprovalJson.write(approval));
        keep(approval);
    }

    private void append(byte[] record) throws IOException {
        journal.append(record);
        isolated(changeListener);
    }

    private void keep(Approval approval) {
        String id = approval.id();
        if (approval.isDecided()) {
            unfolded.put(id, approval); // first, so that it is found at every moment
            pending.remove(id);
            unreadable.remove(id);
        } else {
            pending.put(id, approval);
            unfolded.remove(id); // a decision that was refused, and that the disk would not take back
        }
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

    @Override
    public void onDecision(Consumer<Approval> listener) {
        decisionListeners.add(listener);
    }

    @Override
    public Collection<Approval> pending() {
        return Collections.unmodifiableCollection(pending.values());
    }

    @Override
    public List<Approval> outstanding() {
        return unfolded.values().stream()
                .filter(approval -> !approval.isClosed())
                .toList();
    }

    @Override
    public List<Approval> recentlyDecided() {
        synchronized (recent) {
            return List.copyOf(recent);
        }
    }

    /** Tells somebody that there is something to {@link #fold}; what is told must not take long, nor fail. */
    void onChange(Runnable listener) {
        changeListener = listener;
    }

    /** How much there is to {@link #fold}, in bytes of the journal. */
    long journalSize() {
        return journal.size();
    }

    /** How long ago something was changed last, in nanoseconds. */
    long idleNanos() {
        return journal.idleNanos();
    }

    /**
     * Writes what the journal has to the files, and takes it from the journal. May go on while approvals are changed.
     *
     * @param stop asked before each file; what is left is for the next time then
     * @return whether all of it was written
     * @throws IOException when some of it could not be written; it stays in the journal
     */
    public boolean fold(BooleanSupplier stop) throws IOException {
        foldingLock.lock();
        try {
            if (closed || stop.getAsBoolean()) {
                return false;
            }
            List<Path> files = journal.startNext();
            if (files.isEmpty() && changed.isEmpty()) {
                return true;
            }
            // From here on, so that it has whatever is in those files; the decided ones in the order in which they
            // were,
            // since after a restart it is the files' times that tell which are the newest.
            Set<String> ids = new LinkedHashSet<>();
            unfolded.values().stream().sorted(BY_DECISION).map(Approval::id).forEach(ids::add);
            ids.addAll(changed);
            for (String id : ids) {
                if (stop.getAsBoolean()) {
                    return false;
                }
                foldOne(id);
            }
            disk.sync(decidedFolder);
            disk.sync(pendingFolder);
            journal.drop(files);
            return true;
        } finally {
            foldingLock.unlock();
        }
    }

    private void foldOne(String id) throws IOException {
        ReentrantLock lock = lock(id);
        try {
            Approval decided = unfolded.get(id);
            Approval waiting = pending.get(id);
            if (decided != null && decided.isClosed()) {
                disk.replace(decidedFile(id), ApprovalJson.write(decided));
                unfolded.remove(id);
                delete(pendingFile(id)); // or not: from here on it is decided/ that counts
            } else if (changed.contains(id) && (decided != null || waiting != null)) {
                disk.replace(pendingFile(id), ApprovalJson.write(decided != null ? decided : waiting));
            }
            changed.remove(id);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void removeIf(Predicate<Approval> gone) throws IOException {
        List<String> ids = new ArrayList<>();
        pending().stream().filter(gone).map(Approval::id).forEach(ids::add);
        try (Stream<Approval> all = allDecided()) {
            all.filter(gone).map(Approval::id).forEach(ids::add);
        }
        remove(ids);
    }

    @Override
    public void remove(String id) {
        if (ID.matcher(id).matches()) {
            remove(List.of(id));
        }
    }

    private void remove(Collection<String> ids) {
        for (String id : ids) {
            ReentrantLock lock = lock(id);
            try {
                forget(id);
                synchronized (recent) {
                    recent.removeIf(approval -> approval.id().equals(id));
                }
            } finally {
                lock.unlock();
            }
        }
        if (!ids.isEmpty()) {
            try {
                // Else the journal, or a file whose folder is not synced, would bring them back after a crash.
                append(ApprovalJson.writeRemoved(ids));
            } catch (IOException x) {
                LOGGER.log(
                        Level.WARNING,
                        "Cannot write that approvals were removed; after a crash they may be there again",
                        x);
            }
        }
    }

    private void forget(String id) {
        pending.remove(id);
        unfolded.remove(id);
        changed.remove(id);
        unreadable.remove(id);
        // Without its decision it would seem to wait again. Both files are there after a fault alone, see foldOne.
        boolean both = disk.exists(pendingFile(id)) && disk.exists(decidedFile(id));
        if (delete(pendingFile(id)) && (!both || sync(pendingFolder))) {
            delete(decidedFile(id));
        }
    }

    private boolean sync(Path folder) {
        try {
            disk.sync(folder);
            return true;
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot sync " + folder, x);
            return false;
        }
    }

    @Override
    public void move(String oldFullName, String newFullName, Instant at) throws IOException {
        moving.lock();
        try {
            if (moves.reuses(newFullName)) {
                finishMoves(() -> false); // rare enough to wait for it: a name that was another's a moment ago
            }
            moves.add(new Moves.Move(oldFullName, newFullName, at));
            for (Map<String, Approval> inMemory : List.of(pending, unfolded)) {
                inMemory.keySet().forEach(id -> moveInMemory(id, inMemory));
            }
            synchronized (recent) {
                recent.replaceAll(moves::apply);
            }
        } finally {
            moving.unlock();
        }
        isolated(changeListener);
    }

    private void moveInMemory(String id, Map<String, Approval> inMemory) {
        ReentrantLock lock = lock(id);
        try {
            inMemory.computeIfPresent(id, (same, approval) -> {
                Approval moved = moves.apply(approval);
                if (!moved.equals(approval)) {
                    changed.add(id);
                }
                return moved;
            });
        } finally {
            lock.unlock();
        }
    }

    /** Whether there is something for {@link #finishMoves}. */
    boolean isMoving() {
        return !moves.unwritten().isEmpty();
    }

    /**
     * Writes the new names of jobs that were moved to all files.
     *
     * @param stop asked before each file; what is left is for the next time then
     * @return whether all was written
     * @throws IOException when some of it could not be written
     */
    boolean finishMoves(BooleanSupplier stop) throws IOException {
        List<Moves.Move> due;
        moving.lock(); // so that all that is in memory has moved
        try {
            due = moves.unwritten();
        } finally {
            moving.unlock();
        }
        if (due.isEmpty()) {
            return true;
        }
        foldingLock.lock();
        try {
            for (Path file : list(decidedFolder, SUFFIX)) {
                if (closed || stop.getAsBoolean()) {
                    return false;
                }
                writeMoved(idOf(file));
            }
            if (!fold(stop)) { // else the journal would bring the old names back
                return false;
            }
            // Here too: where a sync failed in an earlier fold, the files were written and this one had nothing left to
            // do.
            disk.sync(decidedFolder);
            disk.sync(pendingFolder);
            moves.written(due);
            return true;
        } finally {
            foldingLock.unlock();
        }
    }

    private void writeMoved(String id) throws IOException {
        Path file = decidedFile(id);
        ReentrantLock lock = lock(id);
        try {
            Approval approval = unfolded.containsKey(id) ? null : readRaw(file).orElse(null);
            if (approval != null && !moves.apply(approval).equals(approval)) {
                Instant modified = disk.modified(file); // by which the newest are known
                disk.replace(file, ApprovalJson.write(moves.apply(approval)));
                disk.setModified(file, modified);
            }
        } catch (NoSuchFileException x) {
            LOGGER.log(Level.FINE, "Removed meanwhile", x);
        } finally {
            lock.unlock();
        }
    }

    private Optional<Approval> readRaw(Path file) {
        try {
            return readUnmoved(file);
        } catch (IOException x) {
            return unreadable(file, x);
        }
    }

    @Override
    public void close() {
        if (folding != null) {
            folding.finish();
        }
        foldingLock.lock(); // waits for what is under way
        try {
            closed = true;
        } finally {
            foldingLock.unlock();
        }
        journal.close();
    }

    private Stream<Approval> allDecided() throws IOException {
        List<Approval> inMemory = List.copyOf(unfolded.values());
        Set<String> ids = new LinkedHashSet<>();
        inMemory.forEach(approval -> ids.add(approval.id()));
        return Stream.concat(
                inMemory.stream(),
                list(decidedFolder, SUFFIX).stream()
                        .filter(file -> !ids.contains(idOf(file)))
                        .flatMap(file -> read(file).stream()));
    }

    private Optional<Approval> readIfThere(Path file) throws IOException {
        return readUnmoved(file).map(moves::apply);
    }

    private Optional<Approval> readUnmoved(Path file) throws IOException {
        byte[] content;
        try {
            content = disk.read(file);
        } catch (NoSuchFileException x) {
            return Optional.empty();
        }
        Approval approval;
        try {
            approval = ApprovalJson.read(content);
        } catch (IOException x) {
            throw ApprovalJson.isOfAnotherFormat(content)
                    ? new UnknownFormatException(file.toString(), x)
                    : new IOException(file + ": " + x.getMessage(), x);
        }
        Path place = approval.isClosed() ? decidedFile(approval.id()) : pendingFile(approval.id());
        if (!place.equals(file)) {
            throw new IOException(file + ": what it holds belongs into " + place);
        }
        return Optional.of(approval);
    }

    /** Empty when there is no such file, and when it is unreadable: then it stays where it is, for somebody to look at. */
    private Optional<Approval> read(Path file) {
        try {
            return readIfThere(file);
        } catch (IOException x) {
            return unreadable(file, x);
        }
    }

    private static Optional<Approval> unreadable(Path file, IOException x) {
        LOGGER.log(Level.WARNING, "Cannot read the approval in {0}: {1}", new Object[] {file, x.getMessage()});
        return Optional.empty();
    }

    /** @return whether it is gone */
    private boolean delete(Path file) {
        try {
            disk.delete(file);
            return true;
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot delete " + file, x);
            return false;
        }
    }

    private List<Path> list(Path folder, String suffix) throws IOException {
        return disk.list(folder).stream()
                .filter(file -> file.toString().endsWith(suffix))
                .toList();
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
