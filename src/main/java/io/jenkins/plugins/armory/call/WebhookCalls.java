package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.store.Approvals;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The calls of the approvals' own webhooks. A webhook is called while its approval is in state SENDING and its step
 * follows it.
 */
final class WebhookCalls extends CallKind {

    private static final Logger LOGGER = Logger.getLogger(WebhookCalls.class.getName());

    /** The place of what is called to start the external process, and to stop it. */
    static final String PLACE = "process";

    /** The longest start of an answer in a line of the log, in characters. */
    private static final int MAX_ANSWER = 200;

    private final Clock clock;
    /** The approvals that are followed, and whether their external processes may have begun. */
    private final Map<String, Boolean> followed = new ConcurrentHashMap<>();

    /** The approvals whose webhooks the last run of Jenkins may have been calling when it ended. */
    private final Set<String> cutOff = ConcurrentHashMap.newKeySet();

    WebhookCalls(Approvals approvals, Clock clock) {
        super(approvals);
        this.clock = clock;
    }

    /** Takes an approval from before the start. */
    void known(Approval approval) {
        if ((approval.isDecided() || approval.state() == Approval.State.SENDING)
                && mayHaveBeenUnderWay(approval, clock.instant())) {
            cutOff.add(approval.id());
        }
    }

    /** Returns whether the first or the next attempt was under way, or due, before the approval became known. */
    private static boolean mayHaveBeenUnderWay(Approval approval, Instant now) {
        Instant due = approval.nextAttemptAt();
        return !approval.awaitsFirstCall() && (due == null ? approval.attempts().isEmpty() : !due.isAfter(now));
    }

    /** Has the webhook of an approval called, whose step is there. */
    void follow(String id) {
        approvals()
                .findInMemory(id)
                .filter(approval -> approval.state() == Approval.State.SENDING)
                .ifPresent(approval -> followed.putIfAbsent(id, mayHaveBeenTaken(approval)));
    }

    @Override
    void begins(Order order) throws IOException {
        if (order.approval().awaitsFirstCall()) {
            approvals().apply(order.id(), new Event.Begun());
        }
    }

    @Override
    List<Order> due(Approval approval) {
        return approval.state() == Approval.State.SENDING && followed.containsKey(approval.id())
                ? Order.of(approval, OutgoingCalls::webhook)
                : List.of();
    }

    @Override
    List<Order> later(Approval approval) {
        return Order.of(approval, OutgoingCalls::webhook);
    }

    @Override
    Set<String> wanted(Order order) {
        return order.calls().ofAnswer();
    }

    @Override
    String place(Order order) {
        return PLACE;
    }

    @Override
    String key(Order order) {
        return order.id();
    }

    @Override
    int first(Order order) {
        Attempt last = order.approval().lastAttempt();
        return last == null ? 1 : last.number() + 1;
    }

    /**
     * After a restart: at once if an attempt may have been cut off, else when the next one is due, and no later than
     * after the whole delay: the clock may have been set back.
     */
    @Override
    Duration delay(Order order) {
        Attempt last = order.approval().lastAttempt();
        Instant due = order.approval().nextAttemptAt();
        if (last == null || due == null) {
            return Duration.ZERO;
        }
        Duration left = Duration.between(clock.instant(), due);
        Duration whole = Duration.between(last.at(), due);
        Duration delay = left.compareTo(whole) < 0 ? left : whole;
        return delay.isNegative() ? Duration.ZERO : delay;
    }

    @Override
    void waits(Order order, int number) {
        note(
                order,
                "The call of webhook '" + order.approval().webhook()
                        + "' waits for its turn: as many calls are in flight as there may be at once, of this job,"
                        + " to this host or in all. The time limit runs meanwhile.");
    }

    @Override
    void sending(Order order, int number, WebhookRequest request, String from) {
        String id = order.id();
        if (cutOff.remove(id)) {
            String webhook = "webhook '" + order.approval().webhook() + "'";
            note(
                    order,
                    number == 1
                            ? "Jenkins went down while " + webhook
                                    + " was being called; calling it again, with the same Idempotency-Key."
                            : "Jenkins was down when attempt " + number + " of " + webhook
                                    + " was due or under way; calling it now, with the same Idempotency-Key.");
        } else if (number == 1) {
            note(order, "Calling webhook '" + order.approval().webhook() + "'" + from + ": " + request.destination());
        }
    }

    @Override
    Optional<Duration> again(Order order, int number, CallResult result, double chance) {
        return super.again(order, number, result, chance)
                .filter(delay ->
                        clock.instant().plus(delay).isBefore(order.approval().deadline()));
    }

    @Override
    void repeated(Order order, Attempt attempt, CallResult result) {
        noteTaken(order, result);
        noteFailure(order, attempt);
        try {
            approvals().apply(order.id(), new Event.Failed(attempt));
        } catch (IOException x) {
            // The only effect: after a restart, the attempt is made again.
            LOGGER.log(Level.WARNING, "Cannot write that an attempt of " + order.id() + " failed", x);
        }
    }

    @Override
    Event over(Order order, Attempt attempt, CallResult result) {
        noteTaken(order, result);
        AnswerRule rule = order.webhook().answer();
        boolean tooLate = super.again(order, attempt.number(), result, 0).isPresent();
        if (rule != null && !tooLate && isAnswer(result)) {
            return decided(rule, result, attempt);
        }
        if (result.isAccepted()) {
            for (String variable : order.calls().ofAnswerForStatus()) {
                if (!attempt.found().containsKey(variable)) {
                    return new Event.NotSent(
                            attempt.host() + " answered " + attempt.status() + " without a value for {{" + variable
                                    + "}}, which status needs; compare the name with the answer on the build's page",
                            attempt);
                }
            }
            return new Event.Sent(attempt);
        }
        noteFailure(order, attempt);
        return new Event.NotSent(
                result.failure()
                        + (tooLate ? "; the next attempt would be later than the deadline" : "")
                        + afterAttempts(attempt.number()),
                attempt);
    }

    private void noteTaken(Order order, CallResult result) {
        followed.computeIfPresent(order.id(), (id, taken) -> taken || result.mayHaveBeenTaken());
    }

    /** Returns whether a call has an answer that decides: any but one after which calls are repeated. */
    private static boolean isAnswer(CallResult result) {
        return result.isAccepted() || result.status() != 0 && !result.mayBeRepeated();
    }

    /** Returns what an answer decides. What the rule does not know as success is a failure. */
    private static Event.Answered decided(AnswerRule rule, CallResult result, Attempt attempt) {
        String by = "answer of " + attempt.host();
        if (!result.isAccepted()) {
            return new Event.Answered(
                    attempt, false, result.failure() + ". Success is " + rule.statuses() + ".", null, by);
        }
        Judgement judgement = Objects.requireNonNull(result.judged(), "the answer to a call with a rule");
        boolean success = judgement.verdict() == Judgement.Verdict.SUCCESS;
        String message = success ? judgement.finding() : rule.reason(judgement);
        return new Event.Answered(attempt, success, message, result.data(), by);
    }

    /** Adds an attempt that failed to the build's log. */
    private void noteFailure(Order order, Attempt attempt) {
        if (attempt.nextAt() == null
                && attempt.number() == 1
                && attempt.answer().isEmpty()) {
            return; // the step's own error says it all
        }
        note(
                order,
                "Attempt " + attempt.number() + " of "
                        + (order.webhook().retry().count() + 1) + " failed after "
                        + attempt.duration().toMillis() + " ms: " + attempt.failure()
                        + (attempt.nextAt() == null ? "." : ". The next is due at " + attempt.nextAt() + "."));
        if (!attempt.answer().isEmpty()) {
            note(order, "The answer began: " + oneLine(attempt.answer()));
        }
    }

    /** Returns an answer, often a page of HTML, as a line. The page of the build has all of it. */
    private static String oneLine(String answer) {
        String line = answer.strip().replaceAll("\\s+", " ");
        return line.length() > MAX_ANSWER ? line.substring(0, MAX_ANSWER) + "..." : line;
    }

    @Override
    void closed(String id) {
        followed.remove(id);
        cutOff.remove(id);
    }

    /**
     * Returns whether the external process may have begun: as this run of Jenkins has noted, or else by the recorded
     * attempts. By those, it may if a call was taken, its answer was lost, or the first or next attempt was cut off.
     */
    boolean mayHaveBeenTaken(Approval approval) {
        Boolean noted = followed.get(approval.id());
        if (noted != null) {
            return noted;
        }
        return cutOff.contains(approval.id())
                || approval.attempts().stream().anyMatch(each -> each.failure() == null || each.status() == 0);
    }
}
