package io.jenkins.plugins.armory.approval;

import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Keeps approvals durably. When a method that changes an approval has returned, the change is on disk; when it throws,
 * nothing has changed. The package {@code storage} has the implementation.
 */
@Restricted(NoExternalUse.class)
public interface ApprovalRepository {

    /**
     * Adds new approvals with one write. A crash may leave the first of them alone.
     *
     * @throws IllegalArgumentException naming {@code approvals} and the bound of their bytes, or of all that is pending in their build
     * @throws IOException if they could not be made durable; none is added then
     */
    void create(List<Approval> approvals) throws IOException;

    /** Adds one new approval, see {@link #create(List)}. */
    default void create(Approval approval) throws IOException {
        create(List.of(approval));
    }

    /**
     * Returns the approval of that id, whatever its state; empty for an id that is unknown or was removed.
     *
     * @throws IOException if its file cannot be read; that does not mean that the approval is gone
     */
    Optional<Approval> find(String id) throws IOException;

    /** Returns the approval if it is pending, has calls to make, or was decided a moment ago. Reads no file. */
    Optional<Approval> findInMemory(String id);

    /**
     * Applies an event to approvals with one write. A crash may leave the changes of the first of them alone.
     *
     * @return its effects, already on disk; none for an id that is unknown or was removed
     * @throws IOException if the changes could not be made durable; the approvals are as they were then
     */
    List<Approval.Transition> apply(Collection<String> ids, Event event, Instant now) throws IOException;

    /** Applies an event to one approval, see {@link #apply(Collection, Event, Instant)}. */
    default Optional<Approval.Transition> apply(String id, Event event, Instant now) throws IOException {
        return apply(List.of(id), event, now).stream().findFirst();
    }

    /** Returns all pending approvals, in no order. The collection is live: it changes while approvals come and go. */
    Collection<Approval> pending();

    /** Returns the decided approvals that still have calls to make. */
    List<Approval> outstanding();

    /** Returns the newest decided approvals, newest first. */
    List<Approval> recentlyDecided();

    /**
     * Adds an observer that is told of each later creation, decision and change: of a creation before anything else can happen to the
     * approval, and of a decision once. What it throws is logged.
     */
    void follow(ApprovalObserver observer);

    /** Forgets the approvals of builds that are gone, and returns their ids. */
    List<String> remove(Predicate<BuildRef> gone);

    /** Takes over the new full name of a job, or of all jobs in a folder. */
    void renamed(String before, String after);

    /** Ends all writing. Approvals can still be read. */
    void close();
}
