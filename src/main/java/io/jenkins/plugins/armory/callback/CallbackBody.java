package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Objects;

/**
 * The content of a callback: {@code {"success": true|false, "mdMessage": "..."}}, as in Armory's <i>External Automation</i>,
 * "Callback format". Other fields are ignored.
 *
 * @param success the decision. The strings {@code "true"} and {@code "false"} count too, as in the prose of Armory's example
 * @param mdMessage the message, empty if there is none
 */
record CallbackBody(boolean success, String mdMessage) {

    private static final String EXAMPLE = "{\"success\": true, \"mdMessage\": \"...\"}";

    static CallbackBody read(RequestBody body) throws RefusedRequestException {
        JsonNode json = body.readJsonObject(EXAMPLE);
        return new CallbackBody(success(json.get("success")), Objects.requireNonNullElse(mdMessage(json), ""));
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
        if (node.isTextual()) {
            return node.textValue();
        }
        throw RefusedRequestException.invalid("The field \"mdMessage\" must be a string.");
    }
}
