package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.databind.JsonNode;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.callback.RequestBody.Refused;
import java.util.Objects;
import java.util.regex.Pattern;

/**
 * The body of a callback: {@code {"success": true|false, "mdMessage": "..."}}, as in Armory's <i>External Automation</i>,
 * "Callback format". Other fields are ignored.
 *
 * @param success the decision; Armory's example prose has it as a string too, so {@code "true"} and {@code "false"} count
 * @param mdMessage the message, empty when there is none
 */
public record CallbackBody(boolean success, String mdMessage) {

    private static final Pattern JSON_TYPE =
            Pattern.compile("application/json *(; *charset *= *\"?(utf-8|us-ascii)\"? *)?", Pattern.CASE_INSENSITIVE);

    static CallbackBody of(CallbackRequest request) throws Refused {
        JsonNode json = object(request, "{\"success\": true, \"mdMessage\": \"...\"}");
        return new CallbackBody(success(json.get("success")), Objects.requireNonNullElse(mdMessage(json), ""));
    }

    /**
     * Reads a body that has to be a JSON object.
     *
     * @param example what it may look like, for a message
     */
    static JsonNode object(CallbackRequest request, String example) throws Refused {
        if (!isJson(request.contentType())) {
            throw new Refused(
                    415,
                    "unsupported_media_type",
                    "Send the header \"Content-Type: application/json\" (in UTF-8) with a JSON body.");
        }
        JsonNode json = RequestBody.json(RequestBody.read(request.body(), request.contentLength()));
        if (!json.isObject()) {
            throw RequestBody.invalid("The body must be a JSON object such as " + example + ".");
        }
        return json;
    }

    public static boolean isJson(@CheckForNull String contentType) {
        return contentType != null && JSON_TYPE.matcher(contentType.strip()).matches();
    }

    private static boolean success(JsonNode node) throws Refused {
        if (node == null) {
            throw RequestBody.invalid("The field \"success\" is missing: send true or false.");
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isTextual() && node.textValue().matches("true|false")) {
            return Boolean.parseBoolean(node.textValue());
        }
        throw RequestBody.invalid("The field \"success\" must be true or false.");
    }

    /** The message, {@code null} when there is none. */
    @CheckForNull
    static String mdMessage(JsonNode json) throws Refused {
        JsonNode node = json.get("mdMessage");
        if (node == null || node.isNull()) {
            return null;
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        throw RequestBody.invalid("The field \"mdMessage\" must be a string.");
    }
}
