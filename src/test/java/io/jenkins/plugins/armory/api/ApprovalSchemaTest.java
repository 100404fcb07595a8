package io.jenkins.plugins.armory.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Holds the schemas of an approval in docs/openapi.yaml to {@link ApprovalView}: its records are the schemas, their
 * components with the Javadoc the properties. {@code OpenApiTest} of the acceptance suite holds real answers to these
 * schemas.
 */
class ApprovalSchemaTest {

    private static final String DOCUMENT = "docs/openapi.yaml";
    private static final String SOURCE = "src/main/java/io/jenkins/plugins/armory/api/ApprovalView.java";

    /** Its comment, its annotations, its name, and its components. */
    private static final Pattern RECORD =
            Pattern.compile("(?s)/\\*\\*((?:(?!\\*/).)*)\\*/([^/]*?)public record (\\w+)\\((.*?)\\) \\{");
    /** Its annotations, its type, and its name. */
    private static final Pattern COMPONENT =
            Pattern.compile("((?:@\\w+(?:\\([\\w.]+\\))?\\s+)*)([\\w<>]+|Map<String, \\w+>) (\\w+)(?:,|$)");
    /** Its name, and its description. */
    private static final Pattern PARAM = Pattern.compile("@param (\\w+) ((?:(?!\\s*(?:@param|$)).)*)");

    private static final Map<String, String> TYPES = Map.of(
            "String", "string", "int", "integer", "long", "integer", "Integer", "integer", "boolean", "boolean",
            "Boolean", "boolean");

    /** The records to which answers add what is of the moment, or of the user. */
    private static final List<String> EXTENDED = List.of("ApprovalView", "ManualApproval");
    /** The components in Markdown, to which answers add their HTML. */
    private static final List<String> MARKDOWN = List.of("mdMessage", "comment");

    @Test
    void theDocumentHasTheSchemas() throws IOException {
        Path root = Path.of("").toAbsolutePath();
        while (!Files.exists(root.resolve(DOCUMENT))) { // the embedded build runs tests in embedded/plugin
            root = root.getParent();
        }
        String document = Files.readString(root.resolve(DOCUMENT));
        List<String> schemas = RECORD.matcher(Files.readString(root.resolve(SOURCE)))
                .results()
                .map(ApprovalSchemaTest::schema)
                .toList();

        assertThat(schemas).hasSizeGreaterThan(5);
        if (!schemas.stream().allMatch(document::contains)) {
            fail("%s, schemas, should have this:%n%s".formatted(DOCUMENT, String.join("", schemas)));
        }
    }

    private static String schema(MatchResult record) {
        String comment = record.group(1).replaceAll("\\s*\\n\\s*\\*\\s*", " ").replaceAll("\\{@code ([^}]*)}", "`$1`");
        Map<String, String> descriptions = PARAM.matcher(comment)
                .results()
                .collect(Collectors.toMap(param -> param.group(1), param -> param.group(2)));
        List<Property> properties = COMPONENT
                .matcher(record.group(4).strip())
                .results()
                .map(each -> new Property(
                        each.group(3),
                        each.group(2),
                        each.group(1),
                        record.group(2).contains("NON_NULL"),
                        descriptions.get(each.group(3))))
                .toList();
        assertThat(properties).extracting(Property::name).hasSameElementsAs(descriptions.keySet());
        return "    %s:\n      type: object\n%s      required: [%s]\n      properties:\n%s"
                .formatted(
                        record.group(3),
                        EXTENDED.contains(record.group(3)) ? "" : "      additionalProperties: false\n",
                        properties.stream()
                                .filter(Property::isRequired)
                                .map(Property::name)
                                .collect(Collectors.joining(", ")),
                        properties.stream().map(Property::lines).collect(Collectors.joining()));
    }

    /** @param leavesOutNulls whether its record does */
    private record Property(String name, String type, String annotations, boolean leavesOutNulls, String description) {

        private boolean mayBeNull() {
            return annotations.contains("CheckForNull");
        }

        boolean isRequired() {
            return annotations.contains("ALWAYS")
                    || !annotations.contains("JsonInclude") && !(mayBeNull() && leavesOutNulls);
        }

        String lines() {
            String line = "        %s: {%s, description: \"%s\"}\n".formatted(name, schema(type), description);
            return MARKDOWN.contains(name)
                    ? line + "        " + name + "Html: {type: string, description: \"The same as HTML that is safe to"
                            + " show. A long message is truncated.\"}\n"
                    : line;
        }

        private String schema(String of) {
            if (annotations.contains("NON_DEFAULT")) {
                return "const: true";
            } else if (of.startsWith("List<")) {
                return "type: array, items: {" + schema(of.substring(5, of.length() - 1)) + "}";
            } else if (of.startsWith("Map<")) {
                String values = of.contains("Object") ? "[string, boolean]" : "string";
                return "type: object, additionalProperties: {type: " + values + "}";
            } else if (of.equals("State")) {
                return "enum: " + List.of(ApprovalView.State.values());
            } else if (!TYPES.containsKey(of)) {
                return "$ref: \"#/components/schemas/" + of + "\"";
            }
            boolean isTime = name.matches("at|.*At|deadline");
            return "type: " + (mayBeNull() && isRequired() ? "[" + TYPES.get(of) + ", \"null\"]" : TYPES.get(of))
                    + (isTime ? ", format: date-time" : "");
        }
    }
}
