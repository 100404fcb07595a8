package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/** Of many plugins, those without which a Pipeline with the plugin in it would not run. */
final class LeanPlugins {

    /** What the tests use themselves; what these and the plugin need follows from their manifests. */
    private static final List<String> NEEDED = List.of(
            "workflow-job", "workflow-cps", "workflow-basic-steps", "pipeline-stage-step", "configuration-as-code",
            "credentials", "plain-credentials", "okhttp-api", "jackson2-api", "snakeyaml-api", "structs");

    private LeanPlugins() {}

    /** @param folder with the files of plugins */
    static List<Path> of(Path folder) {
        Map<String, Path> files = new LinkedHashMap<>();
        Map<String, String> dependencies = new LinkedHashMap<>();
        for (Path file : RealJenkins.pluginsIn(folder)) {
            Attributes manifest = manifest(file);
            files.put(manifest.getValue("Short-Name"), file);
            String all = manifest.getValue("Plugin-Dependencies");
            dependencies.put(manifest.getValue("Short-Name"), all == null ? "" : all);
        }
        Map<String, Path> chosen = new LinkedHashMap<>();
        Deque<String> open = new ArrayDeque<>(NEEDED);
        while (!open.isEmpty()) {
            String name = open.pop();
            if (!files.containsKey(name)) {
                throw new IllegalArgumentException("There is no plugin " + name + " in " + folder);
            }
            if (chosen.put(name, files.get(name)) == null) {
                open.addAll(required(dependencies.get(name)));
            }
        }
        return List.copyOf(chosen.values());
    }

    private static Attributes manifest(Path file) {
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.getManifest().getMainAttributes();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** As in {@code structs:350,scm-api:1;resolution:=optional}. */
    private static Collection<String> required(String dependencies) {
        return List.of(dependencies.split(",")).stream()
                .filter(each -> !each.isEmpty() && !each.contains("resolution:=optional"))
                .map(each -> each.substring(0, each.indexOf(':')))
                .toList();
    }
}
