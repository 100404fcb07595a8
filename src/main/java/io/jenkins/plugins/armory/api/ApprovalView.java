package io.jenkins.plugins.armory.api;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;

/**
 * An approval as it was at one moment. It never changes, and holds no secret. Texts may come from outside: escape them where you show
 * them. Other plugins read it and do not implement it.
 */
public interface ApprovalView {

    /** The states of an approval. */
    enum State {
        /** The webhook is being called. */
        SENDING,
        /** A callback, a person or both are awaited. */
        WAITING,
        /** The approval is over, see {@link ApprovalView#getDecision}. */
        DECIDED
    }

    /** The end of an approval. */
    interface Decision {

        /** Returns whether the build may go on. */
        boolean isSuccess();

        /**
         * Returns the outcome as the REST API names it, such as {@code SUCCESS}, {@code FAILURE} or {@code TIMED_OUT}. Later versions
         * may have further ones, so use {@link #isSuccess} to find out whether the approval succeeded.
         */
        String getOutcome();

        /** Returns the reason in Markdown, which may be empty. */
        String getMessage();

        /** Returns who decided, for people: a user, a kind of token, or the plugin. */
        String getDecidedBy();

        Instant getDecidedAt();
    }

    /** Returns the id, which is unique on this controller and no secret. */
    String getId();

    /** Returns the full name of the job. */
    String getJob();

    /** Returns the number of the build. */
    int getBuildNumber();

    /** Returns {@code beforeDeployment}, {@code strategy} or {@code afterDeployment}. */
    String getPhase();

    /** Returns the name of the environment, {@code null} if none is known. */
    @CheckForNull
    String getEnvironment();

    /** Returns the name of the webhook, or words for a person or a window if none is called. */
    String getWebhook();

    /**
     * Returns which one of the list of its step it is, such as {@code approvals[17]}; {@code approvals} for a question about all of the list,
     * {@code rules of 'prod', before[0]} for a rule of an environment, empty outside of a list.
     */
    String getPath();

    State getState();

    Instant getCreatedAt();

    /** Returns when the approval times out if it is not decided before. */
    Instant getDeadline();

    /** Returns when the window of the environment opens that is all that this waits for, {@code null} for any other approval. */
    @CheckForNull
    Instant getOpensAt();

    /**
     * Returns the question to people, {@code null} if nobody is asked to approve, or all who have to have approved. May be empty: then
     * they are asked without words.
     */
    @CheckForNull
    String getQuestion();

    /** Returns the decision, {@code null} while the approval is pending. */
    @CheckForNull
    Decision getDecision();
}
