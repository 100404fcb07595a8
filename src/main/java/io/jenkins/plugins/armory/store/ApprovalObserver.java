package io.jenkins.plugins.armory.store;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.Progress;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The feed of changes of approvals: of one, for its step ({@link Approvals#attach}), or of all ({@link
 * Approvals#follow}). The methods are called once the change is on disk, on the thread that made it and with locks of
 * its build held: they must not block.
 */
@Restricted(NoExternalUse.class)
public interface ApprovalObserver {

    /** Takes an approval from before the start, once the log of its build is read; for those who follow all. */
    default void known(Approval approval) {}

    /** Called before anything can happen to the approval; for those who follow all. */
    default void created(Approval approval) {}

    /** Takes a line about a call for the build's log, at once, on the thread that makes the call; for the step. */
    default void note(String line) {}

    /** Called when the webhook took the call, and the approval is pending. */
    default void sent(Approval approval, Attempt attempt) {
        waiting(approval);
    }

    /**
     * Called when the external process reported progress that is worth a line in a log: for the first report, and then
     * for new messages, ten at once and one a minute after that.
     */
    default void progressed(Approval approval, Progress progress) {}

    /**
     * Called when the callback or a person has approved and more is awaited.
     *
     * @param approval after the event
     */
    default void heard(Approval approval, Event.Verdict event) {
        waiting(approval);
    }

    /** Called when what a pending approval waits for has changed, and for one without a webhook when it is created. */
    default void waiting(Approval approval) {}

    /** Called once, when the approval is decided. */
    void decided(Approval approval);

    /**
     * Called after every change but the creation, the removal included; for those who follow all.
     */
    default void changed(String id) {}
}
