package io.jenkins.plugins.armory.part.file;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The deployment files in {@code docs/examples/deployment-files}. */
final class Examples {

    static final List<String> NAMES = List.of("blue-green", "canary", "constraints", "context", "four-targets");

    private Examples() {}

    static String text(String name) {
        return docs("examples/deployment-files/" + name + ".yml");
    }

    /** Returns the text of a file in {@code docs}: the build may run in the root folder, or two below it. */
    static String docs(String name) {
        Path inRoot = Path.of("docs", name);
        try {
            return Files.readString(
                    Files.exists(inRoot) ? inRoot : Path.of("../..").resolve(inRoot));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    static PlannedDeployment plan(String name) throws PlannedDeployment.InvalidException {
        return PlannedDeployment.read(text(name), Map.of(), Map.of());
    }
}
