package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

class RouteTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/approvals/a1",
                "/approvals/a1/",
                "/approvals/a1/callback",
                "/approvals/a1/callback/",
                "/approvals/a1/callback/callback"
            })
    void aCallbackGoesToTheAddressWithOrWithoutItsEnd(String path) {
        assertThat(Route.at(path)).isEqualTo(new Route.Match(path, Route.CALLBACK, "a1"));
        assertThat(Route.at(path).isForCallers()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/approvals/a1/test", "/approvals/a1/test/", "/approvals/a1/callback/test"})
    void aRehearsalToo(String path) {
        assertThat(Route.at(path)).isEqualTo(new Route.Match(path, Route.REHEARSAL, "a1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/approvals/a1/progress", "/approvals/a1/progress/", "/approvals/a1/callback/progress"})
    void aReportOfProgressToo(String path) {
        assertThat(Route.at(path)).isEqualTo(new Route.Match(path, Route.PROGRESS, "a1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/approvals",
                "/approvals/",
                "/approvals//callback",
                "/approvals/a1//",
                "/approvals/a1/callbacks",
                "/approvals/a1/callback/callback/callback",
                "/approvals/a1/approve",
                "/approvals/a1/callback/approve",
                "/approvals/a1/api/json",
                "/oauth/token/",
                "/oauth/token\n"
            })
    void otherPathsAreNotForCallers(String path) {
        assertThat(Route.at(path).isForCallers()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aPersonalDecisionHasThePathThatItSays(PersonalDecision.Kind kind) {
        String path = "/approvals/a1/" + kind.path();

        assertThat(Route.at(path)).isEqualTo(new Route.Match(path, Route.valueOf(kind.name()), "a1"));
    }

    /** The document has the routes of the action that are an interface, and no others. {@code OpenApiTest} compares the answers. */
    @Test
    void theOpenApiDocumentHasEachRoute() throws IOException {
        Path inRoot = Path.of("docs/openapi.yaml");
        Set<Route> documented = EnumSet.noneOf(Route.class);
        try (Reader document =
                Files.newBufferedReader(Files.exists(inRoot) ? inRoot : Path.of("../../docs/openapi.yaml"))) {
            Map<String, Map<String, Map<String, Object>>> whole = new Yaml().load(document);
            whole.get("paths").forEach((path, operations) -> {
                if (!path.startsWith("/armory/")) { // of a build
                    Route route = Route.at(path.replace("{id}", "a1").replace("{month}", "2026-12"))
                            .route();
                    documented.add(route);
                    assertThat(operations).as(path).containsKey(route.method().toLowerCase(Locale.ROOT));
                }
            });
        }

        assertThat(Arrays.asList(Route.values()))
                .filteredOn(route -> !documented.contains(route))
                .containsExactly(Route.ENVIRONMENTS_PAGE, Route.INPUTS, Route.NOTHING);
    }
}
