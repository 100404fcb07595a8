package io.jenkins.plugins.armory.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionPoint;

/**
 * Follows all approvals of this controller. Annotate an implementation with {@code @Extension}.
 *
 * <p>The methods of a listener are called one after the other on a background thread, as the system user, after the
 * change is on disk. The calls for one approval come in the order of its changes. A slow listener delays no approval
 * and no other listener; an exception or error is logged and has no other effect. A listener cannot change an approval.
 *
 * <p>A call is made at most once. A listener that is 10,000 calls behind loses the oldest, with a warning. If Jenkins
 * stops between a change and its call, the call is not made up for. After a restart of Jenkins, the first call for an
 * approval that was pending is that of its next change.
 */
public abstract class ApprovalListener implements ExtensionPoint {

    /** Called when an approval was created, before its webhook is called. */
    public void created(ApprovalView approval) {}

    /**
     * Called when the webhook took the call, or there is none, and a callback or a person is awaited. Called again when
     * one of them has answered and the other has not. Left out, as {@link #progressed} is, if the approval is decided
     * by the time that it is the listener's turn.
     */
    public void waiting(ApprovalView approval) {}

    /**
     * Called for a report of progress that is worth a line in the build's log: ten at once, and one a minute after
     * that.
     *
     * @param percent from 0 to 100, {@code null} if the external process has not said
     * @param message in Markdown, which may be empty
     */
    public void progressed(ApprovalView approval, @CheckForNull Double percent, String message) {}

    /** Called when an approval is decided, for whatever reason. */
    public void decided(ApprovalView approval) {}
}
