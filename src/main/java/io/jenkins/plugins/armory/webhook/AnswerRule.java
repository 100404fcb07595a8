package io.jenkins.plugins.armory.webhook;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.Judgement.Verdict;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The rule that says which answers of an external process mean success, and which failure: by the HTTP status alone, or
 * by a value in the JSON of the body. The value stands at a JSON Pointer (RFC 6901). An answer that the rule does not
 * know is neither.
 *
 * @param statuses the statuses that mean success or, with a pointer, whose bodies are judged; as they are written
 * @param pointer where in the body the value stands, {@code null} if the status alone decides
 * @param successes the values that mean success
 * @param failures the values that mean failure
 * @param location where in the body the address of the next question stands, {@code null} if it stays the same
 */
@Restricted(NoExternalUse.class)
public record AnswerRule(
        @JsonProperty("statuses") String statuses,
        @CheckForNull @JsonProperty("pointer") String pointer,
        @JsonProperty("successes") List<String> successes,
        @JsonProperty("failures") List<String> failures,
        @CheckForNull @JsonProperty("location") String location)
        implements Serializable {

    /** The largest body that is judged, in bytes. */
    public static final int MAX_BODY = 64 * 1024;

    static final String ANY_2XX = "200-299";

    private static final String SUCCESS = "success";
    private static final String POINTER = "pointer";
    private static final String FAILURE = "failure";
    /** A JSON Pointer in its string form, with at least one token (RFC 6901, section 3). */
    private static final Pattern POINTER_SYNTAX = Pattern.compile("(/([^~/]|~[01])*)+");

    /** Two values under one name would leave open which of them counts, so such a body is no JSON here. */
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    public AnswerRule {
        statuses = StatusCodes.parse(SUCCESS, statuses).toString();
        successes = List.copyOf(successes);
        failures = List.copyOf(failures);
    }

    /**
     * Returns the rule for the answer of a webhook.
     *
     * @param success the statuses that mean success or, with a pointer, whose bodies are judged; {@code null} for 2xx
     *     with a pointer
     * @param pointer {@code null} if the status alone decides
     * @param equals the values that mean success
     * @param failure the values that mean failure
     * @throws InvalidWebhookException naming the field
     */
    public static AnswerRule ofAnswer(
            @CheckForNull String success, @CheckForNull String pointer, List<String> equals, List<String> failure) {
        var rule = new AnswerRule(success == null ? ANY_2XX : success, pointer, equals, failure, null);
        if (pointer == null) {
            if (!equals.isEmpty() || !failure.isEmpty()) {
                throw new InvalidWebhookException(
                        POINTER,
                        "is missing; say where in the answer the value stands, such as /state, or leave out "
                                + (equals.isEmpty() ? FAILURE : "equals"));
            } else if (success == null) { // a variable that is not set must not make every answer a success
                throw new InvalidWebhookException(
                        SUCCESS,
                        "is missing, and so is pointer; say which statuses mean success, such as " + ANY_2XX
                                + ", or where in the answer the value stands");
            }
        } else {
            checkPointer(POINTER, pointer);
            checkValues("equals", equals, failure);
        }
        return rule;
    }

    /**
     * Returns the rule for the answers of a status.
     *
     * @param location where in the answer the address of the next question stands, {@code null} if it stays the same
     * @param success the values that mean success
     * @param failure the values that mean failure
     * @throws InvalidWebhookException naming the field
     */
    public static AnswerRule ofStatus(
            @CheckForNull String pointer, @CheckForNull String location, List<String> success, List<String> failure) {
        if (pointer == null) {
            throw new InvalidWebhookException(
                    POINTER, "is missing; say where in the answer the status stands, such as /state");
        }
        checkPointer(POINTER, pointer);
        if (location != null) {
            checkPointer("location", location);
        }
        checkValues(SUCCESS, success, failure);
        return new AnswerRule(ANY_2XX, pointer, success, failure, location);
    }

    private static void checkPointer(String field, String pointer) {
        WebhookRules.check(
                field,
                Bound.LINE,
                pointer); // first: the search for the syntax needs a stack as deep as the text is long
        if (!pointer.startsWith("/")) {
            throw new InvalidWebhookException(
                    field,
                    "\"" + pointer + "\" is no JSON Pointer; it starts with a slash: /"
                            + pointer.replaceFirst("^\\$\\.?", "").replace('.', '/'));
        }
        if (!POINTER_SYNTAX.matcher(pointer).matches()) {
            throw new InvalidWebhookException(
                    field, "\"" + pointer + "\" is no JSON Pointer; write ~0 for ~, and ~1 for / in a name");
        }
    }

    private static void checkValues(String field, List<String> successes, List<String> failures) {
        WebhookRules.checkEach(field, successes);
        WebhookRules.checkEach(FAILURE, failures);
        if (successes.isEmpty()) {
            throw new InvalidWebhookException(
                    field, "is missing; list the values that mean success, such as " + field + ": ['passed']");
        }
        for (String value : successes) {
            if (failures.stream().anyMatch(each -> isSame(each, value))) {
                throw new InvalidWebhookException(
                        FAILURE, "\"" + value + "\" is also in " + field + "; a value means one of the two");
            }
        }
    }

    /** Returns whether answers of a status are judged; any other answer never means success. */
    public boolean admits(int status) {
        return StatusCodes.parse(SUCCESS, statuses).contains(status);
    }

    public boolean needsBody() {
        return pointer != null;
    }

    /**
     * Judges an answer whose status is {@linkplain #admits admitted}.
     *
     * @param body the whole body; {@code null} if it is larger than {@link #MAX_BODY}
     * @param mask replaces the secrets in a value that is shown
     */
    public Judgement judge(int status, @CheckForNull byte[] body, UnaryOperator<String> mask) {
        if (pointer == null) {
            return new Judgement(Verdict.SUCCESS, "it answered " + status);
        }
        if (body == null || body.length > MAX_BODY) {
            return noValue("the answer is larger than " + MAX_BODY + " bytes");
        }
        try {
            return judge(valueAt(pointer, body), mask);
        } catch (JsonProcessingException x) {
            JsonLocation at = x.getLocation();
            return noValue("the answer is not JSON"
                    + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"));
        } catch (IOException x) {
            return noValue("the answer is not JSON");
        }
    }

    /** Returns the address of the next question in an answer; empty if it has none. */
    public Optional<String> locationIn(@CheckForNull byte[] body) {
        return location == null || body == null ? Optional.empty() : textAt(location, body);
    }

    /** Returns what an answer means whose address of the next question is not that of the host that was called. */
    public Judgement elsewhere() {
        return noValue("the address at " + location + " is not on this host; "
                + "check the address that the service has of itself");
    }

    /**
     * Returns the text, the number or the boolean at a place of an answer.
     *
     * @return as it is written; empty if there is none, or the answer is not JSON
     */
    static Optional<String> textAt(String pointer, byte[] body) {
        try {
            return Optional.ofNullable(valueAt(pointer, body))
                    .filter(value -> value.token().isScalarValue() && value.token() != JsonToken.VALUE_NULL)
                    .map(Value::text);
        } catch (IOException x) {
            return Optional.empty();
        }
    }

    @CheckForNull
    private static Value valueAt(String pointer, byte[] body) throws IOException {
        try (JsonParser json = JSON.createParser(body)) {
            Value found = json.nextToken() == null ? null : find(json, JsonPointer.compile(pointer));
            if (json.nextToken() != null) {
                throw new JsonParseException(json, "goes on after its end");
            }
            return found;
        }
    }

    /**
     * A value of an answer. A number is kept as it is written: as a number, {@code 1e2147483648} overflows, and the
     * digits of {@code 1e1000000000} need a gigabyte.
     */
    private record Value(JsonToken token, String text) {}

    /**
     * Reads the present value to its end.
     *
     * @param path from this value to the wanted one, {@code null} if that is elsewhere
     * @return the wanted value, {@code null} if it is not here
     */
    @CheckForNull
    private static Value find(JsonParser json, @CheckForNull JsonPointer path) throws IOException {
        JsonToken token = json.currentToken();
        Value found = path != null && path.matches() ? new Value(token, json.getText()) : null;
        if (token == JsonToken.START_OBJECT) {
            while (json.nextToken() != JsonToken.END_OBJECT) {
                JsonPointer below = path == null ? null : path.matchProperty(json.currentName());
                json.nextToken();
                found = firstOf(found, find(json, below));
            }
        } else if (token == JsonToken.START_ARRAY) {
            for (int i = 0; json.nextToken() != JsonToken.END_ARRAY; i++) {
                found = firstOf(found, find(json, path == null ? null : path.matchElement(i)));
            }
        }
        return found;
    }

    @CheckForNull
    private static Value firstOf(@CheckForNull Value one, @CheckForNull Value other) {
        return one == null ? other : one;
    }

    private Judgement judge(@CheckForNull Value value, UnaryOperator<String> mask) {
        if (value == null) {
            String finding = "the answer has nothing at " + pointer;
            return location == null ? noValue(finding) : new Judgement(Verdict.NEITHER, finding + " yet");
        }
        JsonToken token = value.token();
        if (token == JsonToken.VALUE_NULL) { // many services have the result as null until there is one
            return new Judgement(Verdict.NEITHER, pointer + " is null");
        }
        if (!token.isScalarValue()) {
            return noValue(pointer + " is " + (token == JsonToken.START_ARRAY ? "a list" : "an object")
                    + ", and not a text, a number or a boolean");
        }
        Verdict verdict = isAmong(successes, value)
                ? Verdict.SUCCESS
                : isAmong(failures, value) ? Verdict.FAILURE : Verdict.NEITHER;
        return new Judgement(verdict, pointer + " is " + shown(value, mask));
    }

    private static Judgement noValue(String finding) {
        return new Judgement(Verdict.NO_VALUE, finding);
    }

    /** Texts are compared as they are, numbers by their value: {@code 1} is the same as {@code 1.0}. */
    private static boolean isAmong(List<String> values, Value value) {
        return value.token().isNumeric()
                ? values.stream().anyMatch(each -> isSame(each, value.text()))
                : values.contains(value.text());
    }

    private static boolean isSame(String one, String other) {
        BigDecimal number = number(one);
        BigDecimal otherNumber = number(other);
        return one.equals(other) || number != null && otherNumber != null && number.compareTo(otherNumber) == 0;
    }

    /** Returns a number, {@code null} for another text and for an exponent that Java has no number for. */
    @CheckForNull
    private static BigDecimal number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException x) {
            return null;
        }
    }

    private static String shown(Value value, UnaryOperator<String> mask) {
        String text = mask.apply(value.text()).replaceAll("\\p{Cntrl}", " ");
        String cut = Bound.LINE.cut(text);
        return value.token() == JsonToken.VALUE_STRING ? '"' + cut + '"' : cut;
    }

    /**
     * Returns the reason of a failure, for people.
     *
     * @param judgement of this rule, and not SUCCESS
     */
    public String reason(Judgement judgement) {
        return judgement.verdict() == Verdict.NEITHER
                ? judgement.finding() + ", which is neither success (" + quoted(successes) + ") nor failure ("
                        + (failures.isEmpty() ? "none is named" : quoted(failures)) + ")"
                : judgement.finding();
    }

    private static String quoted(List<String> values) {
        return values.stream().map(value -> '"' + value + '"').collect(Collectors.joining(", "));
    }
}
