package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.ApprovalRepository;
import io.jenkins.plugins.armory.approval.Event;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
import java.util.stream.Collectors;
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
    /** What an id may look like; keeps whatever a caller sends from naming another file. */
    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,64}");
    /** How many decided approvals {@link #recentlyDecided} remembers. */
    static final int RECENT = 100;

    private final ApprovalMemory memory = new ApprovalMemory();
    private final RecentDecisions recent = new RecentDecisions(RECENT);
    private final ApprovalFiles files;
    private final Moves moves;
    private final Journal journal;
    private final FileUpdate update;

    @CheckForNull
    private Folding folding;

    private volatile Runnable changeListener = () -> {};
    private final List<Consumer<Approval>> decisionListeners = new CopyOnWriteArrayList<>();

    private ApprovalStore(Disk disk, Path folder) throws IOException {
        files = new ApprovalFiles(disk, folder);
        moves = new Moves(disk, folder.resolve("moves.json"));
        journal = Journal.open(disk, folder.resolve("journal"), this::takeUp);
        update = new FileUpdate(memory, files, recent, moves, journal);
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
        store.files.deleteTemporary();
        StoreReader reader = new StoreReader(store.memory, store.files, store.moves);
        reader.readPending();
        store.recent.addAll(reader.readDecided(RECENT));
        return store;
    }

    /** Takes up a record of the journal. */
    private void takeUp(byte[] record) throws IOException {
        ApprovalJson.read(
                record,
                approval -> {
                    memory.markChanged(checked(approval.id()));
                    memory.put(moves.apply(approval));
                },
                id -> forget(checked(id)));
    }

    private static String checked(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("it has the id " + id);
        }
        return id;
    }

    @Override
    public void create(Approval approval) throws IOException {
        String id = approval.id();
        if (!ID.matcher(id).matches() || approval.isDecided()) {
            throw new IllegalArgumentException("not a new approval: " + approval);
        }
        ReentrantLock lock = memory.lock(id);
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
        Optional<Approval> decided = files.readDecided(id);
        // What is pending is in memory, unless it could not be read when the store was opened.
        return (decided.isPresent() ? decided : files.readPending(id)).map(moves::apply);
    }

    @Override
    public Optional<Approval> findInMemory(String id) {
        return Optional.ofNullable(memory.find(id));
    }

    @Override
    public Optional<Transition> apply(String id, Event event, Instant now) throws IOException {
        Approval before;
        Transition transition;
        ReentrantLock lock = memory.lock(id);
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
                    recent.put(transition.approval());
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
        ReentrantLock lock = memory.lock(id);
        try {
            if (!memory.isUnreadable(id) || files.hasDecided(id) || isReadable(id)) {
                return;
            }
            write(ended);
            recent.put(ended);
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
        return memory.unreadable();
    }

    /** Makes a change durable, and only then known; called with the approval's lock held. */
    private void write(Approval approval) throws IOException {
        memory.markChanged(approval.id());
        append(ApprovalJson.write(approval));
        memory.put(moves.apply(approval)); // its job may have been moved meanwhile
    }

    private void append(byte[] record) throws IOException {
        journal.append(record);
        isolated(changeListener);
    }

    @Override
    public void onDecision(Consumer<Approval> listener) {
        decisionListeners.add(listener);
    }

    @Override
    public Collection<Approval> pending() {
        return memory.pending();
    }

    @Override
    public List<Approval> outstanding() {
        return memory.outstanding();
    }

    @Override
    public List<Approval> recentlyDecided() {
        return recent.list();
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
        return update.fold(stop);
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
            ReentrantLock lock = memory.lock(id);
            try {
                forget(id);
                recent.remove(id);
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
        memory.remove(id);
        // Without its decision it would seem to wait again. Both files are there after a fault alone, see FileUpdate.
        boolean both = files.hasPending(id) && files.hasDecided(id);
        if (files.deletePending(id) && (!both || isPendingSynced())) {
            files.deleteDecided(id);
        }
    }

    private boolean isPendingSynced() {
        try {
            files.syncPending();
            return true;
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot sync the folder of pending approvals", x);
            return false;
        }
    }

    @Override
    public void move(String oldFullName, String newFullName, Instant at) throws IOException {
        update.move(oldFullName, newFullName, at);
        isolated(changeListener);
    }

    /** Returns whether there is something for {@link #finishMoves}. */
    boolean isMoving() {
        return update.isMoving();
    }

    /**
     * Writes the new names of jobs that were moved to all files.
     *
     * @param stop asked before each file; what is left is for the next time then
     * @return whether all was written
     * @throws IOException if some of it could not be written
     */
    boolean finishMoves(BooleanSupplier stop) throws IOException {
        return update.finishMoves(stop);
    }

    @Override
    public void close() {
        if (folding != null) {
            folding.finish();
        }
        update.close();
        journal.close();
    }

    private Stream<Approval> allDecided() throws IOException {
        List<Approval> inMemory = List.copyOf(memory.decided());
        Set<String> ids = inMemory.stream().map(Approval::id).collect(Collectors.toSet());
        return Stream.concat(
                inMemory.stream(),
                files.decidedIds().stream()
                        .filter(id -> !ids.contains(id))
                        .flatMap(id -> files.readable(id).stream())
                        .map(moves::apply));
    }
}
