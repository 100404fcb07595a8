package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.yaml.snakeyaml.Yaml;

/**
 * The descriptions of the paths: one of the core, and a piece of each part. {@code OpenApiTest} compares the answers.
 */
public final class OpenApiDocument {

    private OpenApiDocument() {}

    /** Checks that a document has these routes below the root action, and no others. */
    public static void checkHas(String file, List<Route> routes) throws IOException {
        Path inRoot = Path.of(file);
        var documented = new HashSet<Route>();
        try (Reader document = Files.newBufferedReader(Files.exists(inRoot) ? inRoot : Path.of("../..", file))) {
            Map<String, Map<String, Map<String, Object>>> whole = new Yaml().load(document);
            whole.get("paths").forEach((path, operations) -> {
                if (!path.startsWith("/armory/")) { // of a build
                    Route route = Route.at(path.replace("{id}", "a1").replace("{month}", "2026-12"), routes.stream())
                            .route();
                    documented.add(route);
                    assertThat(operations).as(path).containsKey(route.method().toLowerCase(Locale.ROOT));
                }
            });
        }
        assertThat(documented).containsExactlyInAnyOrderElementsOf(routes);
    }
}
