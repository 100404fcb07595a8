package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import com.networknt.schema.ValidationMessage;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Holds real answers to docs/openapi.yaml and the pieces of the parts: each has a status that it knows, and the fields
 * that it says and no others.
 */
@AcceptanceTest
public class OpenApiTest {

    private static final String CALLBACK = "/approvals/{id}/callback";
    private static final String REHEARSAL = "/approvals/{id}/test";
    private static final String PROGRESS = "/approvals/{id}/progress";
    private static final String DATA = "/approvals/{id}/api/json";
    private static final String APPROVE = "/approvals/{id}/approve";
    private static final String REJECT = "/approvals/{id}/reject";
    private static final String OVERRIDE = "/approvals/{id}/override";

    private static final Path DOCS = Path.of("../../docs");

    private static JsonNode document;

    @BeforeAll
    public static void read() throws IOException {
        document = new YAMLMapper().readTree(DOCS.resolve("openapi.yaml").toFile());
        for (Path piece : Settings.ofParts(DOCS, "openapi.yaml")) {
            merge((ObjectNode) document, (ObjectNode) new YAMLMapper().readTree(piece.toFile()));
        }
    }

    private static void merge(ObjectNode whole, ObjectNode piece) {
        piece.properties().forEach(each -> {
            if (whole.get(each.getKey()) instanceof ObjectNode inner && each.getValue() instanceof ObjectNode more) {
                merge(inner, more);
            } else {
                whole.set(each.getKey(), each.getValue());
            }
        });
    }

    public static Answer check(String path, String method, int status, Answer answer) {
        assertThat(answer.status()).as(answer.toString()).isEqualTo(status);
        JsonNode response =
                document.at("/paths").path(path).path(method).path("responses").path(String.valueOf(status));
        if (response.has("$ref")) {
            response = document.at(response.get("$ref").asText().substring(1));
        }
        assertThat(response.has("description"))
                .as("%s %s knows %s", method, path, status)
                .isTrue();
        response.path("headers")
                .fieldNames()
                .forEachRemaining(
                        name -> assertThat(answer.header(name)).as(name).isPresent());
        if (!response.has("content")) {
            assertThat(answer.body()).isEmpty();
            return answer;
        }
        assertThat(problems(response.at("/content/application~1json/schema"), answer.json()))
                .as(answer.toString())
                .isEmpty();
        return answer;
    }

    private static Set<ValidationMessage> problems(JsonNode schema, JsonNode value) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        root.setAll((ObjectNode) schema);
        root.set("components", document.get("components"));
        return JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(root)
                .validate(value);
    }

    private static HttpRequest.Builder asUser(Jenkins jenkins, String path) {
        HttpRequest.Builder request = Http.request(jenkins.controller().url() + "armory" + path);
        jenkins.controller().authorization().ifPresent(value -> request.header("Authorization", value));
        return request;
    }

    private static Answer data(Jenkins jenkins, String id) {
        return Http.send(asUser(jenkins, "/approvals/" + id + "/api/json"));
    }

    @Test
    void callbacksAreAnsweredAsItSays(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        String body = Callback.body(true, "**fine**");

        check(DATA, "get", 200, data(jenkins, callback.id()));
        check(REHEARSAL, "post", 200, callback.send("/test", body));
        check(REHEARSAL, "post", 400, callback.send("/test", "{}"));
        check(REHEARSAL, "post", 401, callback.with("none").send("/test", body));
        check(CALLBACK, "post", 400, callback.send("{\"success\": 1}"));
        check(CALLBACK, "post", 401, callback.with("none").send(body));
        check(
                CALLBACK,
                "post",
                403,
                callback.with(Settings.token(jenkins, Settings.OTHER_CLIENT_ID)).send(body));
        check(
                CALLBACK,
                "post",
                404,
                new Callback(callback.uri().replace(callback.id(), "nosuchid"), Settings.DEFAULT_SECRET).send(body));
        check(CALLBACK, "post", 405, Http.send(Http.request(callback.uri() + "/callback")));
        check(CALLBACK, "post", 413, callback.send(Callback.body(true, "a".repeat(70_000))));
        check(
                CALLBACK,
                "post",
                415,
                Http.send(Http.request(callback.uri())
                        .header("Authorization", "Bearer " + callback.token())
                        .header("Content-Type", "text/plain")
                        .POST(BodyPublishers.ofString(body))));
        JsonNode refused =
                check(DATA, "get", 200, data(jenkins, callback.id())).json().get("rejectedCallbacks");
        assertThat(refused).isNotEmpty();
        check(CALLBACK, "post", 200, callback.send(body));
        check(CALLBACK, "post", 200, callback.send(body));
        check(CALLBACK, "post", 409, callback.fail("no"));
        check(REHEARSAL, "post", 409, callback.send("/test", Callback.body(false, "no")));
        build.awaitResult("SUCCESS");
        check(DATA, "get", 200, data(jenkins, callback.id()));
        check(DATA, "get", 404, data(jenkins, "nosuchid"));
    }

    @Test
    void dataOfACallbackIsWhereItSays(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        String data = "{\"version\":\"1.4.2\",\"tests\":[1,2.5,true,null,{\"\u00e7a\":\"va\"}]}";

        check(CALLBACK, "post", 400, callback.send("{\"success\": true, \"data\": []}"));
        check(
                CALLBACK,
                "post",
                413,
                callback.send("{\"success\": true, \"data\": {\"a\": \"" + "a".repeat(33_000) + "\"}}"));
        check(CALLBACK, "post", 200, callback.send("{\"success\": true, \"data\": " + data + "}"));
        build.awaitResult("SUCCESS");

        assertThat(check(DATA, "get", 200, data(jenkins, callback.id())).json().get("data"))
                .hasToString(data);
        assertThat(check("/api/json", "get", 200, Http.send(asUser(jenkins, "/api/json")))
                        .body())
                .doesNotContain("1.4.2");
    }

    @Test
    void progressIsAnsweredAsItSays(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        String body = "{\"percent\": 40, \"mdMessage\": \"**on** it\"}";

        check(PROGRESS, "post", 200, callback.send("/progress", body));
        check(PROGRESS, "post", 400, callback.send("/progress", "{}"));
        check(PROGRESS, "post", 401, callback.with("none").send("/progress", body));
        check(
                PROGRESS,
                "post",
                403,
                callback.with(Settings.token(jenkins, Settings.OTHER_CLIENT_ID)).send("/progress", body));
        check(PROGRESS, "post", 405, Http.send(Http.request(callback.uri() + "/progress")));
        JsonNode shown =
                check(DATA, "get", 200, data(jenkins, callback.id())).json().get("progress");
        assertThat(shown.get("percent").asInt()).isEqualTo(40);
        check("/api/json", "get", 200, Http.send(asUser(jenkins, "/api/json")));
        callback.succeed("");
        build.awaitResult("SUCCESS");
        check(PROGRESS, "post", 410, callback.send("/progress", body));
    }

    @Test
    void listHasWhatItSays(Jenkins jenkins, ExternalProcess process) {
        Build aborted =
                jenkins.build(process.approval("environment: 'staging'")).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        callback.with("none").succeed("");
        Answer list = check("/api/json", "get", 200, Http.send(asUser(jenkins, "/api/json")));
        check(
                "/api/json",
                "get",
                304,
                Http.send(asUser(jenkins, "/api/json")
                        .header("If-None-Match", list.header("ETag").orElseThrow())));
        aborted.abort();
        aborted.awaitResult("ABORTED");
        check(CALLBACK, "post", 410, callback.succeed(""));
        process.onCall(call -> Reply.of(400));
        jenkins.build(process.approval()).awaitResult("FAILURE");

        JsonNode approvals = check("/api/json", "get", 200, Http.send(asUser(jenkins, "/api/json")))
                .json()
                .get("approvals");

        assertThat(approvals)
                .extracting(each -> each.at("/decision/outcome").asText())
                .contains("ABORTED", "NOT_SENT");
    }

    @Test
    void personsAreAnsweredAsItSays(Jenkins jenkins, ExternalProcess process) {
        String script = process.approval("environment: 'prod'", "manualApproval: [message: 'Go?']");
        Build build = jenkins.build(script).awaitWaiting(1);
        JsonNode approval = build.approval();
        check("/api/json", "get", 200, Http.send(asUser(jenkins, "/api/json")));
        check(APPROVE, "post", 400, build.decide(approval, "approve", "a".repeat(65_537)));
        check(
                APPROVE,
                "post",
                405,
                Http.send(asUser(jenkins, "/approvals/" + approval.get("id").asText() + "/approve")));
        check(APPROVE, "post", 200, build.decide(approval, "approve", "fine"));
        check(APPROVE, "post", 200, build.decide(approval, "approve", "fine again"));
        check("/armory/api/json", "get", 200, build.deploymentAnswer());
        build.abort();
        build.awaitResult("ABORTED");
        check(REJECT, "post", 409, build.decide(approval, "reject", "no"));
        check(DATA, "get", 200, data(jenkins, approval.get("id").asText()));

        Build other = jenkins.build(script).awaitWaiting(1);
        check(REJECT, "post", 200, other.decide(other.approval(), "reject", "no"));
        other.awaitResult("FAILURE");
        check("/armory/api/json", "get", 200, other.deploymentAnswer());
        Build several =
                jenkins.build(script.replace("'Go?'", "'Go?', required: 2")).awaitWaiting(1);
        JsonNode open = several.approval();
        check(APPROVE, "post", 200, several.as("alice").decide(open, "approve", "fine"));
        check(DATA, "get", 200, data(jenkins, open.get("id").asText()));
        check(OVERRIDE, "post", 400, several.override(open, "approve", ""));
        check(OVERRIDE, "post", 200, several.override(open, "reject", "stop"));
        check(OVERRIDE, "post", 409, several.override(open, "approve", "go on"));
        check(DATA, "get", 200, data(jenkins, open.get("id").asText()));
        Build ended = jenkins.build(script).awaitWaiting(1);
        ended.abort();
        ended.awaitResult("ABORTED");
        check(REJECT, "post", 410, ended.decide(ended.approval(), "reject", "no"));
        Build nobody = jenkins.build(process.approval()).awaitWaiting(1);
        check(REJECT, "post", 409, nobody.decide(nobody.approval(), "reject", "no"));
        nobody.abort();
    }

    @Test
    void linesOfTheHistoryAreAsItSays(Jenkins jenkins, ExternalProcess process) throws IOException {
        String script = process.approval("environment: 'prod'", "manualApproval: [message: 'Go?']");
        Build build = jenkins.build(script).awaitWaiting(1);
        build.decide(build.approval(), "reject", "no");
        build.awaitResult("FAILURE");

        Answer history = jenkins.history();

        history.expect(200);
        JsonNode schema = document.at("/components/schemas/HistoryLine");
        assertThat(history.body().lines()).isNotEmpty();
        for (String line : history.body().lines().toList()) {
            assertThat(problems(schema, new ObjectMapper().readTree(line)))
                    .as(line)
                    .isEmpty();
        }
    }

    @Test
    void environmentsOfABuildAreAsItSays(Jenkins jenkins) {
        Build build = jenkins.build("""
                        parallel a: { armoryEnvironment(name: 'dev') { error 'broken' } },
                                 b: { armoryEnvironment(name: 'prod', dependsOn: ['dev']) { echo 'deployed' } }
                        """);
        build.awaitResult("FAILURE");

        JsonNode environments = check("/armory/api/json", "get", 200, build.deploymentAnswer())
                .json()
                .get("environments");

        assertThat(environments)
                .extracting(each -> each.get("state").asText())
                .containsExactlyInAnyOrder("FAILED", "CANCELLED");
    }

    @Test
    void aFieldThatItDoesNotKnowIsNoticed() {
        ObjectNode error =
                new ObjectMapper().createObjectNode().put("error", "not_found").put("message", "");
        JsonNode schema = document.at("/components/responses/Error/content/application~1json/schema");

        assertThat(problems(schema, error)).isEmpty();
        assertThat(problems(schema, error.put("more", 1))).isNotEmpty();
        assertThat(problems(
                        document.at("/paths/~1api~1json/get/responses/200/content/application~1json/schema"), error))
                .isNotEmpty();
    }
}
