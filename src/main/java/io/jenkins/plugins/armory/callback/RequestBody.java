package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The body of a request that has not been read yet. At most {@link #MAX_BYTES} are read, and only strict JSON is
 * accepted.
 *
 * @param contentType the {@code Content-Type} header
 * @param contentLength the announced length, or -1
 * @param content opens the content
 * @param signedFor the id of the approval to which the body was sent with a signature, {@code null} for a body that is
 *     not signed
 * @param reading the reading of the content
 */
@Restricted(NoExternalUse.class)
public record RequestBody(
        @CheckForNull String contentType,
        long contentLength,
        Content content,
        @CheckForNull String signedFor,
        BodyReading reading) {

    /** The field with which a signed body names its approval, since the address is not signed. */
    private static final String APPROVAL_ID = "approvalId";

    public static final int MAX_BYTES = 64 * 1024;

    /** The time for a whole body. */
    static final Duration TIME = Duration.ofSeconds(10);

    /** Opens the content of a body; that may wait for its first byte. */
    @FunctionalInterface
    public interface Content {
        InputStream open() throws IOException;
    }

    private static final int MAX_DEPTH = 32;

    private static final Pattern JSON_TYPE =
            Pattern.compile("application/json *(; *charset *= *\"?(utf-8|us-ascii)\"? *)?", Pattern.CASE_INSENSITIVE);

    /** Jackson's message for a duplicate field. It has no exception type of its own. */
    private static final Pattern DUPLICATE = Pattern.compile("Duplicate .*?['\"](.{0,64}).*['\"]", Pattern.DOTALL);

    private static final ObjectMapper JSON = new ObjectMapper(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    // The location would put a part of the body into the message.
                    .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    public RequestBody(@CheckForNull String contentType, long contentLength, Content content) {
        this(contentType, contentLength, content, null, new BodyReading());
    }

    /** Returns the body, of which the content was read and its signature verified. */
    RequestBody signed(byte[] read, String approvalId) {
        return new RequestBody(
                contentType, read.length, () -> new ByteArrayInputStream(read), approvalId, new BodyReading());
    }

    /** Returns whether the request was sent without a body; some clients give an empty one a type. */
    boolean isMissing() {
        return contentLength == 0 || contentType == null && contentLength < 0;
    }

    /** Returns whether the content type is JSON in UTF-8. */
    public boolean isJson() {
        return contentType != null && JSON_TYPE.matcher(contentType.strip()).matches();
    }

    /**
     * Reads a JSON object from a body with the content type of JSON.
     *
     * @param example an example of the object, for the message
     */
    JsonNode readJsonObject(String example) throws RefusedRequestException {
        if (!isJson()) {
            throw new RefusedRequestException(
                    415,
                    "unsupported_media_type",
                    "Send the header \"Content-Type: application/json\" (in UTF-8) with a JSON body.");
        }
        JsonNode json = readJson();
        if (!json.isObject()) {
            throw RefusedRequestException.invalid("The body must be a JSON object such as " + example + ".");
        }
        if (signedFor != null && !signedFor.equals(json.path(APPROVAL_ID).textValue())) {
            throw RefusedRequestException.invalid("The field \"" + APPROVAL_ID
                    + "\" must be the id in the address, {{armory.approvalId}}: the address is not signed, so a signed body"
                    + " has to name its approval.");
        }
        return json;
    }

    /** Reads the body as JSON, whatever its content type. */
    public JsonNode readJson() throws RefusedRequestException {
        try {
            return JSON.readTree(readText());
        } catch (JsonProcessingException x) {
            throw RefusedRequestException.invalid(problem(x));
        }
    }

    private static String problem(JsonProcessingException x) {
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

    /** Reads the body as UTF-8, whatever its content type. */
    public String readText() throws RefusedRequestException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(readBytes()))
                    .toString();
        } catch (CharacterCodingException x) {
            throw RefusedRequestException.invalid("The body is not UTF-8.");
        }
    }

    byte[] readBytes() throws RefusedRequestException {
        if (contentLength > MAX_BYTES) {
            throw tooLarge();
        }
        byte[] bytes = null;
        boolean isTooSlow;
        reading.begin(TIME);
        try {
            bytes = content.open().readNBytes(MAX_BYTES + 1);
        } catch (IOException x) {
            // shorter than announced, not in the announced encoding, or interrupted
        } finally {
            isTooSlow = reading.end();
        }
        if (isTooSlow) {
            throw new RefusedRequestException(
                    408,
                    "timeout",
                    "The body did not come within " + TIME.toSeconds()
                            + " seconds, or within one while others waited; send it again.");
        }
        if (bytes == null) {
            throw RefusedRequestException.invalid("The body breaks off before its end.");
        }
        if (bytes.length > MAX_BYTES) {
            throw tooLarge();
        }
        return bytes;
    }

    private static RefusedRequestException tooLarge() {
        return RefusedRequestException.tooLarge("The body of a callback may have " + MAX_BYTES + " bytes at most.");
    }
}
