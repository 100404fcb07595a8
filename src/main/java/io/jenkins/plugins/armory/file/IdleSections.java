package io.jenkins.plugins.armory.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.nodes.Node;

/**
 * The sections of a deployment file that Armory's own engine reads and that do nothing in a Pipeline. Only the names of their fields
 * and targets are checked.
 */
final class IdleSections {

    /**
     * The shape of a section.
     *
     * @param list whether it is a list of mappings instead of one
     * @param fields the known fields with their shapes, {@code ANY} for what is not looked into
     */
    private record Shape(boolean list, Map<String, Shape> fields) {}

    private static final Shape ANY = new Shape(false, Map.of());

    private static final Map<String, Shape> SHAPES = Map.of(
            "application",
            ANY,
            "files",
            ANY,
            "manifests",
            list("path", ANY, "inline", ANY, "targets", ANY),
            "analysis",
            mapping(
                    "defaultMetricProviderName",
                    ANY,
                    "queries",
                    list(
                            "name",
                            ANY,
                            "queryTemplate",
                            ANY,
                            "upperLimit",
                            ANY,
                            "lowerLimit",
                            ANY,
                            "metricProviderName",
                            ANY)),
            "trafficManagement",
            list(
                    "targets",
                    ANY,
                    "alias",
                    ANY,
                    "smi",
                    list("rootServiceName", ANY, "canaryServiceName", ANY, "trafficSplitName", ANY),
                    "kubernetes",
                    list("activeService", ANY, "previewService", ANY),
                    "istio",
                    list(
                            "virtualService",
                            mapping("name", ANY, "httpRouteName", ANY),
                            "destinationRule",
                            mapping("name", ANY, "activeSubsetName", ANY, "canarySubsetName", ANY))),
            "artifacts",
            list("functionName", ANY, "path", ANY, "type", ANY),
            "providerOptions",
            mapping("lambda", list("name", ANY, "target", ANY, "runAsIamRole", ANY, "handler", ANY, "runtime", ANY)));

    private IdleSections() {}

    private static Shape mapping(Object... fields) {
        return new Shape(false, fields(fields));
    }

    private static Shape list(Object... fields) {
        return new Shape(true, fields(fields));
    }

    private static Map<String, Shape> fields(Object... fields) {
        var shapes = new LinkedHashMap<String, Shape>();
        for (int i = 0; i < fields.length; i += 2) {
            shapes.put((String) fields[i], (Shape) fields[i + 1]);
        }
        return shapes;
    }

    static Collection<String> names() {
        return SHAPES.keySet();
    }

    /**
     * Checks these sections of a file.
     *
     * @param targets names of the targets of the file
     * @return the names of those that the file has, in its order
     */
    static List<String> check(Section file, Collection<String> targets) {
        var found = new ArrayList<String>();
        for (String name : file.fields()) {
            Shape shape = SHAPES.get(name);
            if (shape != null && file.has(name)) {
                found.add(name.equals("analysis") ? "analysis.queries" : name);
                check(file, name, shape, targets);
            }
        }
        return found;
    }

    private static void check(Section parent, String field, Shape shape, Collection<String> targets) {
        if (shape.fields().isEmpty() || !parent.has(field)) {
            return;
        }
        if (!shape.list()) {
            check(parent.section(field, shapeText(shape)), shape, targets);
            return;
        }
        int index = 0;
        for (Node each : parent.list(field, "a list of " + shapeText(shape))) {
            String path = parent.path(field) + "[" + index++ + "]";
            check(Section.of(parent.yaml(), each, path, shapeText(shape)), shape, targets);
        }
    }

    private static void check(@CheckForNull Section section, Shape shape, Collection<String> targets) {
        if (section == null) {
            return;
        }
        section.checkKnown(shape.fields().keySet());
        shape.fields().forEach((field, inner) -> check(section, field, inner, targets));
        if (shape.fields().containsKey("targets")) {
            checkTargets(section, targets);
        }
    }

    private static void checkTargets(Section section, Collection<String> targets) {
        for (String target : section.names("targets")) {
            if (!targets.contains(target)) {
                section.problem(
                        "targets",
                        "there is no target \"" + target + "\"; "
                                + section.yaml().known(target, targets));
            }
        }
    }

    private static String shapeText(Shape shape) {
        return "{" + String.join(": ..., ", shape.fields().keySet()) + ": ...}";
    }
}
