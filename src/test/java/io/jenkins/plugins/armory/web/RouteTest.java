package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RouteTest {

    private static Route.Match at(String path) {
        return Route.at(path, Route.CORE.stream());
    }

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
        assertThat(at(path)).isEqualTo(new Route.Match(path, Route.CALLBACK, "a1"));
        assertThat(at(path).isForCallers()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/approvals/a1/test", "/approvals/a1/test/", "/approvals/a1/callback/test"})
    void aRehearsalToo(String path) {
        assertThat(at(path)).isEqualTo(new Route.Match(path, Route.REHEARSAL, "a1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/approvals/a1/progress", "/approvals/a1/progress/", "/approvals/a1/callback/progress"})
    void aReportOfProgressToo(String path) {
        assertThat(at(path)).isEqualTo(new Route.Match(path, Route.PROGRESS, "a1"));
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
        assertThat(at(path).isForCallers()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aPersonalDecisionHasThePathThatItSays(PersonalDecision.Kind kind) {
        String path = "/approvals/a1/" + kind.path();

        assertThat(at(path).id()).isEqualTo("a1");
        assertThat(at(path).route().method()).isEqualTo("POST");
        assertThat(at(path).isForCallers()).isFalse();
    }

    @Test
    void theOpenApiDocumentHasEachRoute() throws IOException {
        List<Route> routes = new ArrayList<>(Route.CORE);
        routes.remove(Route.INPUTS); // a page
        OpenApiDocument.checkHas("docs/openapi.yaml", routes);
    }
}
