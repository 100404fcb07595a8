package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.part.file.Type.Either;
import io.jenkins.plugins.armory.part.file.Type.Field;
import io.jenkins.plugins.armory.part.file.Type.ListOf;
import io.jenkins.plugins.armory.part.file.Type.MapOf;
import io.jenkins.plugins.armory.part.file.Type.Number;
import io.jenkins.plugins.armory.part.file.Type.Reference;
import io.jenkins.plugins.armory.part.file.Type.Shape;
import io.jenkins.plugins.armory.part.file.Type.Simple;
import io.jenkins.plugins.armory.part.file.Type.Word;
import io.jenkins.plugins.armory.webhook.WebhookRules;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads a file as the table of its {@link Fields} says. It notes a problem for each field that is unknown, missing or
 * empty, and for each value that is not of its type.
 */
final class FieldReader {

    /** A name that a section has to have, which is checked once all sections have been read. */
    private record Use(String section, String name, Node node, String path) {}

    private final Problems problems;
    private final YamlReader yaml;
    private final List<Use> uses = new ArrayList<>();
    private final List<String> unused = new ArrayList<>();
    /** The shapes of the mappings around the one that is read, the innermost first. */
    private final Deque<Shape> around = new ArrayDeque<>();

    FieldReader(Problems problems) {
        this.problems = problems;
        yaml = new YamlReader(problems);
    }

    /** @throws PlannedDeployment.InvalidException if the text is not YAML, or not a mapping */
    Section read(String text) throws PlannedDeployment.InvalidException {
        if (!(yaml.compose(text) instanceof MappingNode root)) {
            problems.add(0, 0, "must be " + Fields.FILE.text());
            problems.throwAny();
            throw new IllegalStateException("a file without a mapping");
        }
        Section file = section(Fields.FILE, root, "");
        checkUses(file);
        return file;
    }

    /** Returns the paths of what the file has and the plugin does not use. */
    List<String> unused() {
        return unused;
    }

    private void checkUses(Section file) {
        var names = new LinkedHashMap<String, Collection<String>>();
        names.put(Fields.TARGETS, file.map(Fields.TARGETS).keySet());
        names.put(Fields.STRATEGIES, file.map(Fields.STRATEGIES).keySet());
        names.put(Fields.WEBHOOKS, names(file.list(Fields.WEBHOOKS)));
        Section analysis = file.section("analysis");
        if (analysis.has("queries")) {
            names.put(Fields.QUERIES, names(analysis.list("queries")));
        }
        for (Use use : uses) {
            Collection<String> known = names.get(use.section);
            if (known != null && !known.contains(use.name)) {
                problems.add(
                        use.node,
                        use.path,
                        "the section " + use.section + " has no \"" + use.name + "\"; " + Names.hint(use.name, known));
            }
        }
    }

    private static Set<String> names(List<Section> sections) {
        var names = new LinkedHashSet<String>();
        for (Section section : sections) {
            String name = section.text("name");
            if (name != null && !names.add(name)) {
                section.problem("name", "\"" + name + "\" is there twice; each needs a name of its own");
            }
        }
        return names;
    }

    /** Returns a value, {@code null} if it has a mistake. */
    @CheckForNull
    private Object read(Type type, boolean required, Node node, String path) {
        if (isEmpty(type, node)) {
            problems.add(node, path, "is empty; write " + type.text() + (required ? "" : ", or leave it out"));
            return null;
        } else if (type == Simple.ANY) {
            return node;
        } else if (type instanceof Either either) {
            return read(node instanceof ScalarNode ? either.single() : either.other(), required, node, path);
        } else if (type instanceof Reference reference) {
            Object name = read(reference.name(), required, node, path);
            if (name != null) {
                uses.add(new Use(reference.section(), (String) name, node, path));
            }
            return name;
        } else if (type instanceof ListOf list && node instanceof SequenceNode sequence) {
            return list(list.entry(), sequence, path);
        } else if (type instanceof Shape shape && node instanceof MappingNode mapping) {
            return section(shape, mapping, path);
        } else if (type instanceof MapOf map && node instanceof MappingNode mapping) {
            return map(map.entry(), mapping, path);
        } else if (type == Simple.CONTEXT && node instanceof MappingNode mapping) {
            return context(mapping, path);
        } else if (node instanceof ScalarNode scalar) {
            return single(type, scalar, path);
        }
        problems.add(node, path, "must be " + type.text());
        return null;
    }

    private static boolean isEmpty(Type type, Node node) {
        if (type == Simple.ANY || type == Simple.VALUE) {
            return false;
        } else if (node instanceof ScalarNode scalar) {
            return isNull(node) || scalar.getValue().isBlank();
        } else if (node instanceof SequenceNode sequence) {
            return type instanceof ListOf list && sequence.getValue().size() < list.least();
        }
        return type instanceof MapOf
                && node instanceof MappingNode mapping
                && mapping.getValue().isEmpty();
    }

    private static boolean isNull(Node node) {
        return node.getTag().equals(Tag.NULL);
    }

    @CheckForNull
    private Section section(Shape shape, MappingNode node, String path) {
        int before = problems.count();
        var section = new Section(problems, node, path);
        Map<String, Node> nodes = yaml.fields(node, path);
        Shape outer = around.peek();
        around.push(shape);
        nodes.forEach((name, value) -> {
            String usual = Fields.SPELLINGS.getOrDefault(name, name);
            Field field = shape.find(shape.find(name) == null ? usual : name);
            if (field == null) {
                problems.add(value, path, "unknown field \"" + name + "\"; " + placeOf(name, shape, outer));
            } else if (section.has(usual)) {
                problems.add(value, section.path(name), "is there in another spelling, too; leave one out");
            } else {
                Object content = read(field.type(), field.required() || shape.one(), value, section.path(name));
                section.add(usual, value, section.path(name), content);
                if (field.unused() && content != null) {
                    unused.add(section.path(name));
                }
            }
        });
        around.pop();
        for (Field field : shape.fields()) {
            if (field.required() && !section.has(field.name())) {
                String meaning = field.meaning().isEmpty() ? "" : " (" + field.meaning() + ")";
                section.problem(
                        field.name(), "is missing; write " + field.type().text() + meaning);
            }
        }
        Set<String> fields = section.fields();
        if (shape.one() && fields.size() != 1) {
            if (fields.size() == nodes.size()) {
                section.problem("has " + (fields.isEmpty() ? "nothing" : String.join(" and ", fields))
                        + "; write one of " + String.join(", ", shape.names()));
            }
            return null;
        }
        if (problems.count() > before) {
            section.setFlawed();
        }
        return section;
    }

    /** Returns where a field belongs that a mapping cannot have, or what the mapping can have. */
    private static String placeOf(String name, Shape shape, @CheckForNull Shape outer) {
        if (outer != null && outer.find(name) != null) {
            return "it belongs one level further out";
        }
        for (Field field : shape.fields()) {
            if (field.type() instanceof Shape inner && inner.find(name) != null) {
                return "it belongs into " + field.name() + ", so indent it by two spaces more";
            }
        }
        return Names.hint(name, shape.names());
    }

    private List<Object> list(Type type, SequenceNode node, String path) {
        String tooLong = type instanceof Shape
                ? null
                : Bound.LIST.problemOf(node.getValue().size());
        if (tooLong != null) {
            problems.add(node, path, tooLong);
            return List.of();
        }
        var entries = new LinkedHashSet<>();
        int index = 0;
        for (Node each : node.getValue()) {
            String entryPath = path + "[" + index++ + "]";
            Object entry = read(type, true, each, entryPath);
            if (entry != null && !entries.add(entry)) {
                problems.add(each, entryPath, "\"" + entry + "\" is there twice; leave one out");
            }
        }
        return List.copyOf(entries);
    }

    /**
     * Returns the sections of a mapping by their names, which can be those of environments; {@code null} for one with a
     * mistake.
     */
    private Map<String, Section> map(Shape shape, MappingNode node, String path) {
        var sections = new LinkedHashMap<String, Section>();
        yaml.fields(node, path).forEach((name, value) -> {
            String problem =
                    name.equals(name.strip()) ? Names.problemOf(name) : "begins or ends with a space; take it out";
            if (problem != null) {
                problems.add(value, path, "the name \"" + Names.cut(name) + "\" " + problem);
            }
            sections.put(name, (Section) read(shape, true, value, path + "." + name));
        });
        return sections;
    }

    private Map<String, String> context(MappingNode node, String path) {
        var context = new LinkedHashMap<String, String>();
        yaml.fields(node, path).forEach((key, value) -> {
            Object text = read(Simple.VALUE, true, value, path + "." + key);
            context.put(key, text == null ? "" : text.toString());
            String problem = WebhookRules.problemOfContext(key, context.get(key));
            if (problem != null) {
                problems.add(node, path, problem);
            }
        });
        return context;
    }

    @CheckForNull
    private Object single(Type type, ScalarNode node, String path) {
        String text = node.getValue();
        String name = text.strip();
        Object value = null;
        String problem = "must be " + type.text() + ", not \"" + Names.cut(text) + "\"";
        if (type == Simple.VALUE) {
            value = isNull(node) ? "" : text;
        } else if (type == Simple.TEXT) {
            value = text;
        } else if (type == Simple.NAME || type == Simple.LISTED_NAME && !name.matches(".*[,;].*")) {
            problem = Names.problemOf(text);
            value = problem == null ? name : null;
        } else if (type == Simple.FLAG && node.getTag().equals(Tag.BOOL)) {
            value = Set.of("true", "yes", "on").contains(text.toLowerCase(Locale.ROOT));
        } else if (type instanceof Number number && name.matches("[0-9]{1,10}")) {
            long amount = Long.parseLong(name);
            value = amount >= number.min() && amount <= number.max() ? (int) amount : null;
        } else if (type instanceof Word word) {
            value = word.words().stream()
                    .filter(name::equalsIgnoreCase)
                    .findFirst()
                    .orElse(null);
        }
        if (value == null) {
            problems.add(node, path, problem);
        }
        return value;
    }
}
