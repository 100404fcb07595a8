package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.RequestBody.Refused;

/**
 * The body of a report of progress: {@code {"percent": 40, "mdMessage": "..."}}. One of the two may be missing, which says
 * that it is as it was. Other fields are ignored.
 *
 * @param percent from 0 to 100, {@code null} when it is missing
 * @param mdMessage {@code null} when it is missing
 */
record ProgressBody(
        @CheckForNull Double percent, @CheckForNull String mdMessage) {

    private static final int ALL = 100;
    private static final String EXAMPLE = "{\"percent\": 40, \"mdMessage\": \"...\"}";

    static ProgressBody of(CallbackRequest request) throws Refused {
        JsonNode json = CallbackBody.object(request, EXAMPLE);
        ProgressBody body = new ProgressBody(percent(json.get("percent")), CallbackBody.mdMessage(json));
        if (body.percent == null && body.mdMessage == null) {
            throw RequestBody.invalid(
                    "Both \"percent\" and \"mdMessage\" are missing: send one of them, or " + EXAMPLE + ".");
        }
        return body;
    }

    @CheckForNull
    private static Double percent(@CheckForNull JsonNode node) throws Refused {
        if (node == null || node.isNull()) {
            return null;
        }
        // What is too large for a double becomes infinity, which is out of the range too.
        if (node.isNumber() && node.doubleValue() >= 0 && node.doubleValue() <= ALL) {
            return node.doubleValue();
        }
        throw RequestBody.invalid("The field \"percent\" must be a number from 0 to 100.");
    }
}
