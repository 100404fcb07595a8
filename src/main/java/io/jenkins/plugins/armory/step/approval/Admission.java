package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The wait for what the settings ask before a deployment: all approvals at once, then an open window. Each time that
 * the windows are closed, another approval waits for the next opening, so that pages name it and an administrator may
 * override it.
 */
@Restricted(NoExternalUse.class)
public final class Admission {

    private final SuspendedExecution step;
    private final Demands demands;
    private final SuspendedExecution.Work onAdmission;
    private final ApprovalWait.OnFailure onRefusal;
    private final Clock clock = Clock.systemUTC();

    /** Guarded by this. */
    @CheckForNull
    private ApprovalWait wait;

    /** Guarded by this. */
    private volatile boolean abandoned;

    /** @param onAdmission done at a moment at which all holds */
    public Admission(
            SuspendedExecution step,
            Demands demands,
            SuspendedExecution.Work onAdmission,
            ApprovalWait.OnFailure onRefusal) {
        this.step = step;
        this.demands = demands;
        this.onAdmission = onAdmission;
        this.onRefusal = onRefusal;
    }

    /** Asks, or continues after a restart of Jenkins. */
    public void begin() throws Exception {
        Instant now = clock.instant();
        if (!demands.isOpen(now)) {
            step.log("The windows of '" + demands.environment() + "' are closed (" + demands.whyClosed(now)
                    + "); the next opening is " + requireOpening(now) + ".");
        }
        StepApprovals before = demands.before();
        if (before == null) {
            look(0, null);
        } else {
            await(before, () -> look(0, null));
        }
    }

    private Instant requireOpening(Instant now) throws AbortException {
        return demands.nextOpening(now)
                .orElseThrow(() -> new AbortException("armoryEnvironment: the windows of \"" + demands.environment()
                        + "\" do not open within a year (" + demands.whyClosed(now)
                        + "); an administrator has to change them"));
    }

    /** Ends the wait, as its step has ended for another reason. */
    public void abandon(String reason) {
        ApprovalWait known;
        synchronized (this) {
            abandoned = true;
            known = wait;
        }
        if (known != null) {
            known.abandon(reason);
        }
    }

    private void await(StepApprovals approvals, SuspendedExecution.Work next) throws Exception {
        var begun = new ApprovalWait(
                step, approvals, () -> step.run(next), reason -> step.run(() -> onRefusal.failed(reason)));
        synchronized (this) {
            if (abandoned) {
                return;
            }
            wait = begun;
        }
        begun.resume();
    }

    /**
     * Looks at the windows, once all of them are met and after each opening. After a restart of Jenkins, it goes
     * through all waits again: the environments may not have heard of the end of one.
     *
     * @param number how many waits for an opening went before
     * @param until when the wait ends, {@code null} if it has not begun
     */
    private void look(int number, @CheckForNull Instant until) throws Exception {
        Instant now = clock.instant();
        String id = demands.openingId(number, step.armory().tokens());
        boolean isThere = step.approvals().find(id).isPresent();
        if (!isThere && demands.isOpen(now)) {
            admit();
            return;
        }
        Instant end = until != null ? until : now.plus(demands.longestWait());
        if (!isThere && !now.isBefore(end)) {
            onRefusal.failed("The windows of '" + demands.environment() + "' were closed for "
                    + demands.longestWait().toDays() + " days, which waitAtMost of the settings allows.");
            return;
        }
        if (!isThere && number > 0) {
            step.log("The windows of '" + demands.environment() + "' have closed again (" + demands.whyClosed(now)
                    + ").");
        }
        Instant at = isThere ? now : requireOpening(now); // one that is there has its own
        Duration atMost = Duration.between(now, end);
        await(demands.opening(number, at, atMost, step), () -> opened(number, id));
    }

    private void opened(int number, String id) throws Exception {
        Approval opening =
                step.approvals().find(id).orElseThrow(() -> new AbortException("The build of this approval is gone."));
        if (opening.requireDecision().override()) {
            admit();
        } else {
            look(number + 1, opening.deadline());
        }
    }

    private void admit() throws Exception {
        if (!abandoned) {
            onAdmission.run();
        }
    }
}
