package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One run of a webhook in one build, from the call to the decision. An immutable value; {@link #on} is the whole state
 * machine:
 *
 * <pre>
 * SENDING --Sent--> WAITING
 *    |                 |
 *    +-----------------+--Callback, NotSent, Aborted, DeadlineCheck at or after the deadline--> DECIDED
 * </pre>
 *
 * A callback decides in SENDING too: an external process may call back before it answers the webhook's request. Where no
 * callback is awaited, Sent leads to DECIDED at once. From DECIDED nothing leads away; that an attempt which was under way
 * has ended is still noted.
 *
 * @param id names the approval in its callback URI; public
 * @param build the build that waits
 * @param environment what is deployed to, {@code null} where none is known
 * @param webhook name of the webhook
 * @param callbackCredentialsId id of the Secret text credential that may call back, {@code null} for none
 * @param allowedCallers whom the step lets decide, of those that the settings would let; empty for all of them
 * @param awaitsCallback whether there is to be a callback at all
 * @param createdAt when the step started
 * @param deadline when the wait ends without a callback; absolute, so time spent while Jenkins is down counts
 * @param attempts the newest attempts to call the webhook, the newest last; at most {@value #MAX_ATTEMPTS}
 * @param state see above
 * @param decision set exactly in state DECIDED
 */
public record Approval(
        String id,
        BuildRef build,
        @CheckForNull String environment,
        String webhook,
        @CheckForNull String callbackCredentialsId,
        List<String> allowedCallers,
        boolean awaitsCallback,
        Instant createdAt,
        Instant deadline,
        List<Attempt> attempts,
        State state,
        @CheckForNull Decision decision) {

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
        /** It changed the approval. */
        ACCEPTED,
        /** A callback repeated the decision that stands. */
        DUPLICATE,
        /** A callback contradicts the decision that stands. */
        CONFLICT,
        /** A callback came after the approval had ended without one. */
        ENDED,
        /** A callback came though none is awaited. */
        NOT_AWAITED,
        /** It came too early or too late to mean anything. */
        IGNORED
    }

    /** The approval after an event, and what to tell who brought it. */
    public record Transition(Approval approval, Answer answer) {}

    public Approval {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(build, "build");
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

    /** A new approval, before anything was sent, that awaits a callback of anybody whom the settings let decide. */
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
                environment,
                webhook,
                callbackCredentialsId,
                allowedCallers,
                true,
                createdAt,
                createdAt.plus(timeout),
                List.of(),
                State.SENDING,
                null);
    }

    /** The same, but decided as soon as the webhook was called. */
    public Approval withoutCallback() {
        return new Approval(
                id,
                build,
                environment,
                webhook,
                callbackCredentialsId,
                allowedCallers,
                false,
                createdAt,
                deadline,
                attempts,
                state,
                decision);
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

    /** The last attempt to call the webhook, {@code null} when none is over. */
    @CheckForNull
    public Attempt lastAttempt() {
        return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
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
        if (isDecided()) {
            return event instanceof Event.Callback callback
                    ? new Transition(this, answerTo(callback))
                    : new Transition(noting(event), Answer.IGNORED);
        }
        boolean overdue = !now.isBefore(deadline);
        if (event instanceof Event.Callback callback) {
            if (!awaitsCallback) {
                return new Transition(this, Answer.NOT_AWAITED);
            }
            if (overdue) {
                return new Transition(timedOut(), Answer.ENDED);
            }
            Outcome outcome = callback.success() ? Outcome.SUCCESS : Outcome.FAILURE;
            return accepted(decided(outcome, callback.mdMessage(), callback.decidedBy(), now));
        } else if (event instanceof Event.DeadlineCheck) {
            return overdue ? accepted(timedOut()) : new Transition(this, Answer.IGNORED);
        } else if (event instanceof Event.NotSent notSent) {
            return accepted(noting(event).decided(Outcome.NOT_SENT, notSent.reason(), BY_WEBHOOK, now));
        } else if (event instanceof Event.Aborted aborted) {
            return accepted(decided(Outcome.ABORTED, aborted.reason(), "build", now));
        } else if (state == State.WAITING) {
            return new Transition(this, Answer.IGNORED);
        } else if (event instanceof Event.Failed) {
            return accepted(noting(event));
        } else if (event instanceof Event.Sent) {
            Approval noted = noting(event);
            return accepted(
                    awaitsCallback
                            ? noted.with(build, noted.attempts, State.WAITING, null)
                            : noted.decided(Outcome.SENT, "No callback is awaited.", BY_WEBHOOK, now));
        }
        throw new AssertionError("unknown event " + event);
    }

    private Approval noting(Event event) {
        Attempt attempt = attemptOf(event);
        Attempt last = lastAttempt();
        if (attempt == null || last != null && attempt.number() <= last.number()) {
            return this;
        }
        List<Attempt> all = new ArrayList<>(attempts);
        all.add(attempt);
        return with(build, all.subList(Math.max(0, all.size() - MAX_ATTEMPTS), all.size()), state, decision);
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

    private Answer answerTo(Event.Callback callback) {
        Decision standing = requireDecision();
        if (!awaitsCallback) {
            return Answer.NOT_AWAITED;
        }
        if (!standing.outcome().isByCallback()) {
            return Answer.ENDED;
        }
        return standing.isSuccess() == callback.success() ? Answer.DUPLICATE : Answer.CONFLICT;
    }

    private static Transition accepted(Approval approval) {
        return new Transition(approval, Answer.ACCEPTED);
    }

    /** Timed out at its deadline, whenever that was noticed. */
    private Approval timedOut() {
        return decided(Outcome.TIMED_OUT, "No callback arrived before the deadline.", "deadline", deadline);
    }

    private Approval decided(Outcome outcome, String message, String decidedBy, Instant at) {
        return with(build, attempts, State.DECIDED, new Decision(outcome, message, decidedBy, at));
    }

    Approval moved(String oldFullName, String newFullName) {
        return with(build.moved(oldFullName, newFullName), attempts, state, decision);
    }

    private Approval with(
            BuildRef newBuild, List<Attempt> newAttempts, State newState, @CheckForNull Decision newDecision) {
        return new Approval(
                id,
                newBuild,
                environment,
                webhook,
                callbackCredentialsId,
                allowedCallers,
                awaitsCallback,
                createdAt,
                deadline,
                newAttempts,
                newState,
                newDecision);
    }
}
