package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Reads mappings and values from the nodes of a YAML file. It collects the problems instead of stopping at the first, so that
 * an author sees all of them at once.
 */
final class YamlReader {

    private static final int MAX_DEPTH = 50;

    private final String name;
    private final List<String> problems = new ArrayList<>();

    /** @param name the name of the file in messages */
    YamlReader(String name) {
        this.name = name;
    }

    /**
     * Parses the text of the file.
     *
     * @return its root, or {@code null} if it has no content
     */
    @CheckForNull
    Node compose(String text) throws DeploymentFile.InvalidException {
        var options = new LoaderOptions();
        options.setCodePointLimit(DeploymentFile.MAX_LENGTH);
        options.setNestingDepthLimit(MAX_DEPTH);
        try {
            // Nodes and not objects: a node knows its line, and no class that the file names is loaded.
            return new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
        } catch (MarkedYAMLException x) {
            String place = x.getProblemMark() == null ? "" : place(x.getProblemMark());
            throw new DeploymentFile.InvalidException(List.of(name + place + ": is not YAML: " + x.getProblem()));
        } catch (YAMLException | IllegalArgumentException x) { // the latter for a tag that cannot be decoded
            throw new DeploymentFile.InvalidException(List.of(name + ": is not YAML: " + x.getMessage()));
        }
    }

    /** Returns the fields of a mapping in their order. A field that appears twice is a problem, and its first value counts. */
    Map<String, Node> fields(MappingNode node, String path) {
        var fields = new LinkedHashMap<String, Node>();
        var seen = new HashSet<String>();
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problem(tuple.getKeyNode(), path + ": a key must be a word");
            } else if (!seen.add(key.getValue())) {
                problem(key, path + ": \"" + key.getValue() + "\" is there twice");
            } else {
                fields.put(key.getValue(), tuple.getValueNode());
            }
        }
        return fields;
    }

    /** Notes a problem for each field that is not known. */
    void checkKnown(Map<String, Node> fields, List<String> known, String path) {
        fields.forEach((field, value) -> {
            if (!known.contains(field)) {
                problem(value, path + ": unknown field \"" + field + "\"; known are " + String.join(", ", known));
            }
        });
    }

    /** Returns the value of a field, or {@code null} if it has none. */
    @CheckForNull
    String text(Map<String, Node> fields, String field, String path) {
        Node node = fields.get(field);
        if (isAbsent(node)) {
            return null;
        }
        if (node instanceof ScalarNode scalar) {
            return scalar.getValue();
        }
        problem(node, path + "." + field + ": must be a single value");
        return null;
    }

    /** Returns the values of a mapping of keys to single values. */
    Map<String, String> texts(@CheckForNull Node node, String path) {
        var texts = new LinkedHashMap<String, String>();
        if (isAbsent(node)) {
            return texts;
        }
        if (!(node instanceof MappingNode mapping)) {
            problem(node, path + ": must be a mapping of keys to values");
            return texts;
        }
        Map<String, Node> fields = fields(mapping, path);
        for (String key : fields.keySet()) {
            String text = text(fields, key, path);
            texts.put(key, text == null ? "" : text);
        }
        return texts;
    }

    static boolean isAbsent(@CheckForNull Node node) {
        return node == null || node.getTag().equals(Tag.NULL);
    }

    /** Notes a problem with its place in the file. */
    void problem(Node node, String problem) {
        problems.add(name + place(node.getStartMark()) + ": " + problem);
    }

    private static String place(Mark mark) {
        return " line " + (mark.getLine() + 1) + ", column " + (mark.getColumn() + 1);
    }

    /** Returns the number of problems so far. */
    int problemCount() {
        return problems.size();
    }

    /** @throws DeploymentFile.InvalidException if there was any problem */
    void throwProblems() throws DeploymentFile.InvalidException {
        if (!problems.isEmpty()) {
            throw new DeploymentFile.InvalidException(problems);
        }
    }
}
