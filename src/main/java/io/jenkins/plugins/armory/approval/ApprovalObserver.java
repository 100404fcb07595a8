package io.jenkins.plugins.armory.approval;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Follows one approval on behalf of its step. All methods are called on the executor of {@link Approvals}, once what they
 * tell is on disk.
 */
@Restricted(NoExternalUse.class)
public interface ApprovalObserver {

    /** Takes a line about a call for the build's log. */
    default void note(String line) {}

    /** The webhook took the call, and the approval is pending. */
    default void sent(Approval approval, Attempt attempt) {}

    /**
     * The external process reported progress that is worth a line in a log: the first report, and then new messages, ten
     * at once and one a minute after that.
     */
    default void progressed(Progress progress) {}

    /** One of callback and person has said yes, and the other is still awaited. */
    default void heard(Approval approval) {}

    /** The approval is decided. Called once. */
    void decided(Approval approval);
}
