package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.JsonData;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.Objects;

/**
 * The content of a callback: {@code {"success": true|false, "mdMessage": "...", "data": {...}}}. The first two are as
 * in Armory's <i>External Automation</i>, "Callback format". Other fields are ignored.
 *
 * @param success the decision. The strings {@code "true"} and {@code "false"} count too, as in the prose of Armory's
 *     example
 * @param mdMessage the message, empty if there is none
 * @param data the text of a JSON object for the Pipeline, without spaces between its parts; {@code null} if there is
 *     none
 */
record CallbackBody(
        boolean success, String mdMessage, @CheckForNull String data) {

    /** The content of a rehearsal without a body. */
    private static final CallbackBody SUCCESS = new CallbackBody(true, "", null);

    private static final String EXAMPLE = "{\"success\": true, \"mdMessage\": \"...\"}";

    static CallbackBody read(RequestBody body) throws RefusedRequestException {
        JsonNode json = body.readJsonObject(EXAMPLE);
        return new CallbackBody(
                success(json.get("success")), Objects.requireNonNullElse(mdMessage(json), ""), data(json.get("data")));
    }

    /** Reads the content of a rehearsal. */
    static CallbackBody readRehearsal(RequestBody body) throws RefusedRequestException {
        return body.isMissing() ? SUCCESS : read(body);
    }

    private static boolean success(@CheckForNull JsonNode node) throws RefusedRequestException {
        if (node == null) {
            throw RefusedRequestException.invalid("The field \"success\" is missing: send true or false.");
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isTextual() && node.textValue().matches("true|false")) {
            return Boolean.parseBoolean(node.textValue());
        }
        throw RefusedRequestException.invalid("The field \"success\" must be true or false.");
    }

    /** Returns the message, or {@code null} if there is none. */
    @CheckForNull
    static String mdMessage(JsonNode json) throws RefusedRequestException {
        JsonNode node = json.get("mdMessage");
        if (node == null || node.isNull()) {
            return null;
        }
        if (!node.isTextual()) {
            throw RefusedRequestException.invalid("The field \"mdMessage\" must be a string.");
        }
        checkWhole("mdMessage", node.textValue());
        return node.textValue();
    }

    @CheckForNull
    private static String data(@CheckForNull JsonNode node) throws RefusedRequestException {
        if (node == null || node.isNull()) {
            return null;
        }
        try {
            String text = JsonData.textOf(node);
            if (JsonData.isTooLong(text)) {
                throw RefusedRequestException.tooLarge("The field \"data\" may have " + JsonData.MAX_BYTES
                        + " bytes at most: store more elsewhere, and send its address.");
            }
            return text;
        } catch (IllegalArgumentException x) {
            throw RefusedRequestException.invalid("The field \"data\" " + x.getMessage() + ".");
        }
    }

    private static void checkWhole(String field, String text) throws RefusedRequestException {
        String problem = Bound.brokenPart(text);
        if (problem != null) {
            throw RefusedRequestException.invalid("The field \"" + field + "\" " + problem + ".");
        }
    }
}
