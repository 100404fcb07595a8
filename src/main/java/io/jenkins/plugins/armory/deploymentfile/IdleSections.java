package io.jenkins.plugins.armory.deploymentfile;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    private record Shape(boolean list, Map<String, Shape> fields) {

        Shape with(String field, Shape shape) {
            Map<String, Shape> more = new LinkedHashMap<>(fields);
            more.put(field, shape);
            return new Shape(list, more);
        }
    }

    private static final Shape ANY = mapping();

    private static final Map<String, Shape> SHAPES = Map.of(
            "application",
            ANY,
            "files",
            ANY,
            "manifests",
            list("path", "inline", "targets"),
            "analysis",
            mapping("defaultMetricProviderName")
                    .with("queries", list("name", "queryTemplate", "upperLimit", "lowerLimit", "metricProviderName")),
            "trafficManagement",
            list("targets", "alias")
                    .with("smi", list("rootServiceName", "canaryServiceName", "trafficSplitName"))
                    .with("kubernetes", list("activeService", "previewService"))
                    .with(
                            "istio",
                            list().with("virtualService", mapping("name", "httpRouteName"))
                                    .with("destinationRule", mapping("name", "activeSubsetName", "canarySubsetName"))),
            "artifacts",
            list("functionName", "path", "type"),
            "providerOptions",
            mapping().with("lambda", list("name", "target", "runAsIamRole", "handler", "runtime")));

    private IdleSections() {}

    private static Shape mapping(String... fields) {
        return shape(false, fields);
    }

    private static Shape list(String... fields) {
        return shape(true, fields);
    }

    /** Returns a shape with fields that are not looked into. */
    private static Shape shape(boolean list, String... fields) {
        Shape shape = new Shape(list, Map.of());
        for (String field : fields) {
            shape = shape.with(field, ANY);
        }
        return shape;
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
        parent.sections(field, "a list of " + shapeText(shape), shapeText(shape))
                .forEach(section -> check(section, shape, targets));
    }

    private static void check(@CheckForNull Section section, Shape shape, Collection<String> targets) {
        if (section == null) {
            return;
        }
        section.checkKnown(shape.fields().keySet());
        shape.fields().forEach((field, inner) -> check(section, field, inner, targets));
        if (shape.fields().containsKey("targets")) {
            section.names("targets")
                    .forEach(target -> section.isKnown("targets", target, targets, "there is no target"));
        }
    }

    private static String shapeText(Shape shape) {
        return "{" + String.join(": ..., ", shape.fields().keySet()) + ": ...}";
    }
}
