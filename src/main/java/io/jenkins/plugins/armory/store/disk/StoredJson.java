package io.jenkins.plugins.armory.store.disk;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.deser.std.StringDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The JSON of everything that the plugin stores. Records are bound by the names that their components are annotated
 * with. Every name is written and has to be there, and no other may be: what is missing must not mean "less strict".
 * Whatever was written can be read: texts have no limit here, since those that come from outside were checked where
 * they came in, and half a surrogate pair is escaped.
 */
@Restricted(NoExternalUse.class)
public final class StoredJson {

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .configure(JsonWriteFeature.ESCAPE_NON_ASCII, true)
                    .build())
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule().addDeserializer(String.class, new Replacement()))
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(
                    DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES,
                    DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
                    DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .withCoercionConfig(
                    LogicalType.Textual,
                    texts -> texts.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                            .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS, SerializationFeature.WRITE_DURATIONS_AS_TIMESTAMPS)
            .visibility(PropertyAccessor.ALL, JsonAutoDetect.Visibility.NONE)
            .build();

    /** Replaces each text that is read by an equal one. */
    private static final class Replacement extends StdScalarDeserializer<String> {

        private static final long serialVersionUID = 1L;

        private Replacement() {
            super(String.class);
        }

        @Override
        public LogicalType logicalType() {
            return LogicalType.Textual;
        }

        @Override
        @SuppressWarnings("unchecked") // read sets it
        public String deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return ((UnaryOperator<String>) context.getAttribute(Replacement.class))
                    .apply(StringDeserializer.instance.deserialize(parser, context));
        }
    }

    /** Says that something stored is damaged, or no such record. */
    public static final class UnreadableException extends IOException {

        private static final long serialVersionUID = 1L;

        private UnreadableException(String message, @CheckForNull Exception cause) {
            super(message, cause);
        }
    }

    private StoredJson() {}

    /** Returns a record as JSON, to be a part of {@link #text}. */
    public static JsonNode tree(Record content) {
        return JSON.valueToTree(content);
    }

    /** Returns how many bytes a record has on disk. */
    public static long length(Record content) {
        return text(Map.of("", tree(content))).length(); // in ASCII
    }

    /** Returns a JSON object as one line. */
    public static String text(Map<String, JsonNode> fields) {
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException x) {
            throw new UncheckedIOException(x); // it is a tree
        }
    }

    /** @throws UnreadableException if a text is no JSON object */
    public static ObjectNode object(String where, String text) throws UnreadableException {
        try {
            if (JSON.readTree(text) instanceof ObjectNode object) {
                return object;
            }
        } catch (JsonProcessingException x) {
            throw new UnreadableException(where + ": " + x.getOriginalMessage(), x);
        }
        throw new UnreadableException(where + ": it is no object", null);
    }

    /** @throws UnreadableException if JSON is not such a record */
    public static <T extends Record> T read(String where, JsonNode json, Class<T> type) throws UnreadableException {
        return read(where, json, type, UnaryOperator.identity());
    }

    /** @param equal returns what takes the place of a text to which it is equal */
    public static <T extends Record> T read(String where, JsonNode json, Class<T> type, UnaryOperator<String> equal)
            throws UnreadableException {
        try {
            return JSON.readerFor(type).withAttribute(Replacement.class, equal).readValue(json);
        } catch (IOException x) {
            throw new UnreadableException(where + ": " + x.getMessage(), x);
        }
    }
}
