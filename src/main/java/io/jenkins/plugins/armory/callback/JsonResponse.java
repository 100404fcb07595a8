package io.jenkins.plugins.armory.callback;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * An HTTP response with a JSON body.
 *
 * @param status the HTTP status code
 * @param headers the headers, without {@code Content-Type} and {@code Cache-Control}, which all responses share
 * @param body the body
 */
@Restricted(NoExternalUse.class)
public record JsonResponse(int status, Map<String, String> headers, ObjectNode body) {

    public static final String CONTENT_TYPE = "application/json;charset=utf-8";

    /** Binds records by the names of their components, with times in ISO 8601. */
    public static final ObjectMapper JSON = JsonMapper.builder()
            .addModule(new JavaTimeModule())
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, JsonAutoDetect.Visibility.ANY)
            .build();

    /** Returns the components of a record as fields. */
    public static ObjectNode fieldsOf(Record content) {
        return JSON.valueToTree(content);
    }

    /** Returns a list or a map with its elements as they are. */
    public static JsonNode treeOf(Object content) {
        return JSON.valueToTree(content);
    }

    public static JsonResponse ok(ObjectNode body) {
        return new JsonResponse(200, Map.of(), body);
    }

    /** Returns an error: {@code {"error": code, "message": text}}. */
    public static JsonResponse error(int status, String code, String message) {
        return error(status, code, message, Map.of());
    }

    public static JsonResponse error(int status, String code, String message, Map<String, String> headers) {
        return new JsonResponse(
                status, headers, JSON.createObjectNode().put("error", code).put("message", message));
    }

    /** Returns a temporary error: 503 with {@code Retry-After}. */
    public static JsonResponse unavailable(String message) {
        return error(503, "unavailable", message, Map.of("Retry-After", "10"));
    }

    public byte[] bytes() {
        try {
            return JSON.writeValueAsBytes(body);
        } catch (JsonProcessingException x) {
            throw new UncheckedIOException(x); // cannot happen for a tree of plain values
        }
    }

    @Override
    public String toString() {
        return status + " " + headers + " " + new String(bytes(), StandardCharsets.UTF_8);
    }
}
