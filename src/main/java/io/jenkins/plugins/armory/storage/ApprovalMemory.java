package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/**
 * The approvals that a store has in memory: the pending ones, and the decided ones that have calls to make or whose
 * files are not up to date. A change of an approval needs its lock.
 */
final class ApprovalMemory {

    private final Map<String, Approval> pending = new ConcurrentHashMap<>();
    private final Map<String, Approval> decided = new ConcurrentHashMap<>();
    /**
     * The ids of approvals whose files may not be up to date. An id is added before its change goes to the journal. It is removed when its file is written. So the set covers all that is in the journal and
     * not in the files.
     */
    private final Set<String> changed = ConcurrentHashMap.newKeySet();
    /** The ids of pending approvals whose files could not be read when the store was opened, nor since. */
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    /** The locks that are held or waited for, by id: an approval of a large batch holds up no other. */
    private final Map<String, Lock> locks = new ConcurrentHashMap<>();

    private static final class Lock extends ReentrantLock {
        private static final long serialVersionUID = 1L;
        private int users; // changed by the map alone
    }

    /** Takes the lock of an approval. Returns what gives it back. */
    Runnable lock(String id) {
        Lock lock = locks.compute(id, (same, known) -> {
            Lock used = known == null ? new Lock() : known;
            used.users++;
            return used;
        });
        lock.lock();
        return () -> {
            lock.unlock();
            locks.compute(id, (same, known) -> --lock.users == 0 ? null : lock);
        };
    }

    /** Takes the locks of approvals, in one order for all threads. Returns what gives them back. */
    Runnable lock(Collection<String> ids) {
        List<Runnable> unlocks =
                ids.stream().distinct().sorted().map(this::lock).toList();
        return () -> unlocks.forEach(Runnable::run);
    }

    @CheckForNull
    Approval find(String id) {
        Approval waiting = pending.get(id);
        return waiting == null ? decided.get(id) : waiting;
    }

    @CheckForNull
    Approval findDecided(String id) {
        return decided.get(id);
    }

    boolean isPending(String id) {
        return pending.containsKey(id);
    }

    Collection<Approval> pending() {
        return Collections.unmodifiableCollection(pending.values());
    }

    Collection<Approval> decided() {
        return Collections.unmodifiableCollection(decided.values());
    }

    /** Returns the decided approvals that have calls to make. */
    List<Approval> outstanding() {
        return decided.values().stream()
                .filter(approval -> !approval.isClosed())
                .toList();
    }

    /** Puts an approval in the place that its state demands. */
    void put(Approval approval) {
        String id = approval.id();
        if (approval.isDecided()) {
            decided.put(id, approval); // first, so that it is found at every moment
            pending.remove(id);
        } else {
            pending.put(id, approval);
            decided.remove(id); // a failed write may have left a decision in the journal
        }
        unreadable.remove(id);
    }

    /** Removes a decided approval whose file is up to date. */
    void removeDecided(String id) {
        decided.remove(id);
    }

    void remove(String id) {
        pending.remove(id);
        decided.remove(id);
        changed.remove(id);
        unreadable.remove(id);
    }

    void markChanged(String id) {
        changed.add(id);
    }

    boolean isChanged(String id) {
        return changed.contains(id);
    }

    void markWritten(String id) {
        changed.remove(id);
    }

    boolean hasChanges() {
        return !changed.isEmpty();
    }

    /** Returns the ids whose files may have to be written: the decided ones in the order of their decisions. */
    Set<String> toWrite() {
        var ids = new LinkedHashSet<String>();
        decided.values().stream()
                .sorted(RecentDecisions.BY_DECISION)
                .map(Approval::id)
                .forEach(ids::add);
        ids.addAll(changed);
        return ids;
    }

    void markUnreadable(String id) {
        unreadable.add(id);
    }

    boolean isUnreadable(String id) {
        return unreadable.contains(id);
    }

    Set<String> unreadable() {
        return Set.copyOf(unreadable);
    }

    /** Applies a change to all approvals that needs no write. */
    void replaceAll(UnaryOperator<Approval> change) {
        for (Map<String, Approval> each : List.of(pending, decided)) {
            each.keySet().forEach(id -> {
                Runnable unlock = lock(id);
                try {
                    each.computeIfPresent(id, (same, approval) -> change.apply(approval));
                } finally {
                    unlock.run();
                }
            });
        }
    }
}
