package io.jenkins.plugins.armory.deploymentfile;

import static io.jenkins.plugins.armory.deploymentfile.YamlReader.isAbsent;
import static io.jenkins.plugins.armory.deploymentfile.YamlReader.prefix;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.bounds.Bound;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * A mapping in a deployment file with the path to it, such as {@code targets.prod.constraints}. A method that reads a field notes
 * a problem if the value is not of its kind, and then returns what an absent field has.
 */
final class Section {

    /** A text that steps refuse, since Groovy writes it for a variable that is not set. */
    static final String NO_VALUE = "null";

    private final YamlReader yaml;
    private final Node node;
    private final String path;
    private final Map<String, Node> fields;

    private Section(YamlReader yaml, Node node, String path, Map<String, Node> fields) {
        this.yaml = yaml;
        this.node = node;
        this.path = path;
        this.fields = fields;
    }

    /**
     * Returns the mapping of a node, or {@code null} if it is something else, which is a problem.
     *
     * @param shape what must be there instead, as the end of a sentence
     */
    @CheckForNull
    static Section of(YamlReader yaml, Node node, String path, String shape) {
        if (node instanceof MappingNode mapping) {
            return new Section(yaml, mapping, path, yaml.fields(mapping, path));
        }
        yaml.problem(node, prefix(path) + "must be " + shape);
        return null;
    }

    /** Returns the section without a field. */
    Section without(String field) {
        Map<String, Node> rest = new LinkedHashMap<>(fields);
        rest.remove(field);
        return new Section(yaml, node, path, rest);
    }

    /** Returns the section of a whole file, whose path is empty. */
    static Section root(YamlReader yaml, MappingNode file) {
        return new Section(yaml, file, "", yaml.fields(file, ""));
    }

    YamlReader yaml() {
        return yaml;
    }

    String path() {
        return path;
    }

    String path(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    Set<String> fields() {
        return fields.keySet();
    }

    /** Returns the value of a field, or the whole section if it has no such field: the place of a problem. */
    Node node(String field) {
        return fields.getOrDefault(field, node);
    }

    boolean has(String field) {
        return !isAbsent(fields.get(field));
    }

    /** Notes a problem for each field that is not known. */
    void checkKnown(Collection<String> known) {
        fields.forEach((field, value) -> {
            if (!known.contains(field)) {
                yaml.problem(value, prefix(path) + "unknown field \"" + field + "\"; " + YamlReader.known(known));
            }
        });
    }

    /**
     * Returns whether a name in a field is one of those that the file has. If not, that is a problem.
     *
     * @param none the start of the message
     */
    boolean isKnown(String field, String name, Collection<String> known, String none) {
        if (known.contains(name)) {
            return true;
        }
        problem(field, none + " \"" + name + "\"; " + YamlReader.known(known));
        return false;
    }

    /** Notes a problem of the section as a whole. */
    void problem(String problem) {
        yaml.problem(node, path + ": " + problem);
    }

    void problem(String field, String problem) {
        yaml.problem(node(field), path(field) + ": " + problem);
    }

    /** Returns the section in a field, {@code null} if there is none. */
    @CheckForNull
    Section section(String field, String shape) {
        return has(field) ? of(yaml, fields.get(field), path(field), shape) : null;
    }

    /** Returns the section in a field. If there is none, that is a problem. */
    @CheckForNull
    Section required(String field, String shape) {
        if (!has(field)) {
            problem(field, "is empty; must be " + shape);
            return null;
        }
        return section(field, shape);
    }

    /**
     * Returns the fields whose names can be those of targets, which are environments of a build, or of strategies. The others are
     * problems.
     */
    List<String> goodNames() {
        var names = new ArrayList<String>();
        for (String field : fields()) {
            String problem = badName(field);
            if (problem == null && field.equals(field.strip())) {
                names.add(field);
            } else {
                yaml.problem(
                        node(field),
                        path + ": the name \"" + YamlReader.cut(field) + "\" "
                                + (problem == null ? "begins or ends with a space; take it out" : problem));
            }
        }
        return names;
    }

    @CheckForNull
    private static String badName(String name) {
        if (name.isBlank()) {
            return "must not be blank";
        }
        if (name.equals(NO_VALUE)) {
            return "is a text that stands for no value; take another one";
        }
        String problem = Bound.LINE.problemOf(name);
        if (problem != null) {
            return problem;
        }
        return Problems.isUnprintable(name)
                ? "has a line break, a control character or a bidirectional one; take it out"
                : null;
    }

    /**
     * Returns the entries of a list, none if there is no such field.
     *
     * @param shape what must be there instead of something else
     */
    private List<Node> list(String field, String shape) {
        if (!has(field)) {
            return List.of();
        }
        if (fields.get(field) instanceof SequenceNode list) {
            return list.getValue();
        }
        problem(field, "must be " + shape);
        return List.of();
    }

    /**
     * Returns the sections in a list, without entries that are something else.
     *
     * @param listShape what must be there instead of something else
     * @param shape what an entry must be
     */
    List<Section> sections(String field, String listShape, String shape) {
        var sections = new ArrayList<Section>();
        int index = 0;
        for (Node each : list(field, listShape)) {
            Section section = of(yaml, each, path(field) + "[" + index++ + "]", shape);
            if (section != null) {
                sections.add(section);
            }
        }
        return sections;
    }

    /** Returns a single value as it is written, {@code null} if there is none. */
    @CheckForNull
    String text(String field) {
        if (!has(field)) {
            return null;
        }
        if (fields.get(field) instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        problem(field, "must be a single value");
        return null;
    }

    /** Returns the values of a mapping of keys to single values. */
    Map<String, String> texts(String field) {
        Section section = section(field, "a mapping of keys to values");
        var texts = new LinkedHashMap<String, String>();
        if (section != null) {
            section.fields().forEach(key -> texts.put(key, Objects.requireNonNullElse(section.text(key), "")));
        }
        return texts;
    }

    /** Returns a value that people and scripts know something by: one line, not blank. */
    @CheckForNull
    String name(String field) {
        return has(field) ? name(fields.get(field), path(field)) : null;
    }

    @CheckForNull
    private String name(Node value, String valuePath) {
        if (!(value instanceof ScalarNode scalar)) {
            yaml.problem(value, valuePath + ": must be a single value");
            return null;
        }
        String problem = badName(isAbsent(value) ? "" : scalar.getValue());
        if (problem != null) {
            yaml.problem(value, valuePath + ": " + problem);
            return null;
        }
        return scalar.getValue().strip();
    }

    /** @param mend what to write there, for the message if the field is missing */
    @CheckForNull
    String requiredName(String field, String mend) {
        if (!has(field)) {
            problem(field, "is missing; " + mend);
            return null;
        }
        return name(field);
    }

    /** Notes a problem for each of the fields that has no value: the author meant to restrict something with it. */
    void checkFilled(String... wanted) {
        for (String field : wanted) {
            if (fields.containsKey(field) && !has(field)) {
                problem(field, "is empty; fill it in, or leave it out");
            }
        }
    }

    /** Returns a list of names without those that are no name. A name that is there twice is a problem, and so is an empty field. */
    List<String> names(String field) {
        checkFilled(field);
        var names = new LinkedHashSet<String>();
        List<Node> nodes = list(field, "a list of names, such as [one, two]");
        for (int i = 0; i < nodes.size(); i++) {
            String name = name(nodes.get(i), path(field) + "[" + i + "]");
            if (name != null && !names.add(name)) {
                yaml.problem(nodes.get(i), path(field) + "[" + i + "]: \"" + name + "\" is there twice; leave one out");
            }
        }
        return new ArrayList<>(names);
    }

    /** Returns names that a script gets in one variable, or a step in one parameter, with commas between them. */
    List<String> namesWithoutComma(String field) {
        List<String> names = names(field);
        names.forEach(name -> checkComma(field, name));
        return names;
    }

    @CheckForNull
    String nameWithoutComma(String field) {
        String name = name(field);
        if (name != null) {
            checkComma(field, name);
        }
        return name;
    }

    private void checkComma(String field, String name) {
        if (name.contains(",") || name.contains(";")) {
            problem(field, "\"" + name + "\" has a comma or a semicolon; list each name by itself");
        }
    }

    /** @param otherwise the message if there is no name */
    List<String> requiredNames(String field, String otherwise) {
        int problems = yaml.problemCount();
        List<String> names = namesWithoutComma(field);
        if (names.isEmpty() && yaml.problemCount() == problems) {
            problem(field, otherwise);
        }
        return names;
    }

    /** Returns a whole number as it is written, {@code null} if there is none within the limits. */
    @CheckForNull
    Long number(String field, long min, long max) {
        String text = text(field);
        if (text == null) {
            return null;
        }
        boolean number = text.matches("[0-9]{1,18}");
        if (number && Long.parseLong(text) >= min && Long.parseLong(text) <= max) {
            return Long.valueOf(text);
        }
        String limits = max == Long.MAX_VALUE ? "of " + min + " or more" : "from " + min + " to " + max;
        problem(field, "\"" + text + "\" is not a whole number " + limits);
        return null;
    }

    @CheckForNull
    Boolean flag(String field) {
        if (!has(field)) {
            return null;
        }
        if (fields.get(field) instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
            return Set.of("true", "yes", "on").contains(scalar.getValue().toLowerCase(Locale.ROOT));
        }
        problem(field, "must be true or false");
        return null;
    }

    /** Returns one of several words as it stands in the list, however its capitals are written. */
    @CheckForNull
    String choice(String field, List<String> words) {
        String text = text(field);
        if (text == null) {
            return null;
        }
        for (String word : words) {
            if (word.equalsIgnoreCase(text.strip())) {
                return word;
            }
        }
        problem(field, "\"" + text + "\" is not one of " + String.join(", ", words));
        return null;
    }

    /**
     * Returns the one of several spellings that the section has. Both at once are a problem.
     *
     * @return the first spelling if it has none of them
     */
    String spelling(String usual, String other) {
        if (has(usual) && has(other)) {
            problem(other, "is there as well as " + usual + ", which is the same; leave one out");
        }
        return has(other) && !has(usual) ? other : usual;
    }
}
