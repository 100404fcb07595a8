package io.jenkins.plugins.armory.step.approval;

import hudson.AbortException;
import hudson.console.HyperlinkNote;
import hudson.model.Result;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.approval.DecisionText;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.step.EnclosingAction;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import io.jenkins.plugins.armory.step.flow.Builds;
import io.jenkins.plugins.armory.step.flow.EnclosingBody;
import io.jenkins.plugins.armory.step.flow.Stages;
import io.jenkins.plugins.armory.step.flow.TextCause;
import io.jenkins.plugins.armory.store.ApprovalObserver;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The wait of a step for approvals of one place and phase: all have to succeed, and the first that fails ends the
 * others, unless all are to be decided. This order makes a crash harmless at any moment:
 * <ol>
 * <li>The program is saved with the {@link StepApprovals}.
 * <li>The approvals are written with all their outgoing calls, and with what that does to the environments, as one
 * commit.
 * <li>{@link io.jenkins.plugins.armory.call.CallLoop} calls the webhooks. </ol> After a restart, {@link #resume}
 * continues from what is on disk.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalWait {

    private static final Logger LOGGER = Logger.getLogger(ApprovalWait.class.getName());

    private static final String WARNING = "WARNING: ";

    private static final int MOST_WARNINGS = 100;

    /** The shortest time between two lines that say how many have succeeded. */
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** What a step does once what it waits for has failed. */
    public interface OnFailure {

        /** @param reason for the log and for people */
        void failed(String reason) throws Exception;
    }

    /** A line of the log. */
    private interface Line {

        void in(ApprovalLog log) throws Exception;
    }

    private final SuspendedExecution step;

    private final StepApprovals awaited;
    private final SuspendedExecution.Work onSuccess;
    private final OnFailure onFailure;
    private final List<Element> elements;
    private final AtomicInteger pending;

    /** When a line was last logged that says how many have succeeded, as {@code System.nanoTime()}. */
    private final AtomicLong counted = new AtomicLong(System.nanoTime());

    /** When it began, as {@code System.nanoTime()}. */
    private final long begun = System.nanoTime();

    private final AtomicInteger warnings = new AtomicInteger();
    private volatile boolean followed;
    private volatile boolean abandoned;

    /** Whether the approvals cannot be read: those in memory are of the build that this one is a copy of. */
    private volatile boolean unread;

    private final AtomicInteger failedSoFar = new AtomicInteger();
    private volatile List<Approval> ended = List.of();

    /** Waits for what an environment demands after a deployment. */
    public ApprovalWait(
            SuspendedExecution step, Demands demands, SuspendedExecution.Work onSuccess, OnFailure onFailure) {
        this(step, Objects.requireNonNull(demands.after(), "there is something to check"), onSuccess, onFailure);
    }

    /** The step goes on once no approval is pending and the environments know. */
    ApprovalWait(
            SuspendedExecution step, StepApprovals awaited, SuspendedExecution.Work onSuccess, OnFailure onFailure) {
        this.step = step;
        this.awaited = awaited;
        this.onSuccess = onSuccess;
        this.onFailure = onFailure;
        List<String> ids = awaited.ids(step.armory().tokens());
        elements = IntStream.range(0, ids.size())
                .mapToObj(index -> new Element(index, ids.get(index)))
                .toList();
        pending = new AtomicInteger(elements.size());
    }

    /**
     * Creates the approvals and waits for them. Reading files waits for an agent, and rendering large templates takes
     * long too.
     */
    void begin() throws Exception {
        step.later(this::create);
    }

    /** Asks, or continues after a restart of Jenkins. */
    public void resume() throws Exception {
        unread = true;
        List<Approval> found = ResumedApproval.find(step.armory(), ids(), step.build());
        unread = false;
        if (found.isEmpty()) {
            begin();
            return;
        }
        // A step that was stopped before it came here follows them too: else nobody tells it that they have ended.
        awaited.written();
        if (awaited.isListed()) {
            long open = found.stream().filter(approval -> !approval.isDecided()).count();
            step.print("Jenkins was restarted; still waiting for " + StepApprovals.count((int) open) + " of "
                    + awaited.name() + ".");
        } else {
            for (int i = 0; i < elements.size(); i++) {
                texts(found.get(i)).resumed(found.get(i));
            }
        }
        follow();
    }

    private void create() throws Exception {
        if (step.stopCause() != null || abandoned) {
            return; // stop() ends the step, or who has abandoned the wait
        }
        List<Approval> asked = awaited.approvals();
        if (asked.isEmpty()) {
            throw new AbortException("The build of this approval is gone.");
        }
        List<Approval> created = new ApprovalStart(step, awaited.isRules(), begun).create(open(), ids(), asked);
        awaited.written();
        step.noteSeen();
        for (Element element : elements) {
            Approval approval = created.get(element.index);
            if (!awaited.isEntry(element.index)
                    && !approval.hasWebhook()
                    && approvals().isPending(element.id)) {
                texts(approval).asked(approval, step.build());
            }
        }
        if (awaited.isListed()) {
            step.print(HyperlinkNote.encodeTo("/" + step.build().getUrl() + "armory/", "Waiting for " + awaited.name())
                    + ". Failures are logged; the page has each approval.");
        }
        follow();
    }

    /** Waits for the decisions. */
    private void follow() throws Exception {
        followed = true;
        for (Element element : elements) {
            approvals().attach(element.id, element);
        }
        if (step.stopCause() != null) { // before the approvals existed
            stop(step.stopCause());
            return;
        }
        if (abandoned) {
            end(new Event.Aborted("Nobody waits for it any more."));
            return;
        }
        for (Element element : elements) {
            step.armory().calls().deliver(element.id);
        }
    }

    /** Ends the approvals, and the step with them: at once if they do not exist yet. */
    public void stop(Throwable cause) throws IOException, InterruptedException {
        boolean known = false;
        try {
            end(new Event.Aborted("The build, or this part of it, was stopped."));
            known = followed || areThere();
        } catch (IOException x) {
            unwritten(x);
        }
        if (!known) {
            step.tellStopped(open(), "It was stopped before it began.");
            step.fail(cause);
        }
    }

    /** Ends the approvals, and leaves the end of the step to the caller. */
    void abandon(String reason) {
        abandoned = true;
        try {
            end(new Event.Aborted(reason));
        } catch (IOException x) {
            unwritten(x);
        }
    }

    private boolean areThere() throws IOException {
        for (String id : ids()) {
            if (approvals().find(id).isEmpty()) {
                return false;
            }
        }
        return true;
    }

    private void end(Event event) throws IOException {
        if (!unread) {
            approvals().end(ids(), event);
        }
    }

    private List<String> ids() {
        return elements.stream().map(element -> element.id).toList();
    }

    private void unwritten(Exception x) {
        LOGGER.log(
                Level.WARNING, "Cannot write that " + awaited.seed() + " is over; the end of the build tries again", x);
    }

    /** Ends the step after its work failed, once the environments know, which what follows in the Pipeline asks. */
    void fail(Exception thrown) {
        step.run(
                () -> {
                    for (Place place : guardedPlaces()) {
                        OpenApproval open = awaited.at(place);
                        if (awaited.phase() == Phase.AFTER_DEPLOYMENT) {
                            // Else a mistake in its definition would roll back what is deployed.
                            step.tell(new ApprovalStarted(open, null));
                        }
                        step.tellStopped(open, "The step failed: " + thrown.getMessage());
                    }
                    step.endWithError(thrown);
                    end(new Event.Aborted("The step failed."));
                },
                x -> {
                    unwritten(x);
                    step.endWithError(thrown);
                    abandon("The step failed."); // the build may have ended before they were written
                });
    }

    /**
     * Returns the place of the approvals, and the environment around it if the step names another one, which it may
     * have misspelt.
     */
    private List<Place> guardedPlaces() throws IOException, InterruptedException {
        String enclosing = EnclosingBody.environment(null, step.getContext());
        return enclosing == null || enclosing.equals(awaited.environment())
                ? List.of(place())
                : List.of(place(), Stages.placeOf(step.getContext(), enclosing));
    }

    private Place place() throws IOException, InterruptedException {
        return step.placeOfApprovals(awaited.environment());
    }

    private OpenApproval open() throws IOException, InterruptedException {
        return awaited.at(place());
    }

    private Approvals approvals() throws IOException {
        return step.approvals();
    }

    /** Returns the approvals as the step has ended with them, in their order. */
    List<Approval> ended() {
        return ended;
    }

    private List<Approval> all() throws IOException {
        var all = new ArrayList<Approval>();
        for (Element element : elements) {
            all.add(approvals()
                    .find(element.id)
                    .orElseThrow(() -> new AbortException("The build of this approval is gone.")));
        }
        return all;
    }

    /**
     * Ends the step, since no approval is pending any more.
     *
     * @param last the approval that was decided last
     */
    private void finish(Approval last) throws Exception {
        Deployment deployment = step.armory().deployments().noteOutcome(step.build());
        if (abandoned) {
            return;
        }
        List<Approval> unsuccessful;
        synchronized (elements) { // no line of a pending approval is being written
            ended = all();
            unsuccessful = ended.stream()
                    .filter(each -> !each.requireDecision().isSuccess())
                    .sorted(Comparator.comparing(each -> each.requireDecision().decidedAt()))
                    .toList();
        }
        if (unsuccessful.isEmpty()) {
            if (awaited.isListed()) {
                step.print("Succeeded: " + StepApprovals.count(elements.size()) + " of " + awaited.name() + ".");
            } else {
                texts(last).succeeded(last);
            }
            onSuccess.run();
            return;
        }
        List<Approval> failures = unsuccessful.stream()
                .filter(each -> each.requireDecision().outcome() != Outcome.OTHER_FAILED
                        && each.requireDecision().outcome() != Outcome.ABORTED)
                .toList();
        Optional<Approval> stopped = unsuccessful.stream()
                .filter(each -> each.requireDecision().outcome() == Outcome.ABORTED)
                .findFirst()
                .filter(each -> failures.isEmpty() || step.stopCause() != null);
        Approval failed = stopped.orElse((failures.isEmpty() ? unsuccessful : failures).get(0));
        Decision decision = failed.requireDecision();
        if (decision.outcome() == Outcome.LOST && step.stopCause() != null) {
            step.fail(step.stopCause());
            return;
        }
        if (decision.outcome() == Outcome.ABORTED) {
            texts(failed).stopped(failed, step.stopCause() == null);
            step.fail(
                    step.stopCause() != null
                            ? step.stopCause()
                            : TextCause.interruption(Result.ABORTED, decision.mdMessage()));
            return;
        }
        String reason = (awaited.isListed() && !failures.isEmpty()
                        ? StepApprovals.count(failures.size()) + " of " + awaited.name() + " failed: "
                        : "")
                + DecisionText.failure(failed);
        if (awaited.phase() == Phase.AFTER_DEPLOYMENT) {
            step.print("ERROR: " + reason);
        } else { // what is thrown is shown below the log of the step
            Builds.print(step.getContext().get(FlowExecution.class), "ERROR: " + reason);
        }
        failures.stream()
                .filter(other -> other != failed)
                .forEach(other -> step.print("ERROR: " + Bound.LINE.cut(DecisionText.failure(other))));
        if (awaited.phase() == Phase.AFTER_DEPLOYMENT) {
            boolean isPlanned = !awaited.isRules() && step.getContext().get(EnclosingAction.class) != null;
            new ApprovalLog(step::print).cancels(deployment, place(), isPlanned);
        }
        onFailure.failed(reason);
    }

    private ApprovalLog texts(Approval approval) {
        return new ApprovalLog(line -> step.print(DecisionText.line(approval, line)));
    }

    /** One approval. */
    private final class Element implements ApprovalObserver {

        private final int index;

        private final String id;
        private volatile boolean isDecided;

        Element(int index, String id) {
            this.index = index;
            this.id = id;
        }

        @Override
        public void note(String line) {
            if (!awaited.isListed() || line.startsWith(WARNING) && warnings.incrementAndGet() <= MOST_WARNINGS) {
                step.log(line);
            }
        }

        @Override
        public void sent(Approval approval, Attempt attempt) {
            say(approval, log -> log.sent(approval, attempt, step.build()));
        }

        @Override
        public void progressed(Approval approval, Progress progress) {
            say(approval, log -> log.progressed(progress));
        }

        @Override
        public void heard(Approval approval, Event.Verdict event) {
            say(approval, log -> log.heard(approval, event));
        }

        /**
         * Logs what is said of a pending approval, unless it is decided by then: no line comes after the end of the
         * step.
         */
        private void say(Approval approval, Line line) {
            if (!awaited.isListed()) {
                step.later(() -> {
                    synchronized (elements) {
                        if (!isDecided) {
                            line.in(texts(approval));
                        }
                    }
                });
            }
        }

        @Override
        public void decided(Approval approval) {
            isDecided = true;
            boolean isLast = pending.decrementAndGet() == 0;
            boolean isSuccess = approval.requireDecision().isSuccess();
            if (!isSuccess) {
                failedSoFar.incrementAndGet();
            }
            if (isLast) {
                step.later(() -> finish(approval));
            } else if (isSuccess && awaited.isListed()) {
                step.later(ApprovalWait.this::countSucceeded);
            } else if (isSuccess) {
                step.later(() -> texts(approval).succeeded(approval));
            }
        }
    }

    /** Logs how many have succeeded, unless it was said a moment ago. */
    private void countSucceeded() {
        long now = System.nanoTime();
        long before = counted.get();
        if (now - before >= PAUSE.toNanos() && counted.compareAndSet(before, now)) {
            step.print("Succeeded so far: " + StepApprovals.count(elements.size() - pending.get() - failedSoFar.get())
                    + " of " + awaited.name() + ".");
        }
    }
}
