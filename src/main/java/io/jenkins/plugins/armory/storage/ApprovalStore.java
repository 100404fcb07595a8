package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.ApprovalObserver;
import io.jenkins.plugins.armory.approval.ApprovalRepository;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.CommonTexts;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The store of approvals on disk, below one folder:
 *
 * <pre>
 * journal/N.log     every change, in order; newer than the files
 * pending/ID.json   not closed: pending, or with calls to make; read into memory at start, so a start costs no history
 * decided/ID.json   closed; read on demand
 * history/          a line for each decision and deployment, see {@link History}
 * </pre>
 *
 * When a method that changes an approval returns, the change is in the journal on disk. Changes at the same time share
 * one sync, see {@link Journal}. Later, {@link #fold} writes the changes to the files and removes them from the
 * journal. A decision is written to {@code decided/} before it is removed from {@code pending/}. If a crash between the
 * two leaves both files, {@code decided/} counts.
 *
 * <p>Changes of one approval are made one after another. Different approvals do not wait for each other.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalStore implements ApprovalRepository {

    private static final Logger LOGGER = Logger.getLogger(ApprovalStore.class.getName());
    /** The form of an id. It keeps the id of a request from naming another file. */
    private static final Pattern ID = Pattern.compile("[a-z0-9]{1,64}");

    static final int RECENT = 100;

    private final ApprovalMemory memory = new ApprovalMemory();
    private final RecentDecisions recent = new RecentDecisions(RECENT);
    private final Path folder;
    private final ApprovalFiles files;
    private final JobNames names;
    private final History history;
    private final JournalRecovery recovery;
    private final Journal journal;
    private final FileUpdate update;
    private final Removals removals;

    @CheckForNull
    private Folding folding;

    private volatile Runnable changeListener = () -> {};
    private final List<ApprovalObserver> followers = new CopyOnWriteArrayList<>();

    private ApprovalStore(Disk disk, Path folder, JobNames names, CommonTexts common) throws IOException {
        this.folder = folder;
        this.names = names;
        files = new ApprovalFiles(disk, folder);
        history = new History(disk, folder.resolve("history"), memory);
        removals =
                new Removals(memory, files, recent, names, history, entry -> append(List.of(StoredJson.write(entry))));
        recovery = new JournalRecovery(this::takeUp, id -> removals.forget(checked(id)));
        journal = Journal.open(disk, folder.resolve("journal"), recovery.reader(common));
        update = new FileUpdate(memory, files, journal, history);
    }

    /**
     * Opens the store, and creates it if there is none.
     *
     * @throws UnknownFormatException if something in it is intact and was written by a newer version of the plugin
     * @throws IOException if the folder cannot be created or read
     */
    public static ApprovalStore open(Path folder, JobNames names) throws IOException {
        return open(Disk.LOCAL, folder, names);
    }

    /**
     * Folds the store in the background.
     *
     * @param executor runs the file I/O
     */
    public ApprovalStore folding(ScheduledExecutorService timer, Executor executor) {
        folding = new Folding(this, timer, executor);
        return this;
    }

    public static ApprovalStore open(Disk disk, Path folder, JobNames names) throws IOException {
        var common = new CommonTexts();
        var store = new ApprovalStore(disk, folder, names, common);
        store.files.deleteTemporary();
        var reader = new StoreReader(store.memory, store.files, names, common);
        reader.readPending();
        store.memory.decided().forEach(approval -> store.history.take(approval.id()));
        store.recent.addAll(reader.readDecided(RECENT));
        try {
            store.closeDoubtful();
        } catch (IOException x) {
            store.journal.close();
            throw x;
        }
        return store;
    }

    private void takeUp(Approval approval) {
        memory.markChanged(checked(approval.id()));
        memory.put(names.addTo(approval));
    }

    /**
     * Fails the approvals of which the journal may have lost a change: a rejection must not become an approval.
     *
     * @throws IOException if that could not be written; the store must not be used then
     */
    private void closeDoubtful() throws IOException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
        for (Approval approval : List.copyOf(memory.pending())) {
            if (recovery.isInDoubt(approval.id())) {
                apply(List.of(approval.id()), new Event.ChangeLost(), now);
            }
        }
    }

    private static String checked(String id) {
        if (!ID.matcher(id).matches()) {
            throw new IllegalArgumentException("its id is invalid: " + id);
        }
        return id;
    }

    @Override
    public void create(List<Approval> approvals) throws IOException {
        var records = new ArrayList<byte[]>();
        long size = 0;
        for (Approval approval : approvals) {
            if (!ID.matcher(approval.id()).matches() || approval.isDecided()) {
                throw new IllegalArgumentException("not a new approval: " + approval);
            }
            byte[] record = toRecord(approval);
            size += record.length;
            Approvals.checkTogether(size);
            records.add(record);
        }
        Runnable unlock = memory.lock(approvals.stream().map(Approval::id).toList());
        try {
            write(approvals, records);
            for (Approval approval : approvals) { // with the locks held, so before any decision
                tell(follower -> follower.created(approval));
            }
        } finally {
            unlock.run();
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
        return decided.isPresent() ? decided.map(names::addTo) : findMended(id);
    }

    /** Takes up an approval whose file could not be read when the store was opened, and was mended since. */
    private Optional<Approval> findMended(String id) throws IOException {
        Runnable unlock = memory.lock(id);
        try {
            Optional<Approval> inMemory = findInMemory(id); // another thread may have been faster
            if (inMemory.isPresent()) {
                return inMemory;
            }
            Optional<Approval> mended = files.readPending(id).map(names::addTo);
            mended.ifPresent(memory::put);
            return mended;
        } finally {
            unlock.run();
        }
    }

    @Override
    public Optional<Approval> findInMemory(String id) {
        return Optional.ofNullable(memory.find(id));
    }

    @Override
    public List<Transition> apply(Collection<String> ids, Event event, Instant now) throws IOException {
        var transitions = new ArrayList<Transition>();
        var changed = new ArrayList<Approval>();
        var newlyDecided = new ArrayList<Approval>();
        Runnable unlock = memory.lock(ids);
        try {
            for (String id : ids) {
                Approval before = find(id).orElse(null);
                if (before != null) {
                    Transition transition = before.on(event, now);
                    Approval after = transition.approval();
                    transitions.add(transition);
                    if (!after.equals(before)) {
                        changed.add(after);
                    }
                    if (!before.isDecided() && after.isDecided()) {
                        newlyDecided.add(after);
                    }
                }
            }
            write(changed, changed.stream().map(ApprovalStore::toRecord).toList());
            newlyDecided.forEach(approval -> history.take(approval.id()));
            changed.stream().filter(Approval::isDecided).forEach(recent::put); // also when a later attempt is noted
        } finally {
            unlock.run();
        }
        newlyDecided.forEach(
                approval -> tell(follower -> follower.decided(approval))); // happens once, so the order does not matter
        changed.forEach(approval -> tell(follower -> follower.changed(approval.id())));
        return transitions;
    }

    private void tell(Consumer<ApprovalObserver> message) {
        followers.forEach(follower -> isolated(() -> message.accept(follower)));
    }

    /** Runs a listener. Its failure must not keep the others from being called. */
    private static void isolated(Runnable listener) {
        try {
            listener.run();
        } catch (RuntimeException | Error x) { // an Error where its plugin is gone
            LOGGER.log(Level.WARNING, "A listener has failed", x);
        }
    }

    @Override
    public boolean endUnreadable(Approval ended) throws IOException {
        String id = ended.id();
        boolean wasDecided;
        Runnable unlock = memory.lock(id);
        try {
            if (!memory.isUnreadable(id) || files.hasDecided(id) || isReadable(id)) {
                return false;
            }
            wasDecided = history.has(id); // and had a call to make
            write(List.of(ended), List.of(toRecord(ended)));
            if (!wasDecided) {
                history.take(id);
            }
            recent.put(ended);
        } finally {
            unlock.run();
        }
        if (!wasDecided) {
            tell(follower -> follower.decided(ended));
        }
        return true;
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

    /** Makes changes durable with one write, and then visible. Called with the locks of the approvals held. */
    private void write(List<Approval> changed, List<byte[]> records) throws IOException {
        if (changed.isEmpty()) {
            return;
        }
        changed.forEach(approval -> memory.markChanged(approval.id()));
        append(records);
        changed.forEach(approval -> memory.put(names.addTo(approval))); // their job may have been renamed meanwhile
    }

    private static byte[] toRecord(Approval approval) {
        return StoredJson.write(JournalEntry.change(approval));
    }

    private void append(List<byte[]> records) throws IOException {
        journal.append(records);
        isolated(changeListener);
    }

    @Override
    public void follow(ApprovalObserver observer) {
        followers.add(observer);
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

    /** Returns why the last change could not be written; empty if it was, or if there was none. */
    public Optional<String> problem() {
        return Optional.ofNullable(journal.failure()).map(x -> folder + ": " + x);
    }

    /** Returns the files with damaged changes that were set aside, see {@link Journal#damaged}. */
    public List<Path> damaged() {
        try {
            return journal.damaged();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot look for damaged files", x);
            return List.of();
        }
    }

    /** Sets the listener that is called when there is something to {@link #fold}. It must not take long. */
    public void onChange(Runnable listener) {
        changeListener = listener;
    }

    /** Returns the size of the journal in bytes: how much there is to {@link #fold}. */
    long journalSize() {
        return journal.size();
    }

    /** Returns the time since the last change, in nanoseconds. */
    long idleNanos() {
        return journal.idleNanos();
    }

    /**
     * Writes the changes in the journal to the files, and removes them from the journal. Approvals may change
     * meanwhile.
     *
     * @param stop is asked before each file; if it returns true, the rest is left for the next time
     * @return whether everything was written
     * @throws IOException if something could not be written; it stays in the journal
     */
    public boolean fold(BooleanSupplier stop) throws IOException {
        return update.fold(stop);
    }

    /**
     * Returns the history with all decisions so far.
     *
     * @throws IOException if decisions could not be written to it
     */
    public History history() throws IOException {
        history.write();
        return history;
    }

    @Override
    public List<String> removeIf(Predicate<Approval> gone) throws IOException {
        return removals.removeIf(gone);
    }

    @Override
    public void remove(Collection<String> ids) {
        removals.remove(ids.stream().filter(id -> ID.matcher(id).matches()).toList());
    }

    @Override
    public void renamed() {
        memory.replaceAll(names::addTo);
        recent.replaceAll(names::addTo);
    }

    @Override
    public void close() {
        if (folding != null) {
            folding.finish();
        }
        update.close();
        history.close();
        journal.close();
    }
}
