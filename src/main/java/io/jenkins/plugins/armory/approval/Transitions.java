package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval.Answer;
import io.jenkins.plugins.armory.approval.Approval.State;
import io.jenkins.plugins.armory.approval.Approval.Transition;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The transition table of an approval: the first row that fits applies. A test visits every row, and another holds the
 * table of docs/architecture.md to this one. It is long because a table is one.
 */
enum Transitions {
    SIDE_NOT_AWAITED(
            States.ALL,
            Events.of(
                    Event.Callback.class,
                    Event.StatusVerdict.class,
                    Event.ManualApproval.class,
                    Event.ManualRejection.class,
                    Event.Progress.class),
            "the terms ask nothing of that side",
            (approval, event, now) -> !isAwaited(approval, event),
            "the same",
            Effect.NONE,
            Answer.NOT_AWAITED),
    VERDICT_REPEATED(
            States.ALL,
            Events.VERDICTS,
            "that side has said the same",
            (approval, event, now) -> Optional.ofNullable(standing(approval, event))
                    .filter(standing -> standing.isSuccess() == isSuccess(event))
                    .isPresent(),
            "timed out if overdue, else the same",
            Transitions::lookedAtTheClock,
            Answer.DUPLICATE),
    VERDICT_CONTRADICTED(
            States.ALL,
            Events.VERDICTS,
            "that side has said the opposite; a person may reject until the decision",
            (approval, event, now) -> standing(approval, event) != null,
            "timed out if overdue, else the same",
            Transitions::lookedAtTheClock,
            Answer.CONFLICT),
    TOO_LATE(
            States.ALL,
            Events.of(
                    Event.Callback.class,
                    Event.StatusVerdict.class,
                    Event.ManualApproval.class,
                    Event.ManualRejection.class,
                    Event.Overridden.class,
                    Event.Progress.class),
            "the approval is decided or overdue",
            (approval, event, now) -> approval.isDecided() || approval.isOverdue(now),
            "timed out if overdue, else the same",
            Transitions::lookedAtTheClock,
            Answer.ENDED),
    CALL_OVERTAKEN(
            States.ALL,
            Events.CALLS,
            "the approval is decided, or the callback is there",
            (approval, event, now) -> approval.isDecided() || approval.callback() != null,
            "the same, with the attempt noted",
            Effect.NOTED,
            Answer.IGNORED),
    ANSWER_TOO_LATE(
            States.PENDING,
            Events.of(Event.Sent.class, Event.Answered.class),
            "the approval is overdue",
            (approval, event, now) -> approval.isOverdue(now),
            "TIMED_OUT, with the attempt noted",
            (approval, event, now) -> Endings.timedOut(noted(approval, event), ""),
            Answer.ENDED),
    ANSWER_NOT_AWAITED(
            States.PENDING,
            Events.of(Event.Answered.class),
            "the answer decides nothing by the terms",
            (approval, event, now) -> !approval.channels().contains(Channel.ANSWER),
            "the same",
            Effect.NONE,
            Answer.NOT_AWAITED),
    PROCESS_SUCCEEDED(
            States.PENDING,
            Events.PROCESS_VERDICTS,
            "it says success",
            (approval, event, now) -> isSuccess(event),
            "SUCCESS, or WAITING for people",
            // Once there is a callback, the webhook's own answer does not matter any more.
            (approval, event, now) -> Endings.settledOrWaiting(
                    calledBack(approval, event, now).withState(State.WAITING).withoutVerdictCalls(), now),
            Answer.ACCEPTED),
    PROCESS_FAILED(
            States.PENDING,
            Events.PROCESS_VERDICTS,
            "FAILURE",
            (approval, event, now) -> calledBack(approval, event, now).decided(verdict(event, now)),
            Answer.ACCEPTED),
    PERSON_APPROVED_AGAIN(
            States.PENDING,
            Events.of(Event.ManualApproval.class),
            "the person has approved",
            (approval, event, now) -> approval.hasVoteOf(((Event.ManualApproval) event).user()),
            "the same",
            Effect.NONE,
            Answer.DUPLICATE),
    PERSON_NOT_NEEDED(
            States.PENDING,
            Events.of(Event.ManualApproval.class),
            "each rule that the person counts for has its people",
            (approval, event, now) -> !approval.needs(((Event.ManualApproval) event).rules()),
            "the same",
            Effect.NONE,
            Answer.NOT_AWAITED),
    OTHER_INPUTS(
            States.PENDING,
            Events.of(Event.ManualApproval.class),
            "others have approved with other inputs",
            (approval, event, now) ->
                    !approval.votes().isEmpty() && !approval.inputs().equals(((Event.ManualApproval) event).inputs()),
            "the same",
            Effect.NONE,
            Answer.OTHER_INPUTS),
    PERSON_APPROVED(
            States.PENDING,
            Events.of(Event.ManualApproval.class),
            "SUCCESS, or the same while other people or the callback are awaited or the webhook has not answered",
            (approval, event, now) ->
                    Endings.settledOrWaiting(approvedBy(approval, (Event.ManualApproval) event, now), now),
            Answer.ACCEPTED),
    PERSON_REJECTED(
            States.PENDING,
            Events.of(Event.ManualRejection.class),
            "REJECTED",
            (approval, event, now) -> {
                Decision said = verdict(event, now);
                return approval.withRejection(said)
                        .decided(said.outcome(), said.mdMessage(), "user " + said.decidedBy(), said.decidedAt());
            },
            Answer.ACCEPTED),
    OVERRIDDEN(
            States.PENDING,
            Events.of(Event.Overridden.class),
            "SUCCESS or REJECTED, whatever is missing",
            (approval, event, now) ->
                    approval.withInputs(((Event.Overridden) event).inputs()).decided(verdict(event, now)),
            Answer.ACCEPTED),
    PROGRESS_AFTER_CALLBACK(
            States.PENDING,
            Events.of(Event.Progress.class),
            "the callback is there",
            (approval, event, now) -> approval.callback() != null,
            "the same",
            Effect.NONE,
            Answer.ENDED),
    PROGRESS(States.PENDING, Events.of(Event.Progress.class), "the same", Effect.NONE, Answer.ACCEPTED),
    NOTICE_SENT(
            States.ALL,
            Events.of(Event.Notified.class),
            "that notice is due",
            (approval, event, now) -> isDue(approval, (Event.Notified) event),
            "the same without that notice, with the failure if it could not be sent; closed if that was the last call",
            (approval, event, now) -> Notifications.afterNotice(approval, (Event.Notified) event, now),
            Answer.ACCEPTED),
    EXPIRING(
            States.PENDING,
            Events.of(Event.ExpiryCheck.class),
            "little of its time is left, and nobody was told",
            (approval, event, now) -> approval.reminderDue()
                    .filter(due -> !now.isBefore(due) && !approval.isOverdue(now))
                    .isPresent(),
            "the same, with a notice for everybody who is told",
            (approval, event, now) -> Notifications.told(approval, Notifications.Occasion.EXPIRING),
            Answer.ACCEPTED),
    WINDOW_OPENED(
            States.PENDING,
            Events.of(Event.DeadlineCheck.class),
            "the window that it waits for has opened",
            (approval, event, now) -> Endings.hasOpened(approval, now),
            "SUCCESS",
            (approval, event, now) -> approval.decided(Outcome.SUCCESS, "", "window", now),
            Answer.ACCEPTED),
    DEADLINE_PASSED(
            States.PENDING,
            Events.of(Event.DeadlineCheck.class),
            "the deadline has passed",
            (approval, event, now) -> approval.isOverdue(now),
            "TIMED_OUT",
            (approval, event, now) -> Endings.timedOut(approval, ((Event.DeadlineCheck) event).lastHeard()),
            Answer.ACCEPTED),
    HEARTBEAT_MISSED(
            States.PENDING,
            Events.of(Event.HeartbeatCheck.class),
            "a heartbeat is due",
            (approval, event, now) -> approval.heartbeatDue(((Event.HeartbeatCheck) event).heardAt())
                    .filter(due -> !now.isBefore(due))
                    .isPresent(),
            "NOT_HEARD",
            (approval, event, now) -> Endings.heartbeatMissed(approval, (Event.HeartbeatCheck) event),
            Answer.ACCEPTED),
    MOVED(
            States.WAITING,
            Events.of(Event.Moved.class),
            "the status is asked for",
            (approval, event, now) -> approval.asksForStatus(),
            "the same, with the values noted",
            (approval, event, now) -> approval.finding(((Event.Moved) event).found()),
            Answer.ACCEPTED),
    CALLBACK_REFUSED(
            States.PENDING,
            Events.of(Event.Refused.class),
            "it is the first",
            (approval, event, now) -> approval.refusal() == null,
            "the same, with the answer noted",
            (approval, event, now) -> approval.withRefusal(((Event.Refused) event).answer()),
            Answer.ACCEPTED),
    NOT_SENT(
            States.PENDING,
            Events.of(Event.NotSent.class),
            "NOT_SENT",
            (approval, event, now) -> noted(approval, event)
                    .decided(Outcome.NOT_SENT, ((Event.NotSent) event).reason(), Events.BY_WEBHOOK, now),
            Answer.ACCEPTED),
    ABORTED(
            States.PENDING,
            Events.of(Event.Aborted.class),
            "ABORTED",
            (approval, event, now) -> approval.decided(Outcome.ABORTED, ((Event.Aborted) event).reason(), "build", now),
            Answer.ACCEPTED),
    LOST(
            States.PENDING,
            Events.of(Event.Lost.class),
            "LOST",
            (approval, event, now) -> approval.decided(Outcome.LOST, ((Event.Lost) event).reason(), "build", now),
            Answer.ACCEPTED),
    OTHER_FAILED(
            States.PENDING,
            Events.of(Event.OtherFailed.class),
            "OTHER_FAILED",
            (approval, event, now) -> approval.decided(
                    Outcome.OTHER_FAILED, ((Event.OtherFailed) event).reason(), "another approval", now),
            Answer.ACCEPTED),
    CALL_BEGUN(
            States.PENDING,
            Events.of(Event.Begun.class),
            "the same, with the deadline if that begins with the call",
            (approval, event, now) -> approval.called(now),
            Answer.ACCEPTED),
    CALL_FAILED(
            States.SENDING,
            Events.of(Event.Failed.class),
            "SENDING, with the attempt noted",
            Effect.NOTED,
            Answer.ACCEPTED),
    SENT(
            States.SENDING,
            Events.of(Event.Sent.class),
            "WAITING, or decided if nothing more is required",
            (approval, event, now) -> Endings.settledOrWaiting(
                    noted(approval, event).withState(State.WAITING).withoutWebhookCall(), now),
            Answer.ACCEPTED),
    CANCEL_OVER(
            States.DECIDED,
            Events.of(Event.CancelOver.class),
            "closed, unless somebody is still to be told",
            (approval, event, now) ->
                    approval.withCancel(((Event.CancelOver) event).attempt()).withoutProcessCalls(),
            Answer.ACCEPTED),
    TOO_EARLY_OR_TOO_LATE(
            States.ALL,
            Events.of(
                    Event.Begun.class,
                    Event.Failed.class,
                    Event.Sent.class,
                    Event.Moved.class,
                    Event.DeadlineCheck.class,
                    Event.HeartbeatCheck.class,
                    Event.ExpiryCheck.class,
                    Event.Notified.class,
                    Event.Refused.class,
                    Event.CancelOver.class,
                    Event.OtherFailed.class,
                    Event.Lost.class,
                    Event.Aborted.class),
            "the same",
            Effect.NONE,
            Answer.IGNORED);

    /** A condition on the approval before the event. */
    private interface Guard {
        boolean holds(Approval approval, Event event, Instant now);
    }

    /** The change that an event makes. */
    private interface Effect {

        Effect NONE = (approval, event, now) -> approval;
        Effect NOTED = (approval, event, now) -> noted(approval, event);

        Approval on(Approval approval, Event event, Instant now);
    }

    private static final class States {
        static final Set<State> ALL = EnumSet.allOf(State.class);
        static final Set<State> PENDING = EnumSet.of(State.SENDING, State.WAITING);
        static final Set<State> SENDING = EnumSet.of(State.SENDING);
        static final Set<State> WAITING = EnumSet.of(State.WAITING);
        static final Set<State> DECIDED = EnumSet.of(State.DECIDED);
    }

    private static final class Events {
        static final String BY_WEBHOOK = "webhook";
        static final List<Class<? extends Event>> VERDICTS = List.of(
                Event.Callback.class,
                Event.StatusVerdict.class,
                Event.ManualApproval.class,
                Event.ManualRejection.class,
                Event.Overridden.class);
        static final List<Class<? extends Event>> PROCESS_VERDICTS =
                List.of(Event.Callback.class, Event.StatusVerdict.class, Event.Answered.class);
        static final List<Class<? extends Event>> CALLS =
                List.of(Event.Failed.class, Event.Sent.class, Event.Answered.class, Event.NotSent.class);

        @SafeVarargs
        static List<Class<? extends Event>> of(Class<? extends Event>... events) {
            return List.of(events);
        }
    }

    final Set<State> from;
    final List<Class<? extends Event>> events;
    final String condition;
    private final Guard guard;
    final String result;
    private final Effect effect;
    final Answer answer;

    /** A row without a condition. */
    Transitions(Set<State> from, List<Class<? extends Event>> events, String result, Effect effect, Answer answer) {
        this(from, events, "", (approval, event, now) -> true, result, effect, answer);
    }

    Transitions(
            Set<State> from,
            List<Class<? extends Event>> events,
            String condition,
            Guard guard,
            String result,
            Effect effect,
            Answer answer) {
        this.from = from;
        this.events = events;
        this.condition = condition;
        this.guard = guard;
        this.result = result;
        this.effect = effect;
        this.answer = answer;
    }

    /** Returns the row that applies. */
    static Transitions of(Approval approval, Event event, Instant now) {
        for (Transitions row : values()) {
            if (row.from.contains(approval.state())
                    && row.events.contains(event.getClass())
                    && row.guard.holds(approval, event, now)) {
                return row;
            }
        }
        throw new AssertionError("no row for " + event + " in " + approval.state());
    }

    Transition apply(Approval approval, Event event, Instant now) {
        return new Transition(Notifications.afterEvent(approval, effect.on(approval, event, now)), answer);
    }

    private static boolean isAwaited(Approval approval, Event event) {
        if (isOfPerson(event)) {
            return approval.manual() != null;
        } else if (event instanceof Event.StatusVerdict) {
            return approval.channels().contains(Channel.STATUS);
        }
        return event instanceof Event.Progress ? approval.isHeard() : approval.awaitsCallback();
    }

    private static boolean isOfPerson(Event event) {
        return event instanceof Event.ManualApproval || event instanceof Event.ManualRejection;
    }

    private static boolean isDue(Approval approval, Event.Notified event) {
        Notifications notifications = Notifications.of(approval);
        return notifications != null && notifications.due().contains(event.notice());
    }

    /** Returns what the side that speaks has said before. A rejection counts as long as nothing is decided. */
    @CheckForNull
    private static Decision standing(Approval approval, Event event) {
        if (event instanceof Event.Overridden) {
            Decision decision = approval.decision();
            return decision != null && decision.override() ? decision : null;
        }
        if (event instanceof Event.ManualRejection && !approval.isDecided()) {
            return null;
        }
        return isOfPerson(event) ? approval.person() : approval.callback();
    }

    private static boolean isSuccess(Event event) {
        return event instanceof Event.ManualApproval
                || event instanceof Event.ProcessVerdict said && said.success()
                || event instanceof Event.Overridden decided && decided.success();
    }

    private static Approval approvedBy(Approval approval, Event.ManualApproval said, Instant now) {
        return approval.approvedBy(new Vote(said.user(), said.comment(), now, said.rules()), said.inputs());
    }

    private static Decision verdict(Event event, Instant now) {
        if (event instanceof Event.ProcessVerdict said) {
            return new Decision(
                    said.success() ? Outcome.SUCCESS : Outcome.FAILURE, said.mdMessage(), said.decidedBy(), now);
        } else if (event instanceof Event.ManualRejection said) {
            return new Decision(Outcome.REJECTED, said.comment(), said.user(), now);
        }
        if (event instanceof Event.Overridden said) {
            Outcome outcome = said.success() ? Outcome.SUCCESS : Outcome.REJECTED;
            return new Decision(outcome, said.reason(), "override by user " + said.user(), now, true);
        }
        throw new AssertionError("no verdict: " + event);
    }

    private static Approval calledBack(Approval approval, Event event, Instant now) {
        return noted(approval, event).withCallback(verdict(event, now)).withData(((Event.ProcessVerdict) event).data());
    }

    private static Approval noted(Approval approval, Event event) {
        return event instanceof Event.Called called ? approval.noting(called.attempt()) : approval;
    }

    private static Approval lookedAtTheClock(Approval approval, Event event, Instant now) {
        return approval.isOverdue(now) ? Endings.timedOut(approval, "") : approval;
    }
}
