package io.jenkins.plugins.armory.approval;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Follows one approval on behalf of its step. The executor of {@link Approvals} calls the methods once the event is on
 * disk; {@link #note} is called at once, on the thread that makes the call.
 */
@Restricted(NoExternalUse.class)
public interface ApprovalObserver {

    /** Takes a line about a call for the build's log. */
    default void note(String line) {}

    /** Called when the webhook took the call, and the approval is pending. */
    default void sent(Approval approval, Attempt attempt) {}

    /**
     * Called when the external process reported progress that is worth a line in a log: for the first report, and then
     * for new messages, ten at once and one a minute after that.
     */
    default void progressed(Progress progress) {}

    /**
     * Called when the callback or a person has approved and more is awaited, and when the approval of a person does not count any more.
     *
     * @param approval after the event
     */
    default void heard(Approval approval, Event.Verdict event) {}

    /** Called when the approval has failed, and a person is asked whether to run it again. */
    default void asked(Approval approval) {}

    /** Called once, when the approval is decided. */
    void decided(Approval approval);
}
