package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;

/**
 * The content of a progress report: {@code {"percent": 40, "mdMessage": "..."}}. If one of the two is missing, it keeps
 * its last value. A body with {@code success} is refused, since it could be sent as a callback. Other fields are
 * ignored.
 *
 * @param percent a number from 0 to 100, or {@code null} if it is missing
 * @param mdMessage the message, or {@code null} if it is missing
 */
record ProgressBody(
        @CheckForNull Double percent, @CheckForNull String mdMessage) {

    private static final String EXAMPLE = "{\"percent\": 40, \"mdMessage\": \"...\"}";

    static ProgressBody read(RequestBody requestBody) throws RefusedRequestException {
        JsonNode json = requestBody.readJsonObject(EXAMPLE);
        if (json.has("success")) {
            throw RefusedRequestException.invalid(
                    "The field \"success\" is for a callback, and a progress report decides"
                            + " nothing: send the body to /callback, or leave the field out.");
        }
        var body = new ProgressBody(percent(json.get("percent")), CallbackBody.mdMessage(json));
        if (body.percent == null && body.mdMessage == null) {
            throw RefusedRequestException.invalid(
                    "Both \"percent\" and \"mdMessage\" are missing: send one of them, or " + EXAMPLE + ".");
        }
        return body;
    }

    @CheckForNull
    private static Double percent(@CheckForNull JsonNode node) throws RefusedRequestException {
        if (node == null || node.isNull()) {
            return null;
        }
        // A number too large for a double becomes infinity, which is out of range too.
        if (node.isNumber() && node.doubleValue() >= 0 && node.doubleValue() <= 100) {
            return node.doubleValue();
        }
        throw RefusedRequestException.invalid("The field \"percent\" must be a number from 0 to 100.");
    }
}
