package io.jenkins.plugins.armory.approval;

import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Follows all approvals. The methods are called once the change is on disk, on the thread that made it, and must not take long. */
@Restricted(NoExternalUse.class)
public interface ApprovalFollower {

    default void created(Approval approval) {}

    /**
     * Called when the webhook took the call and the approval is pending, for the creation of an approval without a webhook, and when
     * what a pending approval waits for has changed.
     */
    default void waiting(Approval approval) {}

    /** Called for a report of progress that is worth a line in a log, see {@link ApprovalObserver#progressed}. */
    default void progressed(Approval approval, Progress progress) {}

    default void decided(Approval approval) {}
}
