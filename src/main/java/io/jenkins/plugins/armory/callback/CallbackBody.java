package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The body of a callback: {@code {"success": true|false, "mdMessage": "..."}}, as in Armory's <i>External Automation</i>,
 * "Callback format". Other fields are ignored.
 *
 * @param success the decision; Armory's example prose has it as a string too, so {@code "true"} and {@code "false"} count
 * @param mdMessage the message, empty when there is none
 */
record CallbackBody(boolean success, String mdMessage) {

    static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_DEPTH = 32;

    private static final Pattern JSON_TYPE =
            Pattern.compile("application/json *(; *charset *= *\"?(utf-8|us-ascii)\"? *)?", Pattern.CASE_INSENSITIVE);

    /** Jackson's message for a field that comes twice; there is no exception type of its own. */
    private static final Pattern DUPLICATE = Pattern.compile("Duplicate .*?['\"](.{0,64}).*['\"]", Pattern.DOTALL);

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // A location would carry a piece of the body into a message.
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    /** A body that is refused. */
    static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient JsonResponse response;

        Refused(int status, String code, String message) {
            super(message, null, false, false);
            response = JsonResponse.error(status, code, message);
        }

        JsonResponse response() {
            return response;
        }
    }

    static CallbackBody of(CallbackRequest request) throws Refused {
        String type = request.contentType();
        if (type == null || !JSON_TYPE.matcher(type.strip()).matches()) {
            throw new Refused(
                    415,
                    "unsupported_media_type",
                    "Send the header \"Content-Type: application/json\" (in UTF-8) with a JSON body.");
        }
        if (request.contentLength() > MAX_BYTES) {
            throw tooLarge();
        }
        return parse(read(request.body()));
    }

    private static byte[] read(InputStream body) throws Refused {
        byte[] bytes;
        try {
            bytes = body.readNBytes(MAX_BYTES + 1);
        } catch (IOException x) { // shorter than announced, or not in the announced encoding
            throw invalid("The body breaks off before its end.");
        }
        if (bytes.length > MAX_BYTES) {
            throw tooLarge();
        }
        return bytes;
    }

    private static Refused tooLarge() {
        return new Refused(413, "payload_too_large", "The body of a callback may have " + MAX_BYTES + " bytes at most.");
    }

    private static CallbackBody parse(byte[] bytes) throws Refused {
        JsonNode json;
        try {
            json = JSON.readTree(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException x) {
            throw invalid("The body is not UTF-8.");
        } catch (JsonProcessingException x) {
            throw invalid(reason(x));
        }
        if (!json.isObject()) {
            throw invalid("The body must be a JSON object such as {\"success\": true, \"mdMessage\": \"...\"}.");
        }
        return new CallbackBody(success(json.get("success")), mdMessage(json.get("mdMessage")));
    }

    private static String reason(JsonProcessingException x) {
        String message = x.getOriginalMessage();
        String place = x.getLocation() == null
                ? ""
                : " at line " + x.getLocation().getLineNr() + ", column "
                        + x.getLocation().getColumnNr();
        Matcher duplicate = DUPLICATE.matcher(message);
        if (duplicate.matches()) {
            return "The field \"" + duplicate.group(1) + "\" is there twice" + place + "; send it once.";
        }
        if (message.toLowerCase(Locale.ROOT).contains("nesting depth")) {
            return "The body is nested deeper than " + MAX_DEPTH + " levels.";
        }
        return "The body is not JSON" + place + ".";
    }

    private static boolean success(JsonNode node) throws Refused {
        if (node == null) {
            throw invalid("The field \"success\" is missing: send true or false.");
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isTextual() && node.textValue().matches("true|false")) {
            return Boolean.parseBoolean(node.textValue());
        }
        throw invalid("The field \"success\" must be true or false.");
    }

    private static String mdMessage(JsonNode node) throws Refused {
        if (node == null || node.isNull()) {
            return "";
        }
        if (node.isTextual()) {
            return node.textValue();
        }
        throw invalid("The field \"mdMessage\" must be a string.");
    }

    private static Refused invalid(String message) {
        return new Refused(400, "invalid_request", message);
    }
}
