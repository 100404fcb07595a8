package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.yaml.snakeyaml.nodes.Node;

/**
 * A mapping of the file as {@link FieldReader} has read it. A field with a mistake is there and has no value; the
 * methods then return what they return without that field. The type of a value is the one in {@link Fields}.
 */
final class Section {

    /** @param value {@code null} if it has a mistake */
    private record Content(
            Node node, String path, @CheckForNull Object value) {}

    private final Problems problems;
    private final Content whole;
    private final Map<String, Content> fields = new LinkedHashMap<>();
    private boolean flawed;

    /** @param path the path to it, such as {@code targets.prod.constraints} */
    Section(Problems problems, Node node, String path) {
        this.problems = problems;
        whole = new Content(node, path, this);
    }

    void add(String field, Node node, String path, @CheckForNull Object value) {
        fields.put(field, new Content(node, path, value));
    }

    /** Returns the section without a field. */
    Section without(String field) {
        var rest = new Section(problems, whole.node, whole.path);
        rest.fields.putAll(fields);
        rest.fields.remove(field);
        return rest;
    }

    String path(String field) {
        return whole.path.isEmpty() ? field : whole.path + "." + field;
    }

    void setFlawed() {
        flawed = true;
    }

    /** Returns whether a field has a mistake, is unknown, or is missing. */
    boolean isFlawed() {
        return flawed;
    }

    boolean has(String field) {
        return fields.containsKey(field);
    }

    Set<String> fields() {
        return fields.keySet();
    }

    /** Returns a name, a text, or a word. */
    @CheckForNull
    String text(String field) {
        return value(field) instanceof String text ? text : null;
    }

    @CheckForNull
    Integer number(String field) {
        return (Integer) value(field);
    }

    @CheckForNull
    Boolean flag(String field) {
        return (Boolean) value(field);
    }

    /** Returns the section in a field, an empty one if there is none. */
    Section section(String field) {
        if (value(field) instanceof Section section) {
            return section;
        }
        var none = new Section(problems, whole.node, path(field));
        none.flawed = has(field);
        return none;
    }

    /** Returns the entries of a list that have no mistake, or a value that stands for the only one. */
    @SuppressWarnings("unchecked")
    <T> List<T> list(String field) {
        Object value = value(field);
        return value instanceof List<?> list
                ? (List<T>) list
                : Stream.ofNullable((T) value).toList();
    }

    /** Returns the entries of a mapping, {@code null} for those with a mistake. */
    @SuppressWarnings("unchecked")
    <T> Map<String, T> map(String field) {
        return value(field) instanceof Map<?, ?> map ? (Map<String, T>) map : Collections.emptyMap();
    }

    @CheckForNull
    private Object value(String field) {
        return has(field) ? fields.get(field).value : null;
    }

    /** Notes a problem of the section as a whole. */
    void problem(String problem) {
        problems.add(whole.node, whole.path, problem);
    }

    /** Notes a problem of a field. Its place is that of the section if there is no such field. */
    void problem(String field, String problem) {
        Content content = fields.getOrDefault(field, new Content(whole.node, path(field), null));
        problems.add(content.node, content.path, problem);
    }
}
