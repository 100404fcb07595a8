package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarFile;

/**
 * The plugins that a real Jenkins is started with, beside this build's: {@code .hpi} or {@code .jpi} files of whatever
 * name.
 */
public final class Plugins {

    /** What the tests use themselves; what these and the plugin need follows from their manifests. */
    static final List<String> NEEDED = List.of(
            "workflow-job",
            "workflow-cps",
            "workflow-basic-steps",
            "pipeline-stage-step",
            "configuration-as-code",
            "credentials",
            "plain-credentials",
            "ionicons-api",
            "nimbus-jose-jwt-api",
            "okhttp-api",
            "jackson2-api",
            "snakeyaml-api",
            "structs");

    private record Plugin(Path file, Collection<String> requiredPlugins) {}

    private final Path folder;
    private final Map<String, Plugin> byShortName;

    private Plugins(Path folder, Map<String, Plugin> byShortName) {
        this.folder = folder;
        this.byShortName = byShortName;
    }

    /** Those of {@code -Djenkins.plugins}. */
    public static Plugins given() {
        return in(Path.of(System.getProperty("jenkins.plugins", "plugins")));
    }

    /** Those in a folder, without this build's, should it be there too. */
    static Plugins in(Path folder) {
        Map<String, Plugin> byShortName = new LinkedHashMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{hpi,jpi}")) {
            for (Path file : files) {
                Attributes manifest = manifest(file);
                byShortName.put(
                        manifest.getValue("Short-Name"),
                        new Plugin(file, required(manifest.getValue("Plugin-Dependencies"))));
            }
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        byShortName.remove("armory-webhook-approval");
        return new Plugins(folder, byShortName);
    }

    private static Attributes manifest(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile())) {
            return jar.getManifest().getMainAttributes();
        }
    }

    /** @param dependencies as in {@code structs:350,scm-api:1;resolution:=optional}, or {@code null} for none */
    private static Collection<String> required(String dependencies) {
        if (dependencies == null) {
            return List.of();
        }
        return List.of(dependencies.split(",")).stream()
                .filter(each -> !each.contains("resolution:=optional"))
                .map(each -> each.substring(0, each.indexOf(':')))
                .toList();
    }

    boolean has(String shortName) {
        return byShortName.containsKey(shortName);
    }

    /** @throws IllegalArgumentException when it is not among them */
    public Path file(String shortName) {
        return plugin(shortName).file();
    }

    private Plugin plugin(String shortName) {
        Plugin plugin = byShortName.get(shortName);
        if (plugin == null) {
            throw new IllegalArgumentException("There is no plugin " + shortName + " in " + folder);
        }
        return plugin;
    }

    Collection<Path> files() {
        return byShortName.values().stream().map(Plugin::file).toList();
    }

    /** Of these, the ones without which a Pipeline with the plugin in it would not run. */
    Plugins lean() {
        Map<String, Plugin> chosen = new LinkedHashMap<>();
        Deque<String> open = new ArrayDeque<>(NEEDED);
        while (!open.isEmpty()) {
            String name = open.pop();
            Plugin plugin = plugin(name);
            if (chosen.put(name, plugin) == null) {
                open.addAll(plugin.requiredPlugins());
            }
        }
        return new Plugins(folder, chosen);
    }
}
