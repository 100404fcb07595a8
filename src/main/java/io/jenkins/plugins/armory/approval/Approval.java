package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.time.Duration;
import java.time.Instant;
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
 * A callback decides in SENDING too: an external process may call back before it answers the webhook's request. From
 * DECIDED nothing leads away.
 *
 * @param id names the approval in its callback URI; public
 * @param build the build that waits
 * @param environment what is deployed to, {@code null} where none is known
 * @param webhook name of the webhook
 * @param callbackCredentialsId id of the Secret text credential that may call back, {@code null} for none
 * @param allowedCallers whom the step lets decide, of those that the settings would let; empty for all of them
 * @param createdAt when the step started
 * @param deadline when the wait ends without a callback; absolute, so time spent while Jenkins is down counts
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
        Instant createdAt,
        Instant deadline,
        State state,
        @CheckForNull Decision decision) {

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
        if ((state == State.DECIDED) != (decision != null)) {
            throw new IllegalArgumentException("state " + state + " does not go with decision " + decision);
        }
    }

    /** A new approval, before anything was sent, that all may decide whom the settings let. */
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

    /** A new approval, before anything was sent. */
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
                createdAt,
                createdAt.plus(timeout),
                State.SENDING,
                null);
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
            return new Transition(this, event instanceof Event.Callback callback ? answerTo(callback) : Answer.IGNORED);
        }
        boolean overdue = !now.isBefore(deadline);
        if (event instanceof Event.Callback callback) {
            if (overdue) {
                return new Transition(timedOut(), Answer.ENDED);
            }
            Outcome outcome = callback.success() ? Outcome.SUCCESS : Outcome.FAILURE;
            return accepted(decided(outcome, callback.mdMessage(), callback.decidedBy(), now));
        } else if (event instanceof Event.DeadlineCheck) {
            return overdue ? accepted(timedOut()) : new Transition(this, Answer.IGNORED);
        } else if (event instanceof Event.NotSent notSent) {
            return accepted(decided(Outcome.NOT_SENT, notSent.reason(), "webhook", now));
        } else if (event instanceof Event.Aborted aborted) {
            return accepted(decided(Outcome.ABORTED, aborted.reason(), "build", now));
        } else if (event instanceof Event.Sent) {
            return state == State.SENDING
                    ? accepted(with(build, State.WAITING, null))
                    : new Transition(this, Answer.IGNORED);
        }
        throw new AssertionError("unknown event " + event);
    }

    private Answer answerTo(Event.Callback callback) {
        Decision standing = requireDecision();
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
        return with(build, State.DECIDED, new Decision(outcome, message, decidedBy, at));
    }

    Approval moved(String oldFullName, String newFullName) {
        return with(build.moved(oldFullName, newFullName), state, decision);
    }

    private Approval with(BuildRef newBuild, State newState, @CheckForNull Decision newDecision) {
        return new Approval(
                id,
                newBuild,
                environment,
                webhook,
                callbackCredentialsId,
                allowedCallers,
                createdAt,
                deadline,
                newState,
                newDecision);
    }
}
