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

/** Reads bodies of requests, no more of them than is meant to be sent, and JSON no deeper and no looser. */
public final class RequestBody {

    static final int MAX_BYTES = 64 * 1024;
    private static final int MAX_DEPTH = 32;

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

    private RequestBody() {}

    /** A body that is refused. */
    public static final class Refused extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient JsonResponse response;

        Refused(int status, String code, String message) {
            super(message, null, false, false);
            response = JsonResponse.error(status, code, message);
        }

        public JsonResponse response() {
            return response;
        }
    }

    /** @param announced length, -1 when it was not */
    public static byte[] read(InputStream body, long announced) throws Refused {
        if (announced > MAX_BYTES) {
            throw tooLarge();
        }
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
        return new Refused(
                413, "payload_too_large", "The body of a callback may have " + MAX_BYTES + " bytes at most.");
    }

    public static String text(byte[] bytes) throws Refused {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException x) {
            throw invalid("The body is not UTF-8.");
        }
    }

    public static JsonNode json(byte[] bytes) throws Refused {
        try {
            return JSON.readTree(text(bytes));
        } catch (JsonProcessingException x) {
            throw invalid(reason(x));
        }
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

    public static Refused invalid(String message) {
        return new Refused(400, "invalid_request", message);
    }
}
