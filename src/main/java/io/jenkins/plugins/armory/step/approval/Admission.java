package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jenkins.util.Timer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The wait for what the settings ask before a deployment: all rules at once, then an open window, then that all who have approved still may.
 * Each time that the windows are closed, an approval of its own waits for the next opening, so that pages name it and an administrator may
 * override it.
 */
@Restricted(NoExternalUse.class)
public final class Admission {

    /** The pause before it is asked again who may approve, which the security realm has to know. */
    private static final int LOOK_AGAIN_SECONDS = 5;

    /** The step that waits. */
    public interface Owner {

        /** Returns the place of the rules: in the body of the environment. */
        Place place() throws IOException, InterruptedException;

        /** Called at a moment at which all holds. */
        void admitted() throws Exception;

        void refused(String reason) throws Exception;
    }

    private final SuspendedExecution step;
    private final EnvironmentRules rules;
    private final Owner owner;
    private final Clock clock;

    /** Guarded by this. */
    @CheckForNull
    private ApprovalWait wait;

    /** Guarded by this. */
    private boolean abandoned;

    /** When it began to be unknown who may approve, {@code null} if it is known. Of one look after the other. */
    @CheckForNull
    private volatile Instant unknownSince;

    public Admission(SuspendedExecution step, EnvironmentRules rules, Owner owner) {
        this(step, rules, owner, Clock.systemUTC());
    }

    Admission(SuspendedExecution step, EnvironmentRules rules, Owner owner, Clock clock) {
        this.step = step;
        this.rules = rules;
        this.owner = owner;
        this.clock = clock;
    }

    /** Asks, or continues after a restart of Jenkins. */
    public void begin() throws Exception {
        Instant now = clock.instant();
        if (!rules.windows().isOpen(now)) {
            step.log("The windows of '" + rules.environment() + "' are closed ("
                    + rules.windows().whyClosed(now) + "); the next opening is " + requireOpening(now) + ".");
        }
        Awaited before = rules.before();
        if (before == null) {
            look(0, null);
        } else {
            await(before, () -> look(0, null));
        }
    }

    private Instant requireOpening(Instant now) throws AbortException {
        return rules.windows()
                .nextOpening(now)
                .orElseThrow(() -> new AbortException("armoryEnvironment: the windows of \"" + rules.environment()
                        + "\" do not open within a year (" + rules.windows().whyClosed(now)
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

    private interface Next {
        void run() throws Exception;
    }

    private void await(Awaited awaited, Next next) throws Exception {
        var begun = new ApprovalWait(step, awaited, new ApprovalWait.Owner() {
            @Override
            public Place place() throws IOException, InterruptedException {
                return owner.place();
            }

            @Override
            public void succeeded() {
                step.run(next::run);
            }

            @Override
            public void failed(String reason, Transition transition) {
                step.run(() -> owner.refused(reason));
            }
        });
        synchronized (this) {
            if (abandoned) {
                return;
            }
            wait = begun;
        }
        begun.resume();
    }

    /**
     * Looks at the windows, once all rules are met and after each opening. After a restart of Jenkins, it goes through all waits again: the
     * environments may not have heard of the end of one.
     *
     * @param number how many waits for an opening went before
     * @param until when the wait ends, {@code null} if it has not begun
     */
    private void look(int number, @CheckForNull Instant until) throws Exception {
        Instant now = clock.instant();
        String id = rules.openingId(number, step.armory().tokens());
        boolean isThere = step.approvals().find(id).isPresent();
        if (!isThere && rules.windows().isOpen(now)) {
            admit(() -> look(number, until));
            return;
        }
        Instant end = until != null ? until : now.plus(rules.longestWait());
        if (!isThere && !now.isBefore(end)) {
            owner.refused("The windows of '" + rules.environment() + "' were closed for "
                    + rules.longestWait().toDays() + " days, which waitAtMost of the settings allows.");
            return;
        }
        if (!isThere && number > 0) {
            step.log("The windows of '" + rules.environment() + "' have closed again ("
                    + rules.windows().whyClosed(now) + ").");
        }
        Instant at = isThere ? now : requireOpening(now); // one that is there has its own
        await(rules.opening(number, at, end, step.armory().tokens()), () -> opened(number, id));
    }

    private void opened(int number, String id) throws Exception {
        Approval opening = require(id);
        if (opening.requireDecision().override()) {
            admit(() -> opened(number, id));
        } else {
            look(number + 1, opening.deadline());
        }
    }

    private Approval require(String id) throws IOException {
        return step.approvals().find(id).orElseThrow(() -> new AbortException("The build of this approval is gone."));
    }

    /** @param again looks again, while it is not known who may approve */
    private void admit(Next again) throws Exception {
        if (isAbandoned()) {
            return;
        }
        Awaited before = rules.before();
        List<String> ids = before == null ? List.of() : before.ids(step.armory().tokens());
        for (String id : ids) {
            Approval approval = require(id);
            if (!approval.requireDecision().override() && !stillApproved(approval, again)) {
                return;
            }
        }
        owner.admitted();
    }

    private synchronized boolean isAbandoned() {
        return abandoned;
    }

    private void waitUntilKnown(IOException why, Next again) throws Exception {
        Instant now = clock.instant();
        Instant since = unknownSince;
        if (since == null) {
            since = now;
            unknownSince = now;
            step.log("Waiting until it is known whether the people who have approved still may: " + why.getMessage());
        }
        if (now.isBefore(since.plus(rules.longestWait()))) {
            Timer.get().schedule(() -> step.later(again::run), LOOK_AGAIN_SECONDS, TimeUnit.SECONDS);
        } else {
            owner.refused("It has not been known for " + rules.longestWait().toDays()
                    + " days whether the people who have approved still may: " + why.getMessage());
        }
    }

    /** Checks that all who have approved still may, as soon as that can be known. */
    private boolean stillApproved(Approval approval, Next again) throws Exception {
        List<String> lacking;
        try {
            lacking = step.approvals().lacking(approval);
        } catch (IOException x) { // as while Jenkins starts
            waitUntilKnown(x, again);
            return false;
        }
        unknownSince = null;
        if (!lacking.isEmpty()) {
            owner.refused(String.join(", ", lacking) + " approved a rule of '" + rules.environment()
                    + "' and may not any more. Run the build again, to ask others.");
        }
        return lacking.isEmpty();
    }
}
