package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.bounds.Bound;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The terms of an approval. They are fixed when it starts, except for the name of its job and a deadline that begins with its call.
 *
 * @param id names the approval in its callback URI; public
 * @param build the build that waits
 * @param subject what is approved
 * @param deciders who has to approve
 * @param limits how long the approval may take
 * @param origin where it comes from, to tell it from approvals of copies and namesakes
 */
@Restricted(NoExternalUse.class)
public record ApprovalTerms(
        @JsonProperty("id") String id,
        @JsonProperty("build") BuildRef build,
        @JsonProperty("subject") Subject subject,
        @JsonProperty("deciders") Deciders deciders,
        @JsonProperty("limits") Limits limits,
        @JsonProperty("origin") Origin origin) {

    /**
     * Where an approval comes from.
     *
     * @param address the address that Jenkins had for callers at the start, {@code null} if it had none
     * @param jobId the id of the job, which stays when it is renamed, {@code null} if unknown
     */
    public record Origin(
            @CheckForNull @JsonProperty("address") String address,
            @CheckForNull @JsonProperty("jobId") String jobId) {

        static final Origin UNKNOWN = new Origin(null, null);

        public Origin {
            Bound.LINE.check("the URL of Jenkins", address);
        }
    }

    /**
     * The subject of an approval.
     *
     * @param phase where it stands in the deployment
     * @param environment what is deployed to, {@code null} if none is known
     * @param group equal for approvals of a build and phase that all have to succeed, {@code null} for one by itself
     * @param webhook name of the webhook, {@code null} if none is called and a person alone decides
     * @param path what messages name an approval of a list by, such as {@code approvals[17]}; empty for one that is in none
     * @param rule whether the settings ask for it, as a rule of the environment, and not the Pipeline
     */
    public record Subject(
            @JsonProperty("phase") Phase phase,
            @CheckForNull @JsonProperty("environment") String environment,
            @CheckForNull @JsonProperty("group") String group,
            @CheckForNull @JsonProperty("webhook") String webhook,
            @JsonProperty("path") String path,
            @JsonProperty("rule") boolean rule) {

        public Subject {
            Objects.requireNonNull(phase, "phase");
            Bound.LINE.check("environment", environment);
            Bound.LINE.check("webhook", webhook);
        }
    }

    /**
     * The parties that an approval needs, and those that may speak for the external process.
     *
     * @param channels the ways in which the external process may give its verdict; empty if none is required of it
     * @param callbackCredentialsId id of the Secret text credential that may call back, {@code null} for none
     * @param allowedCallers the callers that the step admits of those that the settings admit; empty for all
     * @param manual the approval that a person has to give too, {@code null} if nobody has to
     */
    public record Deciders(
            @JsonProperty("channels") Set<Channel> channels,

            @CheckForNull @JsonProperty("callbackCredentialsId")
            String callbackCredentialsId,

            @JsonProperty("allowedCallers") List<String> allowedCallers,
            @CheckForNull @JsonProperty("manual") ManualRequirement manual) {

        /** Any caller that the settings admit, and no person. */
        static final Deciders CALLBACK = new Deciders(Set.of(Channel.CALLBACK), null, List.of(), null);

        public Deciders {
            channels = Channel.shared(channels);
            allowedCallers = List.copyOf(allowedCallers);
            Bound.LINE.check("callbackCredentialsId", callbackCredentialsId);
            Bound.TEXT.checkEach("allowedCallers", allowedCallers); // each a line, or a word and an id
        }

        Deciders through(Set<Channel> others) {
            return new Deciders(others, callbackCredentialsId, allowedCallers, manual);
        }
    }

    /**
     * The time limits of an approval.
     *
     * @param createdAt when the step started
     * @param deadline when the wait ends; absolute, so time spent while Jenkins is down counts
     * @param heartbeat the longest silence of the external process while its callback is awaited, {@code null} for any
     * @param fromCall the time from the call of the webhook to the deadline, for an approval that may have to wait for its call; {@code null}
     *     once it was called, and if the deadline does not depend on that
     * @param calledAt when the first call began, {@code null} before, and if the deadline does not depend on that
     * @param opensAt when the window opens that is all that this approval waits for, {@code null} for any other approval
     */
    public record Limits(
            @JsonProperty("createdAt") Instant createdAt,
            @JsonProperty("deadline") Instant deadline,
            @CheckForNull @JsonProperty("heartbeat") Duration heartbeat,
            @CheckForNull @JsonProperty("fromCall") Duration fromCall,
            @CheckForNull @JsonProperty("calledAt") Instant calledAt,
            @CheckForNull @JsonProperty("opensAt") Instant opensAt) {

        /** The hours of an approval that names no limit, as in Armory's <i>External Automation</i>. */
        public static final long STANDARD_HOURS = 24;

        private static final Duration LONGEST = Duration.ofDays(366);

        /** The longest time before the deadline at which an approval counts as about to time out. */
        private static final Duration LONGEST_NOTICE = Duration.ofHours(1);

        public Limits {
            Objects.requireNonNull(createdAt, "createdAt");
            Objects.requireNonNull(deadline, "deadline");
        }

        /**
         * Returns a time limit.
         *
         * @param field the name of the field in the message
         * @param standard the limit without the field, for the message
         * @throws IllegalArgumentException naming the field and a valid value
         */
        public static Duration checked(String field, long value, TimeUnit unit, String standard) {
            long millis = value > 0 ? unit.toMillis(value) : 0;
            if (millis < 1 || millis > LONGEST.toMillis()) {
                throw new IllegalArgumentException(
                        field + ": " + value + " " + unit + " is not between 1 millisecond and " + LONGEST.toDays()
                                + " days; leave it out for " + standard);
            }
            return Duration.ofMillis(millis);
        }

        private Limits called(Instant at) {
            Instant begun = at.truncatedTo(ChronoUnit.MILLIS);
            Instant own = begun.plus(Objects.requireNonNull(fromCall));
            return new Limits(createdAt, own.isBefore(deadline) ? own : deadline, heartbeat, null, begun, null);
        }

        /** Returns when the approval is about to time out: when a tenth of its time is left, or an hour if that is less. */
        Instant nearlyOver() {
            Duration tenth = Duration.between(Objects.requireNonNullElse(calledAt, createdAt), deadline)
                    .dividedBy(10);
            return deadline.minus(tenth.compareTo(LONGEST_NOTICE) < 0 ? tenth : LONGEST_NOTICE);
        }
    }

    public ApprovalTerms {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(build, "build");
        Objects.requireNonNull(subject, "subject");
        Objects.requireNonNull(deciders, "deciders");
        Objects.requireNonNull(limits, "limits");
        Objects.requireNonNull(origin, "origin");
        if (subject.webhook() == null
                && (!deciders.channels().isEmpty()
                        || (deciders.manual() == null) == (limits.opensAt() == null)
                        || limits.heartbeat() != null)) {
            throw new IllegalArgumentException("without a webhook, a person alone decides");
        }
    }

    /** Returns the rows that pages show of the terms. A term that is to be shown is one more. */
    List<Fact> facts() {
        return List.of(
                new Fact(Messages.ApprovalTerms_phase(), subject.phase().toString(), null),
                new Fact(Messages.ApprovalTerms_started(), null, limits.createdAt()));
    }

    /** Starts the terms of an approval that awaits a callback in phase {@code strategy}. */
    public static Builder of(String id, BuildRef build) {
        return new Builder(id, build);
    }

    /** Returns the terms once the first call of the webhook begins, which may set the deadline. */
    ApprovalTerms called(Instant at) {
        return new ApprovalTerms(id, build, subject, deciders, limits.called(at), origin);
    }

    /** Returns the same with another name of the job. */
    ApprovalTerms ofJob(String name) {
        return new ApprovalTerms(id, new BuildRef(name, build.number()), subject, deciders, limits, origin);
    }

    public static final class Builder {

        private final String id;
        private final BuildRef build;
        private Phase phase = Phase.STRATEGY;
        private String environment;
        private String group;
        private String webhook;
        private Deciders deciders = Deciders.CALLBACK;
        private Instant createdAt;
        private Instant deadline;
        private Duration heartbeat;
        private Duration fromCall;
        private Origin origin = Origin.UNKNOWN;
        private OutgoingCalls calls;
        private String path = "";
        private boolean rule;
        private Instant opensAt;

        private Builder(String id, BuildRef build) {
            this.id = id;
            this.build = build;
        }

        public Builder phase(Phase phase) {
            this.phase = phase;
            return this;
        }

        public Builder environment(@CheckForNull String environment) {
            this.environment = environment;
            return this;
        }

        /** Sets the group whose approvals all have to succeed, see {@link Approvals#endOthers}. */
        public Builder group(@CheckForNull String group) {
            this.group = group;
            return this;
        }

        /** Sets what messages name an approval of a list by. */
        public Builder path(String path) {
            this.path = path;
            return this;
        }

        /** Sets whether the settings ask for it, as a rule of the environment. */
        public Builder rule(boolean rule) {
            this.rule = rule;
            return this;
        }

        /** Waits for a window alone, and for nobody. */
        public Builder opensAt(Instant opensAt) {
            this.opensAt = opensAt;
            return byPersonAlone();
        }

        public Builder webhook(String webhook) {
            this.webhook = webhook;
            return this;
        }

        /** Calls no webhook, so that the person of {@link #manual} alone decides. */
        public Builder byPersonAlone() {
            webhook = null;
            return withoutCallback();
        }

        /** Requires no verdict of the external process. */
        public Builder withoutCallback() {
            return through(Set.of());
        }

        /** Sets the ways in which the external process may give its verdict, see {@link Deciders#channels}. */
        public Builder through(Set<Channel> channels) {
            deciders = deciders.through(channels);
            return this;
        }

        public Builder callers(@CheckForNull String credentialsId, List<String> allowedCallers) {
            deciders = new Deciders(deciders.channels(), credentialsId, allowedCallers, deciders.manual());
            return this;
        }

        /** Requires a person to approve too. */
        public Builder manual(@CheckForNull ManualRequirement manual) {
            deciders = new Deciders(
                    deciders.channels(), deciders.callbackCredentialsId(), deciders.allowedCallers(), manual);
            return this;
        }

        /** Sets the deadline. Times are kept in milliseconds, as clients are shown them. */
        public Builder timeout(Instant now, Duration timeout) {
            createdAt = now.truncatedTo(ChronoUnit.MILLIS);
            deadline = now.plus(timeout).truncatedTo(ChronoUnit.MILLIS);
            return this;
        }

        public Builder heartbeat(@CheckForNull Duration heartbeat) {
            this.heartbeat = heartbeat;
            return this;
        }

        /** Has the deadline begin at the call of the webhook, if that is earlier than the one of {@link #timeout}. */
        public Builder fromCall(Duration timeout) {
            fromCall = timeout;
            return this;
        }

        public Builder origin(Origin origin) {
            this.origin = origin;
            return this;
        }

        public Builder calls(@CheckForNull OutgoingCalls calls) {
            this.calls = calls;
            return this;
        }

        public ApprovalTerms build() {
            return new ApprovalTerms(
                    id,
                    build,
                    new Subject(phase, environment, group, webhook, path, rule),
                    deciders,
                    new Limits(createdAt, deadline, heartbeat, fromCall, null, opensAt),
                    origin);
        }

        /** Returns a new approval with these terms, before anything was sent. */
        public Approval start() {
            return Approval.start(build(), calls);
        }
    }
}
