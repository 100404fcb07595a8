package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Groovy;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.RawServer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every kind of variable in every place with values that try to be more than values. A value either arrives as exactly
 * itself, with everything around it as it was, or is refused by name with nothing sent.
 */
@AcceptanceTest
class HostileValueTest {

    private static final List<String> VALUES = List.of(
            "plain",
            "a \"quoted\" 'one'",
            "\", \"admin\": true, \"x\": \"",
            "back\\slash\\",
            "100% %22 %0d%0a",
            "a&b=c#d?e/f;g",
            "{{secrets.team}}",
            "{{armory.callbackToken}} }}",
            "ünïcödé 漢字 😀",
            "line\nbreak",
            "a\r\nX-Injected: 1",
            "\r\n\r\nGET /injected HTTP/1.1\r\n\r\n",
            "tab\there",
            "\u0000\u0001\u001f",
            "..",
            "<script>alert(1)</script>");

    /** Where a variable stands, and how what arrives is read back. */
    private enum Place {
        PATH("/start/{{V}}/end", "", ""),
        QUERY("/start?v={{V}}&end=1", "", ""),
        HEADER("/start", "{{V}}", ""),
        JSON("/start", "", "{\"v\": \"{{V}}\", \"end\": 1}"),
        FORM("/start", "", "v={{V}}&end=1"),
        PLAIN("/start", "", "begin {{V}} end");

        private final String path;
        private final String header;
        private final String body;

        Place(String path, String header, String body) {
            this.path = path;
            this.header = header;
            this.body = body;
        }

        String contentType() {
            return switch (this) {
                case FORM -> "application/x-www-form-urlencoded";
                case PLAIN -> "text/plain; charset=utf-8";
                default -> "application/json";
            };
        }

        /** The value as it stands in a request that has everything else where it must be. */
        String read(Request request) {
            switch (this) {
                case PATH -> {
                    assertThat(request.target).startsWith("/start/").endsWith("/end");
                    String inside =
                            request.target.substring("/start/".length(), request.target.length() - "/end".length());
                    assertThat(inside).doesNotContain("/", "?", "#");
                    return decoded(inside);
                }
                case QUERY -> {
                    assertThat(request.target).startsWith("/start?v=").endsWith("&end=1");
                    String inside =
                            request.target.substring("/start?v=".length(), request.target.length() - "&end=1".length());
                    assertThat(inside).doesNotContain("&", "#", "+");
                    return decoded(inside);
                }
                case HEADER -> {
                    return request.header("X-Value");
                }
                case JSON -> {
                    JsonNode json = json(request.body);
                    assertThat(json.fieldNames()).toIterable().containsExactly("v", "end");
                    return json.get("v").asText();
                }
                case FORM -> {
                    assertThat(request.body).startsWith("v=").endsWith("&end=1");
                    String inside = request.body.substring("v=".length(), request.body.length() - "&end=1".length());
                    assertThat(inside).doesNotContain("&", "+");
                    return decoded(inside);
                }
                default -> {
                    assertThat(request.body).startsWith("begin ").endsWith(" end");
                    return request.body.substring("begin ".length(), request.body.length() - " end".length());
                }
            }
        }

        /** Whether there is a way to write the value here. */
        boolean canHold(String value) {
            return switch (this) {
                case HEADER -> value.chars().allMatch(c -> c == '\t' || c >= 0x20 && c < 0x7f);
                case PATH -> !value.equals("..");
                default -> true;
            };
        }

        private static String decoded(String text) {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        }

        private static JsonNode json(String text) {
            try {
                return new ObjectMapper().readTree(text);
            } catch (IOException x) {
                throw new AssertionError(text, x);
            }
        }
    }

    /** A request of which the whole is accounted for. */
    private static final class Request {

        private final String target;
        private final List<String> headers;
        private final String body;

        Request(String raw) {
            int end = raw.indexOf("\r\n\r\n");
            List<String> lines = new ArrayList<>(List.of(raw.substring(0, end).split("\r\n")));
            String first = lines.remove(0);
            assertThat(first).startsWith("POST ").endsWith(" HTTP/1.1");
            target = first.substring("POST ".length(), first.length() - " HTTP/1.1".length());
            assertThat(target).doesNotContain(" ").doesNotContainPattern("[^\\x21-\\x7e]");
            headers = lines;
            assertThat(headers)
                    .extracting(line -> line.split(":", 2)[0])
                    .containsExactlyInAnyOrder(
                            "Idempotency-Key",
                            "User-Agent",
                            "Content-Type",
                            "X-Value",
                            "Content-Length",
                            "Host",
                            "Connection",
                            "Accept-Encoding");
            body = raw.substring(end + 4);
        }

        String header(String name) {
            return headers.stream()
                    .filter(line -> line.startsWith(name + ": "))
                    .map(line -> line.substring(name.length() + 2))
                    .findFirst()
                    .orElseThrow();
        }
    }

    static Stream<Arguments> variables() {
        return Stream.of("context.v", "armory.environmentName", "secrets.hostile")
                .flatMap(variable -> Stream.of(Place.values()).map(place -> Arguments.of(variable, place)));
    }

    @ParameterizedTest
    @MethodSource("variables")
    void arrivesAsItselfOrNotAtAll(String variable, Place place, Jenkins jenkins) {
        boolean secret = variable.startsWith("secrets.");
        // Blanks around an environment's name are taken off, like around everything that is typed into a form.
        List<String> values = secret
                ? List.of(Settings.HOSTILE_SECRET)
                : VALUES.stream()
                        .filter(value -> variable.startsWith("context.") || value.equals(value.strip()))
                        .toList();
        try (RawServer server = new RawServer()) {
            Build build = jenkins.build(script(variable, place, values, server));
            String log = build.awaitResult("SUCCESS");

            int i = 0;
            for (String value : values) {
                String as = variable + " in " + place + ": " + value;
                if (place.canHold(value)) {
                    Request request = new Request(server.awaitRequest());
                    assertThat(place.read(request)).as(as).isEqualTo(value);
                    assertThat(log).as(as).contains("value " + i + " was sent");
                } else {
                    assertThat(log).as(as).containsPattern("value " + i + " was refused: .*(" + field(place) + "): ");
                }
                i++;
            }
            assertThat(server.hasNoMore()).isTrue();
            assertThat(log).doesNotContain(Settings.TEAM_SECRET);
            if (secret) {
                assertThat(log).doesNotContain(Settings.HOSTILE_SECRET.substring(2, 12));
            }
        }
    }

    private static String field(Place place) {
        return place == Place.HEADER ? "headers: X-Value" : "uriTemplate";
    }

    private static String script(String variable, Place place, List<String> values, RawServer server) {
        return """
                def values = [%s]
                for (int i = 0; i < values.size(); i++) {
                    try {
                        armoryWebhookApproval(
                            name: 'hostile',
                            uriTemplate: 'http://%s%s',
                            headers: [[key: 'X-Value', value: '%s'], [key: 'Content-Type', value: '%s']],
                            bodyTemplate: [inline: '%s'],
                            disableCallback: true,
                            environment: %s,
                            context: [v: values[i]])
                        echo "value ${i} was sent"
                    } catch (e) {
                        echo "value ${i} was refused: ${e.message}"
                    }
                }
                """.formatted(
                        String.join(", ", values.stream().map(Groovy::string).toList()),
                        server.authority(),
                        place.path.replace("{{V}}", "{{" + variable + "}}"),
                        place.header.isEmpty() ? "-" : place.header.replace("{{V}}", "{{" + variable + "}}"),
                        place.contentType(),
                        (place.body.isEmpty() ? "{}" : place.body).replace("{{V}}", "{{" + variable + "}}"),
                        variable.equals("armory.environmentName") ? "values[i]" : "'staging'");
    }
}
