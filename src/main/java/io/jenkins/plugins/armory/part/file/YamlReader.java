package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.StringReader;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * Reads mappings, lists and values from the nodes of a YAML file. It collects the problems instead of stopping at the
 * first, so that an author sees all of them at once.
 *
 * <p>Anchors and merge keys ({@code <<}) work. A file cannot be blown up with them: SnakeYAML allows 50 aliases of
 * mappings and lists, each mapping is merged once, and {@link #MAX_MERGED} limits what is merged.
 */
final class YamlReader {

    /** In code points. */
    private static final int MAX_LENGTH = 1 << 20;

    private static final int MAX_DEPTH = 50;
    private static final int MAX_MERGED = 10_000;

    private final Problems problems;
    /** The fields of the mappings that have been read, with what they merge. */
    private final Map<MappingNode, Map<String, Node>> read = new IdentityHashMap<>();

    private int merged;

    YamlReader(Problems problems) {
        this.problems = problems;
    }

    /**
     * Parses the text of the file.
     *
     * @return its root, or {@code null} if it has no content
     */
    @CheckForNull
    Node compose(String text) throws PlannedDeployment.InvalidException {
        var options = new LoaderOptions();
        options.setCodePointLimit(MAX_LENGTH);
        options.setNestingDepthLimit(MAX_DEPTH);
        try {
            // Nodes and not objects: a node knows its line, and no class that the file names is loaded.
            Node root = new Yaml(new SafeConstructor(options)).compose(new StringReader(text));
            checkWhole(root);
            problems.throwAny();
            return root;
        } catch (MarkedYAMLException x) {
            if (x.getProblemMark() == null) {
                throw notYaml(x.getProblem());
            }
            problems.add(
                    x.getProblemMark().getLine(), x.getProblemMark().getColumn(), "is not YAML: " + x.getProblem());
            problems.throwAny();
            return null;
        } catch (ReaderException x) { // whose position is one in a buffer
            addUnprintable(text);
            problems.throwAny();
            throw notYaml(x.getMessage());
        } catch (YAMLException | IllegalArgumentException x) { // the latter for a tag that cannot be decoded
            throw notYaml(x.getMessage());
        }
    }

    /** Notes the first character that YAML does not allow. */
    private void addUnprintable(String text) {
        int at = 0;
        while (at < text.length() && StreamReader.isPrintable(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        if (at < text.length()) {
            String before = text.substring(0, at);
            problems.add(
                    (int) before.chars().filter(c -> c == '\n').count(),
                    before.codePointCount(before.lastIndexOf('\n') + 1, at),
                    "is not YAML: has the character U+%04X, which YAML does not allow; remove it"
                            .formatted(text.codePointAt(at)));
        }
    }

    /**
     * Notes a problem for each key and value with half of a surrogate pair, which an escape such as "\\uD800" makes.
     */
    private void checkWhole(@CheckForNull Node root) {
        Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        Deque<Node> open = new ArrayDeque<>();
        if (root != null) {
            open.add(root);
        }
        while (!open.isEmpty()) {
            Node node = open.remove();
            if (!seen.add(node)) {
                continue; // an alias
            } else if (node instanceof SequenceNode list) {
                open.addAll(list.getValue());
            } else if (node instanceof MappingNode mapping) {
                mapping.getValue().forEach(tuple -> open.addAll(List.of(tuple.getKeyNode(), tuple.getValueNode())));
            } else if (node instanceof ScalarNode scalar) {
                String problem = Bound.brokenPart(scalar.getValue());
                if (problem != null) {
                    problems.add(scalar, "", problem);
                }
            }
        }
    }

    private PlannedDeployment.InvalidException notYaml(String problem) {
        return new PlannedDeployment.InvalidException(
                List.of(Problems.FILE + ": is not YAML: " + Problems.printable(problem)));
    }

    /**
     * Returns the fields of a mapping in their order, and after them those that it merges. A field that appears twice
     * is a problem, and its first value counts.
     */
    Map<String, Node> fields(MappingNode node, String path) {
        Map<String, Node> known = read.get(node);
        if (known != null) {
            return known;
        }
        var fields = new LinkedHashMap<String, Node>();
        read.put(node, fields); // for a mapping that merges itself
        var seen = new HashSet<String>();
        for (NodeTuple tuple : node.getValue()) {
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(tuple.getKeyNode(), path, "a key must be a word");
            } else if (key.getTag().equals(Tag.MERGE)) {
                continue;
            } else if (!seen.add(key.getValue())) {
                problems.add(key, path, "\"" + key.getValue() + "\" is there twice");
            } else {
                fields.put(key.getValue(), tuple.getValueNode());
            }
        }
        for (NodeTuple tuple : node.getValue()) {
            if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                merge(fields, tuple.getValueNode(), path);
            }
        }
        return fields;
    }

    private void merge(Map<String, Node> fields, Node value, String path) {
        List<Node> sources = value instanceof SequenceNode list ? list.getValue() : List.of(value);
        for (Node source : sources) {
            if (!(source instanceof MappingNode mapping)) {
                problems.add(value, path, "<<: must be a mapping or a list of mappings, such as *name");
                return;
            }
            Map<String, Node> more = new LinkedHashMap<>(fields(mapping, path)); // may be the very map that is filled
            merged += more.size();
            if (merged > MAX_MERGED) {
                problems.add(value, path, "<<: the file merges more than " + MAX_MERGED + " fields");
                return;
            }
            more.forEach(fields::putIfAbsent);
        }
    }
}
