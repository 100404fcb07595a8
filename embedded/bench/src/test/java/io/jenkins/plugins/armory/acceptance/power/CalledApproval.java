package io.jenkins.plugins.armory.acceptance.power;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.Set;
import org.awaitility.core.ConditionTimeoutException;

/**
 * An approval whose webhook was called, as its external process knows it: what was sent, and what was promised. An
 * answer 200 promises the verdict that was sent, an answer 409 the decision that it names.
 */
final class CalledApproval {

    /** What a check after a power cut finds. */
    enum Finding {
        /** Promised, and it stands. */
        KEPT,
        /** Sent and not answered, and it stands. */
        WRITTEN,
        /** Sent and not answered, and the approval was pending. */
        NOT_WRITTEN,
        /** Never sent, and the approval was pending. */
        PENDING;
    }

    private static final int OK = 200;
    private static final int CONFLICT = 409;
    private static final int SERVER_ERROR = 500;

    private final int build;
    private final Callback callback;

    // Guarded by this.
    private final Set<String> sent = new HashSet<>();
    private int messages;
    /** The verdict that was promised, {@code null} as long as none was. */
    private Boolean promised;
    /** The message of the decision that was promised, {@code null} if it is not known. */
    private String message;

    CalledApproval(int build, Callback callback) {
        this.build = build;
        this.callback = callback;
    }

    int build() {
        return build;
    }

    String id() {
        return callback.id();
    }

    synchronized boolean isPromised() {
        return promised != null;
    }

    /** Returns the verdict that stands. The approval must be decided. */
    synchronized boolean verdict() {
        return promised;
    }

    private synchronized String next(boolean success) {
        String text = (success ? "yes-" : "no-") + id() + '-' + ++messages;
        sent.add(text);
        return text;
    }

    /**
     * Calls back once.
     *
     * @return false if the connection broke, or if the decision could not be stored
     */
    boolean send(boolean success) {
        String text = next(success);
        Answer answer;
        try {
            answer = callback.send(Callback.body(success, text));
        } catch (UncheckedIOException x) {
            return false;
        }
        if (answer.status() >= SERVER_ERROR) {
            return false;
        }
        note(success, text, answer);
        return true;
    }

    /** Compares an answer with what was promised before. Returns whether the decision stood before the callback. */
    private synchronized boolean note(boolean success, String text, Answer answer) {
        boolean stood;
        boolean verdict;
        String standing = null;
        if (answer.status() == OK) {
            stood = answer.json().get("duplicate").asBoolean();
            verdict = success;
            standing = stood ? null : text;
        } else if (answer.status() == CONFLICT) {
            JsonNode decision = answer.json().get("decision");
            stood = true;
            verdict = decision.get("outcome").asText().equals("SUCCESS");
            standing = decision.get("mdMessage").asText();
            check(verdict != success, "contradicts itself", answer);
        } else {
            throw new AssertionError("%s: its external process is answered %s".formatted(this, answer));
        }
        check(
                promised == null || stood || standing.equals(message),
                "LOST its decision, a later callback decided",
                answer);
        check(promised == null || promised == verdict, "CHANGED", answer);
        check(message == null || standing == null || message.equals(standing), "CHANGED its message", answer);
        check(standing == null || sent.contains(standing), "was decided with what NOBODY SENT", answer);
        String kind = verdict ? "yes-" : "no-";
        check(sent.stream().anyMatch(each -> each.startsWith(kind)), "was decided as NOBODY SENT", answer);
        promised = verdict;
        message = standing == null ? message : standing;
        return stood;
    }

    private void check(boolean condition, String otherwise, Answer answer) {
        if (!condition) {
            throw new AssertionError("%s %s: %s".formatted(this, otherwise, answer));
        }
    }

    /**
     * Calls back with both verdicts, each until there is an answer, and checks the answers.
     *
     * @param success the verdict that is sent first; it decides if nothing stands yet
     */
    Finding check(boolean success) {
        boolean wasPromised = isPromised();
        boolean wasSent;
        synchronized (this) {
            wasSent = !sent.isEmpty();
        }
        boolean stood = sendUntilAnswered(success);
        if (!wasPromised && stood && !wasSent) {
            throw new AssertionError(this + " was decided, and NOBODY SENT anything");
        }
        sendUntilAnswered(!verdict()); // the answer, 409, has the message of the decision
        if (wasPromised) {
            return Finding.KEPT;
        } else if (stood) {
            return Finding.WRITTEN;
        }
        return wasSent ? Finding.NOT_WRITTEN : Finding.PENDING;
    }

    private boolean sendUntilAnswered(boolean success) {
        String text = next(success);
        try {
            Answer answer = Wait.until("an answer to a callback")
                    .ignoreException(UncheckedIOException.class)
                    .until(() -> callback.send(Callback.body(success, text)), each -> each.status() < SERVER_ERROR);
            return note(success, text, answer);
        } catch (ConditionTimeoutException x) {
            throw new AssertionError(this + " cannot be decided", x);
        }
    }

    @Override
    public synchronized String toString() {
        return "approval %s of build %d, promised %s %s, sent %s".formatted(id(), build, promised, message, sent);
    }
}
