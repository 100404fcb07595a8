package io.jenkins.plugins.armory.build;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The approvals of the builds that are not over, or have something to do. */
final class ApprovalMemory {

    private final Map<String, Approval> pending = new ConcurrentHashMap<>();
    private final Map<String, Approval> decided = new ConcurrentHashMap<>();

    @CheckForNull
    Approval find(String id) {
        Approval waiting = pending.get(id);
        return waiting == null ? decided.get(id) : waiting;
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

    synchronized void add(Approval approval) {
        if (approval.isDecided()) {
            decided.put(approval.id(), approval); // first, so that it is found at every moment
            pending.remove(approval.id());
        } else {
            pending.put(approval.id(), approval);
        }
    }

    synchronized void remove(String id) {
        pending.remove(id);
        decided.remove(id);
    }
}
