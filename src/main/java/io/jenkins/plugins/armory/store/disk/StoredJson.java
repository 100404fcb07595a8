package io.jenkins.plugins.armory.store.disk;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.ser.BeanSerializer;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.std.BeanSerializerBase;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.databind.util.RawValue;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
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

    private static final Set<Class<?>> SHARED = Set.of(Terms.class, Webhook.class);

    private static final ObjectMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNameLength(Integer.MAX_VALUE)
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .configure(JsonWriteFeature.ESCAPE_NON_ASCII, true)
                    .build())
            .addModule(new JavaTimeModule())
            .addModule(new SimpleModule()
                    .setSerializerModifier(new BeanSerializerModifier() {
                        private static final long serialVersionUID = 1L;

                        @Override
                        public JsonSerializer<?> modifySerializer(
                                SerializationConfig config, BeanDescription type, JsonSerializer<?> plain) {
                            return SHARED.contains(type.getBeanClass())
                                    ? new SharingSerializer((BeanSerializerBase) plain)
                                    : plain;
                        }
                    })
                    .setDeserializerModifier(new BeanDeserializerModifier() {
                        private static final long serialVersionUID = 1L;

                        @Override
                        public JsonDeserializer<?> modifyDeserializer(
                                DeserializationConfig config, BeanDescription type, JsonDeserializer<?> plain) {
                            return SHARED.contains(type.getBeanClass()) ? new SharingDeserializer(plain) : plain;
                        }
                    }))
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

    /**
     * What several records share: each {@link Terms} and {@link Webhook} is kept once, and the records have its number.
     */
    public static final class Shared {

        private Record[] values;

        /** What has not been read yet. */
        @CheckForNull
        private JsonNode stored;

        /** The numbers of the values while they are collected. */
        @CheckForNull
        private Map<Record, Integer> numbers;

        private Shared(int size) {
            values = new Record[size];
        }

        /** Returns what was {@linkplain #json written}. */
        public static Shared of(JsonNode stored) {
            var shared = new Shared(stored.size());
            shared.stored = stored;
            return shared;
        }

        /** Collects what records share. */
        public static Shared by(Collection<? extends Record> records) {
            var shared = new Shared(0);
            shared.numbers = new LinkedHashMap<>();
            records.forEach(each -> StoredJson.json(each, shared));
            shared.values = shared.numbers.keySet().toArray(Record[]::new);
            shared.numbers = null;
            return shared;
        }

        /** Returns the number of a value, -1 for none. */
        private int numberOf(Record value) {
            if (numbers != null) {
                return numbers.computeIfAbsent(value, added -> numbers.size());
            }
            for (int i = 0; i < values.length; i++) {
                if (values[i] == value) {
                    return i;
                }
            }
            return -1;
        }

        private Object get(int number, Class<?> type) throws IOException {
            if (number < 0 || number >= values.length) {
                throw new IOException("there is no value " + number + " that is shared");
            }
            if (values[number] == null) {
                values[number] = (Record) JSON.readerFor(type).readValue(stored.path(number));
            }
            return type.cast(values[number]);
        }

        /** Returns the values, to be a part of {@link StoredJson#text}. */
        public Object json() {
            return raw(JSON.writer(), values);
        }
    }

    /** Writes the number of a value that is shared. */
    private static final class SharingSerializer extends BeanSerializer {

        private static final long serialVersionUID = 1L;

        SharingSerializer(BeanSerializerBase plain) {
            super(plain);
        }

        @Override
        public void serialize(Object value, JsonGenerator json, SerializerProvider provider) throws IOException {
            int number =
                    provider.getAttribute(Shared.class) instanceof Shared shared ? shared.numberOf((Record) value) : -1;
            if (number < 0) {
                super.serialize(value, json, provider);
            } else {
                json.writeNumber(number);
            }
        }
    }

    /** Reads a value by its number. */
    private static final class SharingDeserializer extends DelegatingDeserializer {

        private static final long serialVersionUID = 1L;

        SharingDeserializer(JsonDeserializer<?> plain) {
            super(plain);
        }

        @Override
        protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> plain) {
            return new SharingDeserializer(plain);
        }

        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) throws IOException {
            return parser.hasToken(JsonToken.VALUE_NUMBER_INT)
                            && context.getAttribute(Shared.class) instanceof Shared shared
                    ? shared.get(parser.getIntValue(), handledType())
                    : super.deserialize(parser, context);
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

    /** Returns a record as JSON. */
    public static JsonNode tree(Record content) {
        return JSON.valueToTree(content);
    }

    /** Returns a record as JSON, to be a part of {@link #text}. */
    public static Object json(Record content, Shared shared) {
        return raw(JSON.writer().withAttribute(Shared.class, shared), content);
    }

    private static RawValue raw(ObjectWriter writer, Object content) {
        return new RawValue(text(writer, content));
    }

    /**
     * Returns a JSON object as one line, in ASCII.
     *
     * @param fields records and JSON
     */
    public static String text(Map<String, ?> fields) {
        return text(JSON.writer(), fields);
    }

    private static String text(ObjectWriter writer, Object content) {
        try {
            return writer.writeValueAsString(content);
        } catch (JsonProcessingException x) {
            throw new UncheckedIOException(x); // no record has anything that cannot be written
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
        return read(where, json, type, new Shared(0));
    }

    /** @param shared what the record shares with others */
    public static <T extends Record> T read(String where, JsonNode json, Class<T> type, Shared shared)
            throws UnreadableException {
        try {
            return JSON.readerFor(type).withAttribute(Shared.class, shared).readValue(json);
        } catch (IOException x) {
            throw new UnreadableException(where + ": " + x.getMessage(), x);
        }
    }
}
