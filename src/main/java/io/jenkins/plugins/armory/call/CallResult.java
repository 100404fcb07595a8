package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.JsonData;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.Judgement;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The result of one call. It holds no secret. It is serializable, since an agent that makes the call sends it to
 * Jenkins.
 *
 * @param status the status of the answer, 0 if there was none
 * @param failure what happened and what to check, {@code null} after a 2xx
 * @param mayBeRepeated whether the next attempt may succeed: the connection failed, or the answer is one that is
 *     repeated
 * @param mayHaveBeenTaken whether the receiver may have begun its work: false if it refused the call, or was not
 *     reached
 * @param pause the pause that the receiver asks for, {@code null} for none
 * @param answer the start of the answer's body, without the secrets of the request; may be empty
 * @param judged what the answer means by the rule of its request; {@code null} without a rule, and if the call was not
 *     taken
 * @param data of the answer that was judged, see {@link JsonData}; {@code null} for none
 * @param found the values that further calls take from the answer, by the names of their variables
 */
@Restricted(NoExternalUse.class)
public record CallResult(
        int status,
        @CheckForNull String failure,
        boolean mayBeRepeated,
        boolean mayHaveBeenTaken,
        @CheckForNull Duration pause,
        String answer,
        @CheckForNull Judgement judged,
        @CheckForNull String data,
        Map<String, String> found)
        implements Serializable {

    /** The number of bytes of an answer that are kept, in UTF-8. */
    static final int MAX_ANSWER = 1024;

    /** The longest pause that is believed, longer than any approval waits. */
    private static final Duration LONGEST_PAUSE = Duration.ofDays(2 * 366);

    public CallResult {
        if (pause != null && pause.isNegative()) {
            pause = null;
        } else if (pause != null && pause.compareTo(LONGEST_PAUSE) > 0) {
            pause = LONGEST_PAUSE;
        }
        found = found == null ? null : Collections.unmodifiableMap(new TreeMap<>(found)); // an agent may send anything
    }

    /**
     * Returns the result of a call that was answered with a 2xx.
     *
     * @param answer of its body, {@linkplain WebhookRequest#mask masked}; so are the answers and failures below
     * @param found see {@link WebhookRequest#findIn}
     */
    static CallResult accepted(int status, String answer, Map<String, String> found) {
        return new CallResult(status, null, false, true, null, shown(answer), null, null, found);
    }

    /**
     * Returns the result of a call whose answer was judged by the rule of its request.
     *
     * @param data see {@link #data}
     * @param found see {@link WebhookRequest#findIn}
     * @param retryAfter the pause that the receiver asks for, {@code null} for none
     */
    static CallResult judged(
            int status,
            String answer,
            Judgement judgement,
            @CheckForNull String data,
            Map<String, String> found,
            @CheckForNull Duration retryAfter) {
        return new CallResult(status, null, false, true, retryAfter, shown(answer), judgement, data, found);
    }

    /**
     * Returns the result of a call that was answered with another status.
     *
     * @param failure what happened and what to check
     * @param mayBeRepeated whether the next attempt may succeed
     * @param retryAfter the pause that the receiver asks for, {@code null} for none
     */
    static CallResult refused(
            int status, String failure, boolean mayBeRepeated, @CheckForNull Duration retryAfter, String answer) {
        return new CallResult(status, failure, mayBeRepeated, false, retryAfter, shown(answer), null, null, Map.of());
    }

    /**
     * Returns the result of a call that could not be made at all.
     *
     * @param failure what happened and what to check
     * @param mayBeRepeated whether the next attempt may succeed
     */
    static CallResult notMade(String failure, boolean mayBeRepeated) {
        return new CallResult(0, failure, mayBeRepeated, false, null, "", null, null, Map.of());
    }

    /** Returns the result of a call whose answer was lost: the receiver may have taken it. */
    static CallResult lost(String failure) {
        return new CallResult(0, failure, true, true, null, "", null, null, Map.of());
    }

    /**
     * Returns the credible part of a result that came from an agent, which may run any program: texts of the usual
     * length, without control characters and without the request's secrets, and a status that fits the rest.
     */
    CallResult asFarAsCredible(WebhookRequest request) {
        boolean isSuccess = request.isTakenBy(status);
        boolean isAnswer = status >= 100 && status <= 599;
        if (answer == null
                || found == null
                || failure == null && (judged == null) != (request.definition().answer() == null)
                || failure == null && !isSuccess
                || failure != null && (isSuccess || status != 0 && !isAnswer)) {
            return lost(request.host()
                    + " was called from an agent that returned an impossible result; look at the agent's log");
        }
        return new CallResult(
                status,
                failure == null ? null : credible(failure, request),
                failure != null && (isAnswer ? request.definition().retry().repeatAfter(status) : mayBeRepeated),
                failure == null || mayHaveBeenTaken,
                pause,
                credible(answer, request),
                failure != null || judged == null ? null : credible(judged, request),
                failure != null || judged == null || data == null
                        ? null
                        : JsonData.in(data, text -> request.mask(text, true)),
                failure != null ? Map.of() : request.credible(found));
    }

    private static Judgement credible(Judgement claimed, WebhookRequest request) {
        return new Judgement(claimed.verdict(), credible(claimed.finding(), request));
    }

    /** Returns the start of a text of any length. */
    private static String credible(String claimed, WebhookRequest request) {
        boolean whole = claimed.length() <= AnswerRule.MAX_BODY;
        return shown(request.mask(whole ? claimed : claimed.substring(0, AnswerRule.MAX_BODY), whole));
    }

    /** Returns the start of a text, as much as {@link #MAX_ANSWER} bytes hold. */
    private static String shown(String whole) {
        CharBuffer text = CharBuffer.wrap(whole.strip());
        StandardCharsets.UTF_8
                .newEncoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .encode(text, ByteBuffer.allocate(MAX_ANSWER), true);
        return text.flip().toString();
    }

    public boolean isAccepted() {
        return failure == null;
    }

    /** Returns a delay, or the pause that the receiver asks for if that is longer. */
    Duration atLeast(Duration delay) {
        return pause != null && pause.compareTo(delay) > 0 ? pause : delay;
    }
}
