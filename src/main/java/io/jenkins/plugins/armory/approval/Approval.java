package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Decision.Outcome;
import io.jenkins.plugins.armory.webhook.text.Bound;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * One run of a webhook in one build, from the call to the decision; or one question to people, without a webhook. An
 * immutable value: {@link #on} applies an event, as the table in {@link Transitions} says.
 *
 * <p>The class is long because each change of a value is a method of its own.
 *
 * @param id names the approval in its callback URI; public
 * @param build the build that waits
 * @param createdAt when its step started
 * @param step the id of its step's first approval: all of them have to succeed, and the first that fails ends the
 *     others
 * @param path what messages name an approval of a list by, such as {@code region=eu-west (approvals[17])}; empty for
 *     one that is in none
 * @param origin where it comes from
 * @param terms what its step says
 * @param channels the ways in which the external process may give its verdict; empty if none is required of it
 * @param calledAt when the first call began; {@code null} before, and if the deadline does not depend on that
 * @param state see {@link State}
 * @param callback the verdict of the external process, through any of its channels; {@code null} while there is none
 * @param data the data of that callback as the text of a JSON object, {@code null} if it has none
 * @param votes the approvals of people, in their order; each counts for a rule, so there are at most as many as are
 *     required
 * @param inputs what the first of these people filled in and the others agreed to, by name; texts and booleans
 * @param rejection the rejection by a person, {@code null} while there is none
 * @param decision the decision; present in state DECIDED and in no other
 * @param attempts the newest attempts to call the webhook, the newest last; at most {@value #MAX_ATTEMPTS}
 * @param calls the calls that may still be made, {@code null} if there are none
 * @param cancel the last attempt to call the cancel webhook, {@code null} if there was none
 * @param refusal why the first callback was refused that came while it was pending, {@code null} if none was; more are
 *     not written, since anybody may send them
 * @param failedNotices the notices that could not be sent, the oldest first
 */
@Restricted(NoExternalUse.class)
@RecordBuilder
@RecordBuilder.Options(buildMethodName = "toApproval") // build is a component
public record Approval(
        @JsonProperty("id") String id,
        @JsonProperty("build") BuildRef build,
        @JsonProperty("createdAt") Instant createdAt,
        @JsonProperty("step") String step,
        @JsonProperty("path") String path,
        @JsonProperty("origin") Origin origin,
        @JsonProperty("terms") Terms terms,
        @JsonProperty("channels") Set<Channel> channels,
        @CheckForNull @JsonProperty("calledAt") Instant calledAt,
        @JsonProperty("state") State state,
        @CheckForNull @JsonProperty("callback") Decision callback,
        @CheckForNull @JsonProperty("data") String data,
        @JsonProperty("votes") List<Vote> votes,
        @JsonProperty("inputs") Map<String, Object> inputs,
        @CheckForNull @JsonProperty("rejection") Decision rejection,
        @CheckForNull @JsonProperty("decision") Decision decision,
        @JsonProperty("attempts") List<Attempt> attempts,
        @CheckForNull @JsonProperty("calls") OutgoingCalls calls,
        @CheckForNull @JsonProperty("cancel") Attempt cancel,
        @CheckForNull @JsonProperty("refusal") String refusal,
        @JsonProperty("failedNotices") List<Notifications.Failure> failedNotices)
        implements ApprovalBuilder.With {

    public static final int MAX_ATTEMPTS = 20;

    /** The name of an approval without a webhook. */
    private static final String MANUAL = "manual approval";
    /** The name of an approval that waits for a window. */
    private static final String WINDOW = "window";
    /** The time that an approval may wait for its call. */
    private static final Duration MOST_BEFORE_CALL = Duration.ofHours(24);
    /** The longest time before the deadline at which an approval counts as about to time out. */
    private static final Duration LONGEST_NOTICE = Duration.ofHours(1);

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

    /**
     * Where an approval comes from, to tell it from an approval of a copied home.
     *
     * @param address the address that Jenkins had for callers at the start, {@code null} if it had none
     */
    public record Origin(
            @CheckForNull @JsonProperty("address") String address) {

        public static final Origin UNKNOWN = new Origin(null);

        public Origin {
            Bound.LINE.check("the URL of Jenkins", address);
        }
    }

    public Approval {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(build, "build");
        Objects.requireNonNull(path, "path");
        Objects.requireNonNull(origin, "origin");
        Objects.requireNonNull(state, "state");
        createdAt = createdAt.truncatedTo(ChronoUnit.MILLIS); // as clients are shown it
        channels = Channel.shared(channels);
        votes = List.copyOf(votes);
        inputs = inputs.isEmpty() ? Map.of() : Collections.unmodifiableMap(new LinkedHashMap<>(inputs));
        attempts = List.copyOf(attempts);
        failedNotices = List.copyOf(failedNotices);
        if ((state == State.DECIDED) != (decision != null)) {
            throw new IllegalArgumentException("state " + state + " does not go with decision " + decision);
        }
        if (terms.webhook() == null
                && (state == State.SENDING || !channels.isEmpty() || calls != null && calls.isForProcess())) {
            throw new IllegalArgumentException("without a webhook, there is nothing to call");
        }
    }

    /**
     * Returns a new approval, before anything was sent. With a webhook, it awaits a callback.
     *
     * @param rest sets its id, build and time, and what else there is
     */
    public static Approval start(Terms terms, Consumer<ApprovalBuilder> rest) {
        ApprovalBuilder approval = ApprovalBuilder.builder()
                .path("")
                .origin(Origin.UNKNOWN)
                .terms(terms)
                .channels(terms.webhook() == null ? Set.of() : Set.of(Channel.CALLBACK))
                .state(terms.webhook() == null ? State.WAITING : State.SENDING)
                .votes(List.of())
                .inputs(Map.of())
                .attempts(List.of())
                .failedNotices(List.of());
        rest.accept(approval);
        return Notifications.afterEvent(null, approval.toApproval());
    }

    public Phase phase() {
        return terms.phase();
    }

    @CheckForNull
    public String environment() {
        return terms.environment();
    }

    /**
     * Returns what pages and the log call it: the name of the webhook; without one, the question, if people are asked
     * one.
     */
    public String title() {
        ManualRequirement manual = manual();
        String question = hasWebhook() || manual == null ? "" : manual.title();
        return question.isEmpty() ? webhook() : question;
    }

    /** Returns the rows that pages show of it. */
    public List<Fact> facts() {
        var facts = new ArrayList<Fact>(terms.facts());
        facts.add(new Fact("started", Messages.Approval_started(), null, createdAt));
        if (decision != null) {
            facts.add(new Fact("decidedBy", Messages.Approval_decidedBy(), decision.decidedBy(), decision.decidedAt()));
        }
        return facts;
    }

    /** Returns whether the approval calls a webhook. Without one, a person alone decides. */
    public boolean hasWebhook() {
        return terms.webhook() != null;
    }

    /** Returns the name of the webhook, or words for a person if there is none. */
    public String webhook() {
        return Objects.requireNonNullElse(terms.webhook(), opensAt() == null ? MANUAL : WINDOW);
    }

    /** Returns whether the settings ask for it, as a rule of the environment, and not the Pipeline. */
    public boolean isRule() {
        return terms.rule();
    }

    /** Returns when the window opens that is all that the approval waits for, {@code null} for any other approval. */
    @CheckForNull
    public Instant opensAt() {
        return terms.opensAt();
    }

    @CheckForNull
    public String callbackCredentialsId() {
        return terms.callbackCredentialsId();
    }

    public List<String> allowedCallers() {
        return terms.allowedCallers();
    }

    public boolean awaitsCallback() {
        return channels().contains(Channel.CALLBACK);
    }

    /** Returns whether the external process may report progress, so that it can miss a heartbeat. */
    public boolean isHeard() {
        return channels().contains(Channel.CALLBACK) || channels().contains(Channel.STATUS);
    }

    /** Returns whether the webhook is still to be called: no call was taken, and no callback came before. */
    public boolean isUnsent() {
        Attempt last = lastAttempt();
        return hasWebhook() && callback == null && (last == null || last.failure() != null);
    }

    /** Returns whether all that is still required, or was until the deadline, is the approval of people. */
    public boolean awaitsPersonAlone() {
        return !isUnsent() && (callback != null || channels().isEmpty());
    }

    /** Returns what the decision lacks, as the beginning of a sentence for people. */
    public String missing() {
        if (isUnsent()) {
            Attempt last = lastAttempt();
            return "no call of the webhook was taken"
                    + (last == null ? "" : " (the last attempt: " + last.failure() + ")");
        }
        if (!awaitsPersonAlone()) {
            return refusal == null
                    ? Channel.missing(channels())
                    : "a callback arrived and was refused (" + refusal + "), and no other was accepted";
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
        return terms.manual();
    }

    /** Returns whether the time of the approval begins with its first call, which has not begun. */
    public boolean awaitsFirstCall() {
        return terms.waitsForCall() && calledAt == null;
    }

    /** Returns when the wait ends; absolute, so time spent while Jenkins is down counts. */
    public Instant deadline() {
        Instant latest =
                createdAt.plus(terms.waitsForCall() ? terms.timeout().plus(MOST_BEFORE_CALL) : terms.timeout());
        Instant own = calledAt == null ? latest : calledAt.plus(terms.timeout());
        return own.isBefore(latest) ? own : latest;
    }

    /** Returns when the approval is about to time out: when a tenth of its time is left, or an hour if that is less. */
    private Instant nearlyOver() {
        Duration tenth = Duration.between(Objects.requireNonNullElse(calledAt, createdAt), deadline())
                .dividedBy(10);
        return deadline().minus(tenth.compareTo(LONGEST_NOTICE) < 0 ? tenth : LONGEST_NOTICE);
    }

    @CheckForNull
    public Duration heartbeat() {
        return terms.heartbeat();
    }

    /** Returns whether the approval of a person who may count for these rules would count. */
    public boolean needs(List<Integer> rules) {
        ManualRequirement manual = manual();
        return manual != null && RuleMatching.of(manual, votes()).needs(rules);
    }

    public boolean hasVoteOf(String user) {
        return votes.stream().anyMatch(vote -> vote.user().equals(user));
    }

    /**
     * Returns the verdict of the people who are asked: the rejection of one, or the approval of as many as are
     * required. {@code null} while there is neither.
     */
    @CheckForNull
    public Decision person() {
        ManualRequirement manual = manual();
        if (rejection != null) {
            return rejection;
        }
        return manual == null || votes.size() < manual.required() ? null : Vote.together(votes);
    }

    /** Returns the same, by whom the decision says: {@code user alice}, {@code users alice and bob}. */
    @CheckForNull
    public Decision namedPerson() {
        Decision person = person();
        String user = rejection == null && votes.size() > 1 ? "users " : "user ";
        return person == null
                ? null
                : new Decision(person.outcome(), person.mdMessage(), user + person.decidedBy(), person.decidedAt());
    }

    public boolean isDecided() {
        return state == State.DECIDED;
    }

    /** Returns whether nothing can happen any more: the approval is decided, and no call is left to make. */
    public boolean isClosed() {
        return isDecided() && calls == null;
    }

    /**
     * Returns the decision of an approval that is known to be decided.
     *
     * @throws IllegalStateException if it is not
     */
    public Decision requireDecision() {
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
        return decision != null
                && hasWebhook()
                && callback == null
                && switch (decision.outcome()) {
                    case TIMED_OUT, NOT_HEARD, ABORTED, LOST, OTHER_FAILED, REJECTED -> true;
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
        return heartbeat != null && isHeard() && state == State.WAITING && callback == null
                ? Optional.of(heardAt.plus(heartbeat))
                : Optional.empty();
    }

    /** Returns when somebody is to be told that the approval is about to time out; empty if nobody is, or was told. */
    public Optional<Instant> reminderDue() {
        Notifications notifications = Notifications.of(this);
        return notifications == null || notifications.reminded() || isDecided()
                ? Optional.empty()
                : Optional.of(nearlyOver());
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

    public boolean isOverdue(Instant now) {
        return !isDecided() && !now.isBefore(deadline());
    }

    /** Returns the approval with another name of its job. */
    public Approval ofJob(String name) {
        return name.equals(build.job()) ? this : withBuild(new BuildRef(name, build.number()));
    }

    Approval approvedBy(Vote vote, Map<String, Object> given) {
        var all = new ArrayList<Vote>(votes);
        all.add(vote);
        return with(copy -> copy.votes(all).inputs(given));
    }

    Approval withoutWebhookCall() {
        return calls == null ? this : withCalls(calls.withoutWebhook());
    }

    Approval withoutVerdictCalls() {
        return calls == null ? this : withCalls(calls.withoutVerdictCalls());
    }

    Approval withoutProcessCalls() {
        return calls == null ? this : withCalls(calls.withoutProcess());
    }

    /** Returns the approval with other notifications, {@code null} for none any more. */
    Approval notifying(@CheckForNull Notifications notifications) {
        return calls == null ? this : withCalls(calls.notifying(notifications));
    }

    /** Returns the approval with a notice that could not be sent. */
    Approval withFailedNotice(Notifications.Failure failure) {
        var all = new ArrayList<Notifications.Failure>(failedNotices);
        all.add(failure);
        return withFailedNotices(all);
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
        return withAttempts(newest);
    }

    /** Returns the approval once the first call begins. */
    Approval called(Instant at) {
        return awaitsFirstCall() ? withCalledAt(at.truncatedTo(ChronoUnit.MILLIS)) : this;
    }

    /** Returns whether there is a question for the status that has no verdict yet. */
    boolean asksForStatus() {
        return !attempts.isEmpty() && calls != null && calls.status() != null;
    }

    /** Returns the approval with values that an answer to a question for the status has for further calls. */
    Approval finding(Map<String, String> found) {
        var all = new ArrayList<Attempt>(attempts);
        all.set(all.size() - 1, all.get(all.size() - 1).finding(found));
        return withAttempts(all);
    }

    /** Returns the approval decided. The cancel webhook stays only if it may have to be called. */
    Approval decided(Decision verdict) {
        Approval decided = with(copy -> copy.state(State.DECIDED).decision(verdict));
        return decided.isCancelled() ? decided.withoutVerdictCalls() : decided.withoutProcessCalls();
    }

    Approval decided(Outcome outcome, String message, String decidedBy, Instant at) {
        return decided(new Decision(outcome, message, decidedBy, at));
    }
}
