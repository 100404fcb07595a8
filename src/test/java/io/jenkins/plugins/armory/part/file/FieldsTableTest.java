package io.jenkins.plugins.armory.part.file;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.part.file.Type.Either;
import io.jenkins.plugins.armory.part.file.Type.Field;
import io.jenkins.plugins.armory.part.file.Type.ListOf;
import io.jenkins.plugins.armory.part.file.Type.MapOf;
import io.jenkins.plugins.armory.part.file.Type.Number;
import io.jenkins.plugins.armory.part.file.Type.Reference;
import io.jenkins.plugins.armory.part.file.Type.Shape;
import io.jenkins.plugins.armory.part.file.Type.Simple;
import io.jenkins.plugins.armory.part.file.Type.Word;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the page on deployment files, and their schema for editors, to the table of the fields. */
class FieldsTableTest {

    private final Set<Field> shown = Collections.newSetFromMap(new IdentityHashMap<>());
    private final ObjectNode definitions = new ObjectMapper().createObjectNode();
    private final Map<Shape, String> names = new HashMap<>();

    @Test
    void thePageShowsTheTable() {
        var table = new StringBuilder("\n| in | fields, \\* if required |\n| --- | --- |\n");
        addRow(table, Fields.FILE, "the file");

        assertThat(Examples.docs("deployment-files.md")).contains(table + "\n");
    }

    /** Adds the row of a mapping and those of the mappings in it, without the fields that have been shown. */
    private void addRow(StringBuilder table, Shape shape, String name) {
        List<Field> fields = shape.fields().stream()
                .filter(field -> !field.unused() && shown.add(field))
                .toList();
        if (!fields.isEmpty()) {
            table.append("| %s | ".formatted(name))
                    .append(fields.stream().map(FieldsTableTest::cell).collect(joining("<br>")))
                    .append(" |\n");
        }
        for (Field field : fields) {
            Type type = field.type();
            if (type instanceof Shape inner) {
                addRow(table, inner, "`" + field.name() + "`");
            } else if (type instanceof MapOf map) {
                addRow(table, map.entry(), "`" + field.name() + ".NAME`");
            } else if (type instanceof ListOf list && list.entry() instanceof Shape inner) {
                addRow(table, inner, "`" + field.name() + "[]`");
            }
        }
    }

    private static String cell(Field field) {
        Type type = field.type();
        String value = "";
        if (type instanceof ListOf list && list.entry() instanceof Shape shape) {
            value = shape.one() ? " list of " + String.join(", ", shape.names()) : " list";
        } else if (type instanceof ListOf) {
            value = " names";
        } else if (type instanceof Number number) {
            value = " " + number.min() + " to " + number.max();
        } else if (type instanceof Word word) {
            value = " " + String.join(", ", word.words());
        } else if (type == Simple.FLAG) {
            value = " " + type.text();
        }
        String meaning = field.meaning().isEmpty() ? "" : ": " + field.meaning();
        return "`" + field.name() + "`" + (field.required() ? "\\*" : "") + value + meaning;
    }

    @Test
    void theSchemaHasTheTable() {
        ObjectNode schema = schemaOf(Fields.FILE, "file");
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema").set("$defs", definitions);

        assertThat(Examples.docs("deployment-file.schema.json")).isEqualTo(schema.toPrettyString() + "\n");
    }

    private ObjectNode schemaOf(Type type, String name) {
        ObjectNode schema = definitions.objectNode();
        if (type instanceof Shape shape) {
            if (names.putIfAbsent(shape, name) == null) {
                define(shape, name);
            }
            schema.put("$ref", "#/$defs/" + names.get(shape));
        } else if (type instanceof ListOf list) {
            schema.put("type", "array").put("minItems", list.least()).set("items", schemaOf(list.entry(), name));
        } else if (type instanceof MapOf map) {
            schema.put("type", "object")
                    .put("minProperties", 1)
                    .set("additionalProperties", schemaOf(map.entry(), name));
        } else if (type instanceof Either either) {
            schema.putArray("anyOf").add(schemaOf(either.single(), name)).add(schemaOf(either.other(), name));
        } else if (type instanceof Reference reference) {
            return schemaOf(reference.name(), name);
        } else if (type instanceof Number number) {
            schema.put("type", "integer").put("minimum", number.min()).put("maximum", number.max());
        } else if (type instanceof Word word) {
            ArrayNode either = schema.putArray("anyOf");
            word.words().forEach(either.addObject().putArray("enum")::add);
            either.addObject().put("type", "string").put("pattern", inAnyCase(word.words()));
        } else if (type == Simple.FLAG) {
            schema.put("type", "boolean");
        } else if (type == Simple.CONTEXT) {
            schema.put("type", "object").set("additionalProperties", schemaOf(Simple.VALUE, name));
        } else if (type != Simple.ANY) {
            ArrayNode types =
                    schema.putArray("type").add("string").add("number").add("boolean");
            if (type == Simple.VALUE) {
                types.add("null");
            }
        }
        return schema;
    }

    private void define(Shape shape, String name) {
        ObjectNode schema = definitions.putObject(name).put("type", "object").put("additionalProperties", false);
        if (shape.one()) {
            schema.put("minProperties", 1).put("maxProperties", 1);
        }
        ObjectNode properties = schema.putObject("properties");
        for (Field field : shape.fields()) {
            String description = field.unused() ? "The plugin does not use it." : field.meaning();
            List<String> spellings = Stream.concat(
                            Stream.of(field.name()),
                            Fields.SPELLINGS.keySet().stream()
                                    .filter(other -> Fields.SPELLINGS.get(other).equals(field.name()))
                                    .filter(other -> shape.find(other) == null))
                    .toList();
            for (String spelling : spellings) {
                ObjectNode property = schemaOf(field.type(), name + "." + field.name());
                properties.set(spelling, description.isEmpty() ? property : property.put("description", description));
            }
            if (field.required() && spellings.size() == 1) {
                schema.withArray("required").add(field.name());
            } else if (field.required()) {
                spellings.forEach(spelling -> schema.withArray("anyOf")
                        .addObject()
                        .putArray("required")
                        .add(spelling));
            }
        }
    }

    /** Returns a pattern, since those of a schema cannot ignore case. */
    private static String inAnyCase(List<String> words) {
        return words.stream()
                .map(word -> word.chars()
                        .mapToObj(c -> "[%c%c]".formatted(Character.toLowerCase(c), Character.toUpperCase(c)))
                        .collect(joining()))
                .collect(joining("|", "^(", ")$"));
    }
}
