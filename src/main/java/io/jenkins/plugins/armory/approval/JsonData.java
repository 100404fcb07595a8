package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The data that an external process gives to the Pipeline: a JSON object, as text without spaces between its parts. */
@Restricted(NoExternalUse.class)
public final class JsonData {

    /** The maximum length, in bytes of UTF-8. */
    public static final int MAX_BYTES = 32 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private JsonData() {}

    /**
     * Returns the data in an answer.
     *
     * @param mask replaces the secrets of the request
     * @return {@code null} if the answer is no JSON object, or none that can be kept
     */
    @CheckForNull
    public static String in(String answer, UnaryOperator<String> mask) {
        try {
            // First as it is kept: a secret may be written with escapes.
            String data = answer.length() > AnswerRule.MAX_BODY ? null : read(mask.apply(read(answer)));
            return data == null || isTooLong(data) ? null : data;
        } catch (JsonProcessingException | IllegalArgumentException x) {
            return null;
        }
    }

    private static String read(String json) throws JsonProcessingException {
        return textOf(JSON.readTree(json));
    }

    /**
     * Returns the text of a JSON object.
     *
     * @throws IllegalArgumentException saying what is wrong with the data, as the rest of a sentence
     */
    public static String textOf(JsonNode node) {
        if (!node.isObject()) {
            throw new IllegalArgumentException("must be a JSON object such as {\"version\": \"1.4.2\"}");
        }
        // Beyond the range of a double, a fraction would come back from the disk as a string, and JavaScript reads any
        // number as Infinity.
        if (hasInfinity(node)) {
            throw new IllegalArgumentException("has a number that is too large: send it as a string");
        }
        String text = node.toString();
        String problem = Bound.brokenPart(text);
        if (problem != null) {
            throw new IllegalArgumentException(problem);
        }
        return text;
    }

    /** Returns whether data are longer than what is kept. */
    public static boolean isTooLong(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES;
    }

    private static boolean hasInfinity(JsonNode node) {
        if (Double.isInfinite(node.doubleValue())) {
            return true;
        }
        for (JsonNode child : node) {
            if (hasInfinity(child)) {
                return true;
            }
        }
        return false;
    }
}
