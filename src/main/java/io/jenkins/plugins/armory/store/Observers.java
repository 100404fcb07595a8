package io.jenkins.plugins.armory.store;

import io.jenkins.plugins.armory.approval.Approval;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The observers of single approvals, each of which is told of its decision once, and those of all. */
final class Observers {

    private record Entry(ApprovalObserver observer, AtomicBoolean toldOfDecision) {}

    private static final Logger LOGGER = Logger.getLogger(Observers.class.getName());

    private final Map<String, Entry> byApproval = new ConcurrentHashMap<>();
    private final List<ApprovalObserver> ofAll = new CopyOnWriteArrayList<>();

    void attach(String id, ApprovalObserver observer) {
        byApproval.put(id, new Entry(observer, new AtomicBoolean()));
    }

    void follow(ApprovalObserver observer) {
        ofAll.add(observer);
    }

    /** Tells the observer of an approval that is decided, unless it was told before. */
    void decided(Approval approval) {
        Entry entry = byApproval.get(approval.id());
        if (entry != null && entry.toldOfDecision.compareAndSet(false, true)) {
            tell(entry.observer, observer -> observer.decided(approval));
        }
    }

    /** Tells the observer of an approval, and those of all. */
    void tell(String id, Consumer<ApprovalObserver> message) {
        Entry entry = byApproval.get(id);
        if (entry != null) {
            tell(entry.observer, message);
        }
        ofAll(message);
    }

    /** Tells the observers of all approvals, at once. */
    void ofAll(Consumer<ApprovalObserver> message) {
        ofAll.forEach(observer -> tell(observer, message));
    }

    private static void tell(ApprovalObserver observer, Consumer<ApprovalObserver> message) {
        try {
            message.accept(observer);
        } catch (RuntimeException | Error x) { // an Error where its plugin is gone
            LOGGER.log(Level.WARNING, "A listener has failed", x);
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
