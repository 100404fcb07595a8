package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * One run of a webhook in one build, from the call to the decision. An immutable value; {@link #on} is the whole state
 * machine:
 *
 * <pre>
 * SENDING --Sent--> WAITING
 *    |                 |
 *    +-----------------+--Callback, NotSent, ManualRejection, OtherFailed, Aborted,
 *                         DeadlineCheck at or after the deadline,
 *                         HeartbeatCheck in WAITING when nothing was heard for too long--> DECIDED
 * </pre>
 *
 * A callback decides in SENDING too: an external process may call back before it answers the webhook's request. Where no
 * callback is awaited, Sent leads to DECIDED at once. Where a person has to approve too, a callback that says success and
 * ManualApproval lead to DECIDED once both are there; whichever fails, ends it without waiting for the other. From DECIDED
 * nothing leads away; that an attempt which was under way has ended is still noted.
 *
 * @param id names the approval in its callback URI; public
 * @param build the build that waits
 * @param phase where it stands in the deployment
 * @param environment what is deployed to, {@code null} where none is known
 * @param webhook name of the webhook
 * @param callbackCredentialsId id of the Secret text credential that may call back, {@code null} for none
 * @param allowedCallers whom the step lets decide, of those that the settings would let; empty for all of them
 * @param awaitsCallback whether there is to be a callback at all
 * @param manual that a person has to approve too, {@code null} when nobody has
 * @param createdAt when the step started
 * @param deadline when the wait ends; absolute, so time spent while Jenkins is down counts
 * @param heartbeat how long the external process may be silent while the callback is awaited, {@code null} for as long as it
 *     likes
 * @param attempts the newest attempts to call the webhook, the newest last; at most {@value #MAX_ATTEMPTS}
 * @param state see above
 * @param callback what a callback said, {@code null} while none has come; the approval may need more than that
 * @param person what a person said, likewise
 * @param decision set exactly in state DECIDED
 * @param cancel what came of calling the cancel webhook, {@code null} while there is nothing to tell
 * @param origin the address that Jenkins had for callers when this was made, {@code null} where that was not noted
 */
public record Approval(
        String id,
        BuildRef build,
        Phase phase,
        @CheckForNull String environment,
        String webhook,
        @CheckForNull String callbackCredentialsId,
        List<String> allowedCallers,
        boolean awaitsCallback,
        @CheckForNull ManualRequirement manual,
        Instant createdAt,
        Instant deadline,
        @CheckForNull Duration heartbeat,
        List<Attempt> attempts,
        State state,
        @CheckForNull Decision callback,
        @CheckForNull Decision person,
        @CheckForNull Decision decision,
        @CheckForNull Attempt cancel,
        @CheckForNull String origin) {

    private static final String BY_WEBHOOK = "webhook";
    /** How many attempts are kept. */
    public static final int MAX_ATTEMPTS = 20;

    public enum State {
        /** Known and durable; the webhook has not answered yet. */
        SENDING,
        /** The webhook took the call; the callback is awaited. */
        WAITING,
        /** Over, one way or the other. */
        DECIDED
    }

    /** What an event came to, for whoever brought it. */
    public enum Answer {
        /** It changed the approval, or was heard. */
        ACCEPTED,
        /** A callback, or a person, repeated what stands. */
        DUPLICATE,
        /** A callback, or a person, contradicts what stands. */
        CONFLICT,
        /** A callback, or a person, came after the approval had ended without one; or progress after either end. */
        ENDED,
        /** A callback, or a person, came though none is awaited. */
        NOT_AWAITED,
        /** It came too early or too late to mean anything. */
        IGNORED
    }

    /** The approval after an event, and what to tell who brought it. */
    public record Transition(Approval approval, Answer answer) {}

    public Approval {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(build, "build");
        Objects.requireNonNull(phase, "phase");
        Objects.requireNonNull(webhook, "webhook");
        allowedCallers = List.copyOf(allowedCallers);
        Objects.requireNonNull(createdAt, "createdAt");
        Objects.requireNonNull(deadline, "deadline");
        Objects.requireNonNull(state, "state");
        attempts = List.copyOf(attempts);
        if ((state == State.DECIDED) != (decision != null)) {
            throw new IllegalArgumentException("state " + state + " does not go with decision " + decision);
        }
    }

    /**
     * A new approval of the phase {@code strategy}, before anything was sent, that awaits a callback of anybody whom the
     * settings let decide, and no person.
     */
    public static Approval start(
            String id,
            BuildRef build,
            @CheckForNull String environment,
            String webhook,
            @CheckForNull String callbackCredentialsId,
            Instant createdAt,
            Duration timeout) {
        return start(id, build, environment, webhook, callbackCredentialsId, List.of(), createdAt, timeout);
    }

    /** A new approval, before anything was sent, that awaits a callback. */
    public static Approval start(
            String id,
            BuildRef build,
            @CheckForNull String environment,
            String webhook,
            @CheckForNull String callbackCredentialsId,
            List<String> allowedCallers,
            Instant createdAt,
            Duration timeout) {
        return new Approval(
                id,
                build,
                Phase.STRATEGY,
                environment,
                webhook,
                callbackCredentialsId,
                allowedCallers,
                true,
                null,
                createdAt,
                createdAt.plus(timeout),
                null,
                List.of(),
                State.SENDING,
                null,
                null,
                null,
                null,
                null);
    }

    /** The same, made by a Jenkins with that address. */
    public Approval from(@CheckForNull String newOrigin) {
        return new Approval(
                id,
                build,
                phase,
                environment,
                webhook,
                callbackCredentialsId,
                allowedCallers,
                awaitsCallback,
                manual,
                createdAt,
                deadline,
                heartbeat,
                attempts,
                state,
                callback,
                person,
                decision,
                cancel,
                newOrigin);
    }

    /** The same, but without waiting for a callback. */
    public Approval withoutCallback() {
        return requiring(phase, false, manual, heartbeat);
    }

    /** The same in another phase. */
    public Approval in(Phase newPhase) {
        return requiring(newPhase, awaitsCallback, manual, heartbeat);
    }

    /** The same, but a person has to approve too. */
    public Approval with(ManualRequirement newManual) {
        return requiring(phase, awaitsCallback, newManual, heartbeat);
    }

    /** The same, but something has to be heard of the external process at least that often. */
    public Approval with(Duration newHeartbeat) {
        return requiring(phase, awaitsCallback, manual, newHeartbeat);
    }

    private Approval requiring(
            Phase newPhase,
            boolean newAwaitsCallback,
            @CheckForNull ManualRequirement newManual,
            @CheckForNull Duration newHeartbeat) {
        return new Approval(
                id,
                build,
                newPhase,
                environment,
                webhook,
                callbackCredentialsId,
                allowedCallers,
                newAwaitsCallback,
                newManual,
                createdAt,
                deadline,
                newHeartbeat,
                attempts,
                state,
                callback,
                person,
                decision,
                cancel,
                origin);
    }

    public boolean isDecided() {
        return state == State.DECIDED;
    }

    /**
     * The decision of an approval that is known to be decided.
     *
     * @throws IllegalStateException when it is not
     */
    public Decision requireDecision() {
        if (decision == null) {
            throw new IllegalStateException(id + " is not decided");
        }
        return decision;
    }

    /** When the next attempt to call the webhook is due, {@code null} where none is known to be. */
    @CheckForNull
    public Instant nextAttemptAt() {
        Attempt last = lastAttempt();
        return last == null ? null : last.nextAt();
    }

    /** The last attempt to call the webhook, {@code null} when none is over. */
    @CheckForNull
    public Attempt lastAttempt() {
        return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    }

    /**
     * Whether the external process may still be at work that nobody waits for any more: the approval ended without a decision
     * of the process itself, and was not given up because the webhook could not be called.
     */
    public boolean isCancelled() {
        return decision != null
                && callback == null
                && switch (decision.outcome()) {
                    case TIMED_OUT, NOT_HEARD, ABORTED, OTHER_FAILED, REJECTED -> true;
                    default -> false;
                };
    }

    /**
     * When something has to be heard of the external process at the latest; empty while that is not asked of it, which is so
     * until the webhook has answered, and once the callback is there.
     *
     * @param heardAt when something was heard last
     */
    public Optional<Instant> heartbeatDue(Instant heardAt) {
        return heartbeat != null && awaitsCallback && state == State.WAITING && callback == null
                ? Optional.of(heardAt.plus(heartbeat))
                : Optional.empty();
    }

    /**
     * The state machine.
     *
     * <p>A callback at or after the deadline finds the approval timed out, even when nothing has looked at the clock
     * before: which of the two counts must not depend on how punctual a timer is.
     *
     * @param event what happened
     * @param now when it happened
     */
    public Transition on(Event event, Instant now) {
        boolean overdue = !isDecided() && !now.isBefore(deadline);
        if (event instanceof Event.Callback said) {
            return heard(
                    awaitsCallback,
                    callback,
                    new Decision(
                            said.success() ? Outcome.SUCCESS : Outcome.FAILURE, said.mdMessage(), said.decidedBy(), now),
                    false,
                    overdue);
        } else if (event instanceof Event.ManualApproval said) {
            return heard(
                    manual != null, person, new Decision(Outcome.SUCCESS, said.comment(), said.user(), now), true, overdue);
        } else if (event instanceof Event.ManualRejection said) {
            return heard(
                    manual != null, person, new Decision(Outcome.REJECTED, said.comment(), said.user(), now), true, overdue);
        } else if (event instanceof Event.Progress) {
            return progressed(overdue);
        } else if (event instanceof Event.CancelCalled called) {
            return isDecided() ? accepted(with(build, attempts, state, callback, person, decision, called.attempt())) : new Transition(this, Answer.IGNORED);
        } else if (isDecided()) {
            return new Transition(noting(event), Answer.IGNORED);
        } else if (event instanceof Event.DeadlineCheck) {
            return overdue ? accepted(timedOut()) : new Transition(this, Answer.IGNORED);
        } else if (event instanceof Event.HeartbeatCheck check) {
            return heartbeatDue(check.heardAt())
                    .filter(due -> !now.isBefore(due))
                    .map(due -> accepted(notHeard(check, due)))
                    .orElse(new Transition(this, Answer.IGNORED));
        } else if (event instanceof Event.NotSent notSent && callback == null) {
            return accepted(noting(event).decided(Outcome.NOT_SENT, notSent.reason(), BY_WEBHOOK, now));
        } else if (event instanceof Event.Aborted aborted) {
            return accepted(decided(Outcome.ABORTED, aborted.reason(), "build", now));
        } else if (event instanceof Event.OtherFailed other) {
            return accepted(decided(Outcome.OTHER_FAILED, other.reason(), "another approval", now));
        } else if (state == State.WAITING) {
            return new Transition(callback == null ? this : noting(event), Answer.IGNORED);
        } else if (event instanceof Event.Failed) {
            return accepted(noting(event));
        } else if (event instanceof Event.Sent) {
            Approval noted = noting(event);
            Approval waiting = with(build, noted.attempts, State.WAITING, callback, person, null);
            return accepted(waiting.needsNothing() ? waiting.settled(now) : waiting);
        }
        throw new AssertionError("unknown event " + event);
    }

    /**
     * A callback, or a person, has said something.
     *
     * @param awaited whether anything is to be said by that side
     * @param standing what that side has said before, {@code null} when nothing
     */
    private Transition heard(
            boolean awaited, @CheckForNull Decision standing, Decision said, boolean byPerson, boolean overdue) {
        if (!awaited) {
            return new Transition(this, Answer.NOT_AWAITED);
        }
        Approval approval = overdue ? timedOut() : this;
        if (standing != null) {
            return new Transition(
                    approval, standing.isSuccess() == said.isSuccess() ? Answer.DUPLICATE : Answer.CONFLICT);
        }
        if (approval.isDecided()) {
            return new Transition(approval, Answer.ENDED);
        }
        if (!said.isSuccess()) {
            Decision by = byPerson ? new Decision(said.outcome(), said.mdMessage(), byUser(said), said.decidedAt()) : said;
            return accepted(said(said, byPerson, State.DECIDED, by));
        }
        // Once there is a callback, what the webhook answers is of no account any more.
        Approval heard = said(said, byPerson, byPerson ? state : State.WAITING, null);
        return accepted(heard.needsNothing() ? heard.settled(said.decidedAt()) : heard);
    }

    /** The external process is at work; of no account once it has called back. */
    private Transition progressed(boolean overdue) {
        if (!awaitsCallback) {
            return new Transition(this, Answer.NOT_AWAITED);
        }
        Approval approval = overdue ? timedOut() : this;
        return new Transition(approval, approval.isDecided() || callback != null ? Answer.ENDED : Answer.ACCEPTED);
    }

    private Approval said(Decision said, boolean byPerson, State newState, @CheckForNull Decision newDecision) {
        return with(build, attempts, newState, byPerson ? callback : said, byPerson ? said : person, newDecision);
    }

    /** Whether all that is required is there. */
    private boolean needsNothing() {
        boolean reached = awaitsCallback ? callback != null : state == State.WAITING;
        return reached && (manual == null || person != null);
    }

    /** Decided for success, once all that is required is there. */
    private Approval settled(Instant now) {
        Decision last;
        if (callback != null && person != null) {
            last = new Decision(
                    Outcome.SUCCESS, callback.mdMessage(), callback.decidedBy() + " and " + byUser(person), now);
        } else if (person != null) {
            last = new Decision(Outcome.SUCCESS, person.mdMessage(), byUser(person), now);
        } else if (callback != null) {
            last = callback;
        } else {
            last = new Decision(Outcome.SENT, "No callback is awaited.", BY_WEBHOOK, now);
        }
        return with(build, attempts, State.DECIDED, callback, person, last);
    }

    private static String byUser(Decision person) {
        return "user " + person.decidedBy();
    }

    private Approval noting(Event event) {
        Attempt attempt = attemptOf(event);
        Attempt last = lastAttempt();
        if (attempt == null || last != null && attempt.number() <= last.number()) {
            return this;
        }
        List<Attempt> all = new ArrayList<>(attempts);
        all.add(attempt);
        List<Attempt> newest = all.subList(Math.max(0, all.size() - MAX_ATTEMPTS), all.size());
        return with(build, newest, state, callback, person, decision);
    }

    @CheckForNull
    private static Attempt attemptOf(Event event) {
        if (event instanceof Event.Failed failed) {
            return failed.attempt();
        } else if (event instanceof Event.Sent sent) {
            return sent.attempt();
        }
        return event instanceof Event.NotSent notSent ? notSent.attempt() : null;
    }

    private static Transition accepted(Approval approval) {
        return new Transition(approval, Answer.ACCEPTED);
    }

    /** Timed out at its deadline, whenever that was noticed. */
    private Approval timedOut() {
        boolean nobody = callback != null || !awaitsCallback && state == State.WAITING;
        return decided(
                Outcome.TIMED_OUT,
                nobody ? "Nobody approved before the deadline." : "No callback arrived before the deadline.",
                "deadline",
                deadline);
    }

    private Approval notHeard(Event.HeartbeatCheck check, Instant due) {
        Duration interval = Objects.requireNonNull(heartbeat, "nothing is due without a heartbeat");
        String message = "Nothing was heard of the external process for " + text(interval) + ": since "
                + check.heardAt().truncatedTo(ChronoUnit.SECONDS) + ", " + check.what() + ".";
        return decided(Outcome.NOT_HEARD, message, "heartbeat", due);
    }

    /** In the largest unit of which it is a whole number. */
    private static String text(Duration duration) {
        long millis = duration.toMillis();
        for (ChronoUnit unit : List.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS)) {
            long size = unit.getDuration().toMillis();
            if (millis >= size && millis % size == 0) {
                String name = unit.name().toLowerCase(Locale.ROOT);
                return millis / size + " " + (millis == size ? name.substring(0, name.length() - 1) : name);
            }
        }
        return millis + " ms";
    }

    private Approval decided(Outcome outcome, String message, String decidedBy, Instant at) {
        return with(
                build, attempts, State.DECIDED, callback, person, new Decision(outcome, message, decidedBy, at));
    }

    public Approval moved(String oldFullName, String newFullName) {
        return with(build.moved(oldFullName, newFullName), attempts, state, callback, person, decision);
    }

    private Approval with(
            BuildRef newBuild,
            List<Attempt> newAttempts,
            State newState,
            @CheckForNull Decision newCallback,
            @CheckForNull Decision newPerson,
            @CheckForNull Decision newDecision) {
        return with(newBuild, newAttempts, newState, newCallback, newPerson, newDecision, cancel);
    }

    private Approval with(
            BuildRef newBuild,
            List<Attempt> newAttempts,
            State newState,
            @CheckForNull Decision newCallback,
            @CheckForNull Decision newPerson,
            @CheckForNull Decision newDecision,
            @CheckForNull Attempt newCancel) {
        return new Approval(
                id,
                newBuild,
                phase,
                environment,
                webhook,
                callbackCredentialsId,
                allowedCallers,
                awaitsCallback,
                manual,
                createdAt,
                deadline,
                heartbeat,
                newAttempts,
                newState,
                newCallback,
                newPerson,
                newDecision,
                newCancel,
                origin);
    }
}
