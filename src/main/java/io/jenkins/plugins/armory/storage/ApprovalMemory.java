package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** The approvals of the builds that are not over, or have something to do. */
final class ApprovalMemory {

    private final Map<String, Approval> pending = new ConcurrentHashMap<>();
    private final Map<String, Approval> decided = new ConcurrentHashMap<>();

    @CheckForNull
    Approval find(String id) {
        Approval waiting = pending.get(id);
        return waiting == null ? decided.get(id) : waiting;
    }

    @CheckForNull
    Approval findDecided(String id) {
        return decided.get(id);
    }

    Collection<Approval> pending() {
        return Collections.unmodifiableCollection(pending.values());
    }

    /** Returns the decided approvals that have calls to make. */
    List<Approval> outstanding() {
        return decided.values().stream()
                .filter(approval -> !approval.isClosed())
                .toList();
    }

    /**
     * Takes over the present state of an approval.
     *
     * @param present is asked with the lock held, so that no older state replaces a newer one
     * @return the state before, {@code null} for a new one
     */
    @CheckForNull
    synchronized Approval update(String id, Supplier<Approval> present) {
        Approval before = find(id);
        Approval approval = present.get();
        if (approval.isDecided()) {
            decided.put(id, approval); // first, so that it is found at every moment
            pending.remove(id);
        } else {
            pending.put(id, approval);
        }
        return before;
    }

    synchronized void remove(String id) {
        pending.remove(id);
        decided.remove(id);
    }
}
