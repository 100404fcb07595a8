package io.jenkins.plugins.armory.storage.disk;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonProperty;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The JSON of everything that the plugin stores. Records are bound by the names that their components are annotated with:
 *
 * <pre>
 * {"format":1,"content":{"approval":null,"removed":["a1b2c3"]}}
 * </pre>
 *
 * <p>Every name is written and has to be there, and no other may be: what is missing must not mean "less strict". Whatever was written can
 * be read: texts have no limit here, since those that come from outside were checked where they came in, and half a surrogate pair is
 * escaped.
 */
@Restricted(NoExternalUse.class)
public final class StoredJson {

    private static final int FORMAT = 1;

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

    private record Envelope<T>(
            @JsonProperty("format") int format,
            @JsonProperty("content") T content) {

        private Envelope {
            Objects.requireNonNull(content, "content");
        }
    }

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

    /** Returns a record as JSON without a line feed. */
    public static byte[] write(Record content) {
        try {
            return JSON.writeValueAsBytes(new Envelope<>(FORMAT, content));
        } catch (JsonProcessingException x) {
            throw new UncheckedIOException(x); // all stored records can be written
        }
    }

    /**
     * Reads a record.
     *
     * @param where the file, and the line if it has several records; for messages
     * @throws UnknownFormatException if a newer version of the plugin wrote it
     * @throws UnreadableException if it is not such a record
     */
    public static <T extends Record> T read(String where, byte[] json, Class<T> type)
            throws UnknownFormatException, UnreadableException {
        // From characters: only from them does Jackson read the name of a field with half a surrogate pair.
        var text = new String(json, StandardCharsets.UTF_8);
        try {
            Envelope<T> read = JSON.readerFor(JSON.getTypeFactory().constructParametricType(Envelope.class, type))
                    .withAttribute(Replacement.class, UnaryOperator.identity())
                    .readValue(text);
            if (read != null && read.format() == FORMAT) { // null is read from "null"
                return read.content();
            }
        } catch (JsonProcessingException x) {
            if (formatOf(text) <= FORMAT) {
                throw new UnreadableException(where + ": " + x.getOriginalMessage(), x);
            }
        }
        int format = formatOf(text);
        if (format > FORMAT) {
            throw new UnknownFormatException(where, format, FORMAT);
        }
        throw new UnreadableException(where + ": there is no format " + format, null);
    }

    /** Returns a record as JSON, to be a part of {@link #text}. */
    public static JsonNode tree(Record content) {
        return JSON.valueToTree(content);
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

    private static int formatOf(String text) {
        return tree(text).path("format").asInt();
    }

    /** Returns the JSON of a record that could not be read, as far as it can be read. */
    public static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException x) {
            return JSON.missingNode();
        }
    }

    /** Returns the file of a record: one {@link ChecksumLine}. */
    public static byte[] file(Record content) {
        return ChecksumLine.of(write(content));
    }

    /** Reads the content of a file, as {@link #read} does. */
    public static <T extends Record> T readFile(String where, byte[] file, Class<T> type)
            throws UnknownFormatException, UnreadableException {
        byte[] json = ChecksumLine.content(file);
        if (json == null) {
            throw new UnreadableException(where + ": it is damaged", null);
        }
        return read(where, json, type);
    }

    /**
     * Reads a file as {@link #read} does; empty if there is none.
     *
     * @throws IOException if it cannot be read
     */
    public static <T extends Record> Optional<T> find(Path file, Class<T> type) throws IOException {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException x) {
            return Optional.empty();
        }
        return Optional.of(readFile(file.toString(), content, type));
    }
}
