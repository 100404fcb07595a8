package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * One run of a webhook in one build, from the call to the decision; or one question to people, without a webhook. An
 * immutable value: {@link #on} applies an event, as the table in {@link Transitions} says.
 *
 * <p>The class is long because each change of a value is a method of its own.
 *
 * @param terms what is fixed at the start
 * @param state see {@link State}
 * @param said the verdicts so far
 * @param attempts the newest attempts to call the webhook, the newest last; at most {@value #MAX_ATTEMPTS}
 * @param calls the calls that may still be made, {@code null} if there are none
 * @param cancel the last attempt to call the cancel webhook, {@code null} if there was none
 * @param failedNotices the notices that could not be sent, the oldest first
 */
@Restricted(NoExternalUse.class)
public record Approval(
        @JsonProperty("terms") ApprovalTerms terms,
        @JsonProperty("state") State state,
        @JsonProperty("said") Said said,
        @JsonProperty("attempts") List<Attempt> attempts,
        @CheckForNull @JsonProperty("calls") OutgoingCalls calls,
        @CheckForNull @JsonProperty("cancel") Attempt cancel,
        @JsonProperty("failedNotices") List<Notifications.Failure> failedNotices) {

    public static final int MAX_ATTEMPTS = 20;

    /** The name of an approval without a webhook. */
    private static final String MANUAL = "manual approval";
    /** The name of an approval that waits for a window. */
    private static final String WINDOW = "window";

    public enum State {
        /** The approval is durable, and the webhook has not answered yet. */
        SENDING,
        /** The webhook took the call, or there is none; the callback or a person is awaited. */
        WAITING,
        /** The approval is over, one way or the other. */
        DECIDED
    }

    /** The answer to an event, for its sender. */
    public enum Answer {
        /** The event changed the approval, or was heard. */
        ACCEPTED,
        /** A verdict repeats the one that stands. */
        DUPLICATE,
        /** A verdict contradicts the one that stands. */
        CONFLICT,
        /** A verdict came after the approval had ended without one, or progress after any end. */
        ENDED,
        /** A person approves, but with other inputs than those who have approved before. */
        OTHER_INPUTS,
        /** A verdict or progress came from a side that is not awaited. */
        NOT_AWAITED,
        /** The event came too early or too late to mean anything. */
        IGNORED
    }

    /** The effect of an event: the approval after it, and the answer to its sender. */
    public record Transition(Approval approval, Answer answer) {}

    public Approval {
        Objects.requireNonNull(terms, "terms");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(said, "said");
        attempts = List.copyOf(attempts);
        failedNotices = List.copyOf(failedNotices);
        if ((state == State.DECIDED) != (said.decision() != null)) {
            throw new IllegalArgumentException("state " + state + " does not go with decision " + said.decision());
        }
        if (terms.subject().webhook() == null && (state == State.SENDING || calls != null && calls.isForProcess())) {
            throw new IllegalArgumentException("without a webhook, there is nothing to call");
        }
    }

    /** Returns a new approval, before anything was sent. */
    static Approval start(ApprovalTerms terms, @CheckForNull OutgoingCalls calls) {
        State first = terms.subject().webhook() == null ? State.WAITING : State.SENDING;
        return Notifications.afterEvent(
                null, new Approval(terms, first, Said.NOTHING, List.of(), calls, null, List.of()));
    }

    public String id() {
        return terms.id();
    }

    public BuildRef build() {
        return terms.build();
    }

    public Phase phase() {
        return terms.subject().phase();
    }

    @CheckForNull
    public String environment() {
        return terms.subject().environment();
    }

    /** Returns what pages and the log call it: the name of the webhook; without one, the question, if people are asked one. */
    public String title() {
        ManualRequirement manual = manual();
        String question = hasWebhook() || manual == null ? "" : manual.title();
        return question.isEmpty() ? webhook() : question;
    }

    /** Returns the rows that pages show of it. */
    public List<Fact> facts() {
        var facts = new ArrayList<Fact>(terms.facts());
        Decision decision = said.decision();
        if (decision != null) {
            facts.add(new Fact(Messages.Approval_decidedBy(), decision.decidedBy(), decision.decidedAt()));
        }
        return facts;
    }

    /** Returns whether the approval calls a webhook. Without one, a person alone decides. */
    public boolean hasWebhook() {
        return terms.subject().webhook() != null;
    }

    /** Returns the name of the webhook, or words for a person if there is none. */
    public String webhook() {
        return Objects.requireNonNullElse(terms.subject().webhook(), opensAt() == null ? MANUAL : WINDOW);
    }

    /** Returns whether the settings ask for it, as a rule of the environment, and not the Pipeline. */
    public boolean isRule() {
        return terms.subject().rule();
    }

    /** Returns when the window opens that is all that the approval waits for, {@code null} for any other approval. */
    @CheckForNull
    public Instant opensAt() {
        return terms.limits().opensAt();
    }

    @CheckForNull
    public String callbackCredentialsId() {
        return terms.deciders().callbackCredentialsId();
    }

    public List<String> allowedCallers() {
        return terms.deciders().allowedCallers();
    }

    public boolean awaitsCallback() {
        return channels().contains(Channel.CALLBACK);
    }

    /** Returns the ways in which the external process may give its verdict; empty if none is required of it. */
    public Set<Channel> channels() {
        return terms.deciders().channels();
    }

    /** Returns whether the external process may report progress, so that it can miss a heartbeat. */
    public boolean isHeard() {
        return channels().contains(Channel.CALLBACK) || channels().contains(Channel.STATUS);
    }

    /** Returns whether the webhook is still to be called: no call was taken, and no callback came before. */
    public boolean isUnsent() {
        Attempt last = lastAttempt();
        return hasWebhook() && said.callback() == null && (last == null || last.failure() != null);
    }

    /** Returns whether all that is still required, or was until the deadline, is the approval of people. */
    public boolean awaitsPersonAlone() {
        return !isUnsent() && (said.callback() != null || channels().isEmpty());
    }

    /** Returns what the decision lacks, as the beginning of a sentence for people. */
    public String missing() {
        if (isUnsent()) {
            Attempt last = lastAttempt();
            return "no call of the webhook was taken"
                    + (last == null ? "" : " (the last attempt: " + last.failure() + ")");
        }
        if (!awaitsPersonAlone()) {
            return Channel.missing(channels());
        }
        if (opensAt() != null) {
            return "the window did not open";
        }
        ManualRequirement manual = manual();
        return manual == null || votes().isEmpty()
                ? "nobody approved"
                : "only " + votes().size() + " of " + manual.required() + " people approved";
    }

    @CheckForNull
    public ManualRequirement manual() {
        return terms.deciders().manual();
    }

    public Instant createdAt() {
        return terms.limits().createdAt();
    }

    /** Returns whether the time of the approval begins with its first call, which has not begun. */
    public boolean awaitsFirstCall() {
        return terms.limits().fromCall() != null;
    }

    public Instant deadline() {
        return terms.limits().deadline();
    }

    @CheckForNull
    public Duration heartbeat() {
        return terms.limits().heartbeat();
    }

    @CheckForNull
    public Decision callback() {
        return said.callback();
    }

    /** Returns the data of the callback as the text of a JSON object, {@code null} if there is none. */
    @CheckForNull
    public String data() {
        return said.data();
    }

    /** Returns the approvals of people that count. */
    public List<Vote> votes() {
        return said.votes();
    }

    /** Returns what the people filled in, by name: texts and booleans. Empty before the first of them has approved. */
    public Map<String, Object> inputs() {
        return said.inputs();
    }

    /** Returns whether the approval of a person who may count for these rules would count. */
    public boolean needs(List<Integer> rules) {
        ManualRequirement manual = manual();
        return manual != null && RuleMatching.of(manual, votes()).needs(rules);
    }

    public boolean hasVoteOf(String user) {
        return said.votes().stream().anyMatch(vote -> vote.user().equals(user));
    }

    /**
     * Returns the verdict of the people who are asked: the rejection of one, or the approval of as many as are required.
     * {@code null} while there is neither.
     */
    @CheckForNull
    public Decision person() {
        ManualRequirement manual = manual();
        if (said.rejection() != null) {
            return said.rejection();
        }
        return manual == null || said.votes().size() < manual.required() ? null : Vote.together(said.votes());
    }

    /** Returns the same, by whom the decision says: {@code user alice}, {@code users alice and bob}. */
    @CheckForNull
    public Decision namedPerson() {
        Decision person = person();
        String user = said.rejection() == null && said.votes().size() > 1 ? "users " : "user ";
        return person == null
                ? null
                : new Decision(person.outcome(), person.mdMessage(), user + person.decidedBy(), person.decidedAt());
    }

    @CheckForNull
    public Decision decision() {
        return said.decision();
    }

    public boolean isDecided() {
        return state == State.DECIDED;
    }

    /** Returns whether nothing can happen any more: the approval is decided, and no call is left to make. */
    public boolean isClosed() {
        return isDecided() && calls == null;
    }

    /** Returns whether nothing will change any more: it is closed, and no call of the webhook is in flight that would be noted. */
    public boolean isFinal() {
        Attempt last = lastAttempt();
        return isClosed() && (last == null ? !hasWebhook() || awaitsFirstCall() : last.nextAt() == null);
    }

    /**
     * Returns the decision of an approval that is known to be decided.
     *
     * @throws IllegalStateException if it is not
     */
    public Decision requireDecision() {
        Decision decision = said.decision();
        if (decision == null) {
            throw new IllegalStateException(id() + " is not decided");
        }
        return decision;
    }

    @CheckForNull
    public Instant nextAttemptAt() {
        Attempt last = lastAttempt();
        return last == null ? null : last.nextAt();
    }

    /** Returns the last attempt to call the webhook that is over, {@code null} if there is none. */
    @CheckForNull
    public Attempt lastAttempt() {
        return attempts.isEmpty() ? null : attempts.get(attempts.size() - 1);
    }

    /**
     * Returns whether the external process may still be at work although nobody waits for it: the approval ended
     * without the process, and not because the webhook could not be called.
     */
    public boolean isCancelled() {
        Decision decision = said.decision();
        return decision != null
                && hasWebhook()
                && said.callback() == null
                && switch (decision.outcome()) {
                    case TIMED_OUT, NOT_HEARD, ABORTED, OTHER_FAILED, REJECTED, LOST -> true;
                    case SUCCESS -> decision.override() && !channels().isEmpty();
                    case NOT_SENT -> !isUnsent(); // it took the call, and its answer lacked what status needs
                    default -> false;
                };
    }

    /**
     * Returns when the next heartbeat is due. Empty while none is expected: until the webhook has answered, and once
     * the callback is there.
     *
     * @param heardAt when the external process was heard last
     */
    public Optional<Instant> heartbeatDue(Instant heardAt) {
        Duration heartbeat = heartbeat();
        return heartbeat != null && isHeard() && state == State.WAITING && said.callback() == null
                ? Optional.of(heardAt.plus(heartbeat))
                : Optional.empty();
    }

    /** Returns when somebody is to be told that the approval is about to time out; empty if nobody is, or was told. */
    public Optional<Instant> reminderDue() {
        Notifications notifications = Notifications.of(this);
        return notifications == null || notifications.reminded() || isDecided()
                ? Optional.empty()
                : Optional.of(terms.limits().nearlyOver());
    }

    /** Returns whether the approvals belong to one group, of which all have to succeed. */
    public boolean isBeside(Approval other) {
        return isIn(other.build(), other.phase(), other.terms.subject().group());
    }

    /** Returns whether the approval is one of a group, see {@link Approvals#endGroup}; {@code null} is none. */
    boolean isIn(BuildRef build, Phase phase, @CheckForNull String group) {
        return group != null && group.equals(terms.subject().group()) && phase == phase() && build.equals(build());
    }

    /**
     * Applies an event.
     *
     * <p>At or after the deadline a verdict finds the approval timed out, even if no deadline check came first. So the
     * outcome does not depend on how punctual a timer is.
     *
     * @param event what happened
     * @param now when it happened
     */
    public Transition on(Event event, Instant now) {
        return Transitions.of(this, event, now).apply(this, event, now);
    }

    boolean isOverdue(Instant now) {
        return !isDecided() && !now.isBefore(deadline());
    }

    /** Returns the approval with another name of its job. */
    public Approval ofJob(String name) {
        return name.equals(build().job())
                ? this
                : new Approval(terms.ofJob(name), state, said, attempts, calls, cancel, failedNotices);
    }

    Approval in(State newState) {
        return new Approval(terms, newState, said, attempts, calls, cancel, failedNotices);
    }

    Approval calledBack(Decision callback, @CheckForNull String data) {
        return with(said.withCallback(callback, data));
    }

    Approval approvedBy(Vote vote, Map<String, Object> inputs) {
        return with(said.withVote(vote, inputs));
    }

    Approval rejectedBy(Decision rejection) {
        return with(said.withRejection(rejection));
    }

    private Approval with(Said newSaid) {
        return new Approval(terms, state, newSaid, attempts, calls, cancel, failedNotices);
    }

    Approval withoutWebhookCall() {
        return calls == null ? this : with(calls.withoutWebhook());
    }

    Approval withoutVerdictCalls() {
        return calls == null ? this : with(calls.withoutVerdictCalls());
    }

    Approval withoutProcessCalls() {
        return calls == null ? this : with(calls.withoutProcess());
    }

    Approval cancelled(@CheckForNull Attempt attempt) {
        return new Approval(
                terms, state, said, attempts, calls == null ? null : calls.withoutProcess(), attempt, failedNotices);
    }

    /** Returns the approval with other notifications, {@code null} for none any more. */
    Approval notifying(@CheckForNull Notifications notifications) {
        return calls == null ? this : with(calls.with(notifications));
    }

    /** Returns the approval with a notice that could not be sent. */
    Approval noting(Notifications.Failure failure) {
        var all = new ArrayList<Notifications.Failure>(failedNotices);
        all.add(failure);
        return new Approval(terms, state, said, attempts, calls, cancel, all);
    }

    private Approval with(@CheckForNull OutgoingCalls others) {
        return new Approval(terms, state, said, attempts, others, cancel, failedNotices);
    }

    /** Returns the approval with an attempt added, unless it was noted before. */
    Approval noting(@CheckForNull Attempt attempt) {
        Attempt last = lastAttempt();
        if (attempt == null || last != null && attempt.number() <= last.number()) {
            return this;
        }
        var all = new ArrayList<Attempt>(attempts);
        all.add(attempt);
        List<Attempt> newest = all.subList(Math.max(0, all.size() - MAX_ATTEMPTS), all.size());
        return new Approval(terms, state, said, newest, calls, cancel, failedNotices);
    }

    /** Returns the approval once the first call begins. */
    Approval called(Instant at) {
        return awaitsFirstCall()
                ? new Approval(terms.called(at), state, said, attempts, calls, cancel, failedNotices)
                : this;
    }

    /** Returns whether there is a question for the status that has no verdict yet. */
    boolean asksForStatus() {
        return !attempts.isEmpty() && calls != null && calls.status() != null;
    }

    /** Returns the approval with values that an answer to a question for the status has for further calls. */
    Approval finding(Map<String, String> found) {
        var all = new ArrayList<Attempt>(attempts);
        all.set(all.size() - 1, all.get(all.size() - 1).finding(found));
        return new Approval(terms, state, said, all, calls, cancel, failedNotices);
    }

    Approval withInputs(Map<String, Object> inputs) {
        return with(said.withInputs(inputs));
    }

    /** Returns the approval decided. The cancel webhook stays only if it may have to be called. */
    Approval decided(Decision decision) {
        var decided =
                new Approval(terms, State.DECIDED, said.withDecision(decision), attempts, calls, cancel, failedNotices);
        return decided.isCancelled() ? decided.withoutVerdictCalls() : decided.withoutProcessCalls();
    }

    Approval decided(Outcome outcome, String message, String decidedBy, Instant at) {
        return decided(new Decision(outcome, message, decidedBy, at));
    }
}
