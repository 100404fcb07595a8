package io.jenkins.plugins.armory.approval;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** The observers of approvals. Each is told of its decision once. */
final class Observers {

    private record Entry(ApprovalObserver observer, AtomicBoolean toldOfDecision) {}

    private final Map<String, Entry> byApproval = new ConcurrentHashMap<>();
    private final Executor executor;

    /** @param executor calls the observers */
    Observers(Executor executor) {
        this.executor = executor;
    }

    void attach(String id, ApprovalObserver observer) {
        byApproval.put(id, new Entry(observer, new AtomicBoolean()));
    }

    /** Attaches an observer that is told everything but the decision, until {@link #attach}. */
    void attachForAllButTheDecision(String id, ApprovalObserver observer) {
        byApproval.put(id, new Entry(observer, new AtomicBoolean(true)));
    }

    /** Tells the observer of an approval that is decided, unless it was told before. */
    void decided(Approval approval) {
        Entry entry = byApproval.get(approval.id());
        if (entry != null && entry.toldOfDecision.compareAndSet(false, true)) {
            executor.execute(() -> entry.observer.decided(approval));
        }
    }

    void tell(String id, Consumer<ApprovalObserver> message) {
        Entry entry = byApproval.get(id);
        if (entry != null) {
            executor.execute(() -> message.accept(entry.observer));
        }
    }

    /** Passes on a line at once, so that lines of one thread keep their order. */
    void note(String id, String line) {
        Entry entry = byApproval.get(id);
        if (entry != null) {
            entry.observer.note(line);
        }
    }

    /**
     * Detaches the observer of a closed approval if it was told of the decision. Otherwise it is just being attached,
     * and {@link #attach} tells it.
     */
    void detachTold(String id) {
        byApproval.computeIfPresent(id, (same, entry) -> entry.toldOfDecision.get() ? null : entry);
    }

    void detach(String id) {
        byApproval.remove(id);
    }
}
