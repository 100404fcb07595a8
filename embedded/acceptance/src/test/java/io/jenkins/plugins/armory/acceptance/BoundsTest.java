package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Groovy;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What comes in is bounded and well-formed where it enters, so that what was accepted is there after a crash. The bounds of a step are those
 * of the table in docs/bounds.md: each of its rows has a {@link Probe}.
 */
class BoundsTest {

    private static final String LONG_NAME = "n".repeat(255);

    /** Settings with the longest names, and a caller that any text may follow. */
    private static final String CASC = Settings.CASC
                    .replace(
                            "- string: {id: default,",
                            "- string: {id: " + LONG_NAME + ", scope: GLOBAL, secret: "
                                    + "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=}\n"
                                    + "          - string: {id: default,")
                    .replace(
                            "    webhooks:\n",
                            "    webhooks:\n      - {name: " + LONG_NAME + ", uriTemplate: \"http://127.0.0.1:9/\"}\n")
            + "    issuers: [{issuer: \"https://i.example.com\", audience: a, requiredClaims: [\"r=o\"], jobs: \"job-*\"}]\n";

    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| (`[^,|]+)(, one \\w+)?(?:,[^|]*)? \\| ([0-9,]+)( each)? \\| ([0-9,]*) ?\\|$");

    private static Controller controller;
    private static Jenkins jenkins;
    private final ExternalProcess process = new ExternalProcess();

    /**
     * A row of the table.
     *
     * @param characters of a text, of each text of a list, or of all in it
     * @param entries of a list, 0 for a text
     */
    private record Row(String what, int characters, boolean each, int entries) {

        static Row of(MatchResult row) {
            String one = row.group(2) == null ? "" : row.group(2);
            return new Row(row.group(1) + one, number(row.group(3)), row.group(4) != null, number(row.group(5)));
        }

        private static int number(String text) {
            return text.isEmpty() ? 0 : Integer.parseInt(text.replace(",", ""));
        }

        @Override
        public String toString() {
            return what;
        }
    }

    /**
     * A Pipeline for a row.
     *
     * @param field the name of the parameter in errors
     * @param script the Pipeline, with VALUE for the expression of a text or a list
     */
    private record Probe(String field, String script, Map<String, String> more) {

        /** What a text is in, as TEXT; for a list, that is a list of one. */
        private static final String IN = "in";
        /** What each text begins with. */
        private static final String START = "start";

        private static final String END = "end";
        /** How many characters are counted that are not of the text. */
        private static final String LESS = "less";
        /** The expression of a list with COUNT entries. */
        private static final String ENTRIES = "entries";
        /** What is said of a value that is short enough and means nothing here. */
        private static final String OTHERWISE = "otherwise";
        /** What is said of one that is too long. */
        private static final String RULE = "rule";
        /** What is said of half a character. */
        private static final String HALF = "half";

        static Probe of(String field, String script, String... more) {
            var map = new TreeMap<String, String>();
            for (int i = 0; i < more.length; i += 2) {
                map.put(more[i], more[i + 1]);
            }
            return new Probe(field, script, map);
        }

        private String get(String key, String otherwise) {
            return more.getOrDefault(key, otherwise);
        }

        /** Returns the Pipeline with as much text as the row allows, or nearly, where that is counted in another form. */
        String atBound(Row row) {
            return row.each() || row.entries() == 0 || get(IN, "").startsWith("[k")
                    ? withText(row, row.characters())
                    : withText(row, row.characters() - 1000);
        }

        String aboveBound(Row row) {
            return withText(row, row.characters() + 1);
        }

        private String withText(Row row, int length) {
            int others = get(START, "").length() + get(END, "").length() + Integer.parseInt(get(LESS, "0"));
            return with(row, "'n' * " + (length - others));
        }

        String withHalf(Row row) {
            return with(row, "'\\uD800'");
        }

        private String with(Row row, String middle) {
            String text = Groovy.string(get(START, "")) + " + " + middle + " + " + Groovy.string(get(END, ""));
            return script.replace(
                    "VALUE", get(IN, row.each() ? "[TEXT]" : "TEXT").replace("TEXT", "(" + text + ")"));
        }

        String withEntries(int count) {
            String same = "(1..COUNT).collect { " + Groovy.string(get(START, "n")) + " }";
            return script.replace("VALUE", "(" + get(ENTRIES, same).replace("COUNT", String.valueOf(count)) + ")");
        }

        /** What is said of a value within the bound, {@code null} if it is taken. */
        String otherError() {
            return more.get(OTHERWISE);
        }

        String rule(String usual) {
            return get(RULE, usual);
        }

        /** Jenkins keeps the arguments of a step in XML, and ends a build that has half a character in them, before or after the step does. */
        String half() {
            return regex(get(HALF, "has half of a character (\\ud800"))
                    + (Controller.isReal() ? "|Invalid character 0xd800 in XML stream" : "");
        }

        String regex(String problem) {
            return Pattern.quote(field) + "\\b[^\\n]*: [^\\n]*" + Pattern.quote(problem);
        }
    }

    private Map<String, Probe> probes() {
        String uri = "uriTemplate: '" + process.url() + "', ";
        String body = "bodyTemplate: [inline: '{\"u\": \"{{armory.callbackUri}}\"}']";
        String step = "armoryWebhookApproval(name: 'w', " + uri + body + ", ";
        String sent = "armoryWebhookApproval(name: 'w', disableCallback: true, manualApproval: [message: 'm'], " + uri;
        String answer = sent + "answer: [pointer: '/p', equals: ['e'], ";
        String status = step + "status: [" + uri + "pointer: '/p', success: ['s'], ";
        String people = "armoryWebhookApproval(manualApproval: [message: 'm', ";
        String webhooks = "webhooks: [{name: w, uriTemplate: \"" + process.url() + "\"}]\n#";
        String deployment = "armoryDeployment(config: '''" + """
                targets: {prod: {account: a, strategy: now, constraints: {afterDeployment: [{runWebhook: {name: w}}]}}}
                strategies: {now: {canary: {steps: [{setWeight: {weight: 100}}]}}}
                """ + webhooks + "'''";
        String keys = "(1..COUNT).collectEntries { [('k' + it): 'v'] }";
        String parameters = "(1..COUNT).collect { string(name: 'p' + it, defaultValue: '') }";
        String names = "(1..COUNT).collect { 'n' * 255 }";
        Map<String, Probe> probes = new LinkedHashMap<>();
        probes.put("`name`", Probe.of("name", "armoryWebhookApproval(name: VALUE, " + uri + body + ")"));
        probes.put("`webhook`", Probe.of("webhook", "armoryWebhookApproval(webhook: VALUE)"));
        probes.put("`environment`", Probe.of("environment", step + "environment: VALUE)"));
        probes.put(
                "`uriTemplate`",
                Probe.of(
                        "uriTemplate",
                        "armoryWebhookApproval(name: 'w', uriTemplate: VALUE)",
                        "start",
                        process.url() + "/?"));
        probes.put("`headers`", Probe.of("headers", step + "headers: [[key: 'X', value: VALUE]])", "less", "1"));
        probes.put(
                "`bodyTemplate`",
                Probe.of("bodyTemplate", sent + "bodyTemplate: [inline: VALUE])", "start", "\"", "end", "\""));
        probes.put(
                "`agentIdentifier`",
                Probe.of("agentIdentifier", step + "networkMode: 'remoteNetworkAgent', agentIdentifier: VALUE)"));
        probes.put(
                "`context`",
                Probe.of("context", step + "context: VALUE)", "in", "[k: TEXT]", "less", "1", "entries", keys));
        probes.put("`context`, one key", Probe.of("context", step + "context: [(VALUE): 'v'])"));
        probes.put(
                "`answer.success`",
                Probe.of("answer: success", answer + "success: VALUE])", "otherwise", "is no HTTP status"));
        probes.put(
                "`answer.pointer`",
                Probe.of("answer: pointer", sent + "answer: [equals: ['e'], pointer: VALUE])", "start", "/"));
        probes.put("`answer.equals`", Probe.of("answer: equals", sent + "answer: [pointer: '/p', equals: VALUE])"));
        probes.put("`answer.failure`", Probe.of("answer: failure", answer + "failure: VALUE])"));
        probes.put(
                "`status.pointer`",
                Probe.of(
                        "status: pointer",
                        step + "status: [" + uri + "success: ['s'], pointer: VALUE])",
                        "start",
                        "/"));
        probes.put(
                "`status.location`",
                Probe.of(
                        "status: location",
                        step
                                + "status: [uriTemplate: '{{armory.answerLocation}}', pointer: '/p', success: ['s'], location: VALUE])",
                        "start",
                        "/"));
        probes.put(
                "`status.success`",
                Probe.of("status: success", step + "status: [" + uri + "pointer: '/p', success: VALUE])"));
        probes.put("`status.failure`", Probe.of("status: failure", status + "failure: VALUE])"));
        probes.put(
                "`retry.on`",
                Probe.of(
                        "retry: on",
                        step + "retry: [count: 1, on: VALUE])",
                        "start",
                        "500",
                        "rule",
                        "is neither the status",
                        "half",
                        "is neither the status"));
        probes.put("`signWith`", Probe.of("signWith", step + "signWith: VALUE)"));
        for (String id : List.of("clientCertificateId", "trustCertificateId")) {
            probes.put(
                    "`" + id + "`",
                    Probe.of(
                            id,
                            step.replace("http:", "https:") + id + ": VALUE)",
                            "otherwise",
                            "there is no certificate"));
        }
        probes.put(
                "`callbackCredentialsId`", Probe.of("callbackCredentialsId", step + "callbackCredentialsId: VALUE)"));
        probes.put(
                "`allowedCallers`",
                Probe.of("allowedCallers", step + "allowedCallers: VALUE)", "start", "https://i.example.com "));
        probes.put("`notify`", Probe.of("notify", people + "], notify: VALUE)", "entries", names));
        probes.put("`cancel.webhook`", Probe.of("cancel", step + "cancel: [webhook: VALUE])"));
        probes.put(
                "`manualApproval.message`",
                Probe.of("manualApproval.message", "armoryWebhookApproval(manualApproval: [message: VALUE])"));
        probes.put(
                "`manualApproval.submitters`",
                Probe.of("manualApproval.submitters", people + "submitters: VALUE])", "entries", names));
        probes.put(
                "`manualApproval.parameters`",
                Probe.of(
                        "manualApproval.parameters",
                        people + "parameters: VALUE])",
                        "in",
                        "[string(name: 'p', defaultValue: TEXT)]",
                        "entries",
                        parameters,
                        "half",
                        "halves of characters"));
        probes.put(
                "`manualApproval.parameters`, one name",
                Probe.of(
                        "manualApproval.parameters",
                        people + "parameters: [string(name: VALUE, defaultValue: '')]])",
                        "half",
                        "halves of characters"));
        probes.put(
                "`armoryEnvironment`: `name`",
                Probe.of("name", "armoryEnvironment(VALUE) { " + step + "context: [:]) }"));
        probes.put(
                "`armoryEnvironment`: `dependsOn`",
                Probe.of(
                        "dependsOn",
                        "armoryEnvironment(name: 'e', dependsOn: VALUE) { echo 'never' }",
                        "otherwise",
                        "nothing in this build deploys to"));
        probes.put(
                "`armoryRollback`: `environment`",
                Probe.of(
                        "environment",
                        "armoryEnvironment('e') { echo 'e' }; armoryRollback(VALUE) { echo 'never' }",
                        "otherwise",
                        "this build has no environment"));
        String[] context = {"in", "[k: TEXT]", "less", "1", "entries", keys};
        probes.put(
                "`armoryDeployment`: `context`",
                Probe.of("context", deployment + ", context: VALUE) { echo 'done' }", context));
        probes.put(
                "`armoryDeployment`: the map that its body returns",
                Probe.of("context", deployment + ") { return VALUE }", context));
        return probes;
    }

    @BeforeAll
    static void startController() {
        controller = Controller.create(CASC);
        jenkins = new Jenkins(controller);
        controller.start();
    }

    @AfterAll
    static void closeController() {
        controller.close();
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }

    private static Build run(String script) {
        return jenkins.build(script);
    }

    @Test
    void eachRowHasItsProbe() throws IOException {
        assertThat(rows()).extracting(Row::what).containsExactlyElementsOf(probes().keySet());
    }

    static List<Row> rows() throws IOException {
        String docs = Files.readString(Path.of("../../docs/bounds.md"));
        return ROW.matcher(docs.substring(docs.indexOf("## A step"), docs.indexOf("## A deployment file")))
                .results()
                .map(Row::of)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatIsAboveTheBoundIsRefused(Row row) {
        assumeTrue(isPossible(row));
        Probe probe = probes().get(row.what());

        assertRefused(
                probe.aboveBound(row), probe.regex(probe.rule("is longer than " + row.characters() + " characters")));
        assertRefused(probe.withHalf(row), probe.half());
        if (row.entries() > 0) {
            assertRefused(
                    probe.withEntries(row.entries() + 1), probe.regex("is longer than " + row.entries() + " entries"));
        }
        assertThat(process.calls()).isEmpty();
    }

    /** The embedded controller has no parameters of Jenkins. */
    private static boolean isPossible(Row row) {
        return Controller.isReal() || !row.what().contains("parameters");
    }

    private static void assertRefused(String script, String problem) {
        Build build = run(script);

        assertThat(build.awaitResult("FAILURE")).containsPattern(problem);
        assertThat(build.approvals()).isEmpty();
    }

    @Test
    void whatIsAtTheBoundIsTakenAndReadBack() throws IOException {
        process.onCall(call -> new Reply(202, Map.of("Location", "/"), ""));
        Map<String, JsonNode> accepted = new TreeMap<>();
        for (Row row : rows().stream().filter(BoundsTest::isPossible).toList()) {
            Probe probe = probes().get(row.what());
            accept(probe, probe.atBound(row), accepted);
            if (row.entries() > 0) {
                accept(probe, probe.withEntries(row.entries()), accepted);
            }
        }
        controller.kill();
        controller.start();

        accepted.forEach((id, before) -> assertThat(whole(id)).as(id).isEqualTo(before));
        process.calls().stream().filter(call -> call.body().contains("{\"u\"")).forEach(call -> {
            Callback callback = Callback.askedForBy("\r\n\r\n" + call.body().replace("\"u\"", "\"callbackUri\""));
            assertThat(callback.with(Settings.DEFAULT_SECRET).fail("no").status())
                    .as(callback.id())
                    .isIn(200, 403, 409);
        });
    }

    private static void accept(Probe probe, String script, Map<String, JsonNode> accepted) {
        Build build = run(script);
        if (probe.otherError() == null) {
            Wait.until("an approval of " + probe.field())
                    .until(() -> build.approvals().size() == 1);
            JsonNode approval = build.approval();
            accepted.put(approval.get("id").asText(), whole(approval.get("id").asText()));
        } else {
            assertThat(build.awaitResult("FAILURE")).contains(probe.otherError());
        }
    }

    /** What the author and people said of an approval: what comes of it may change while the controller starts. */
    private static JsonNode whole(String id) {
        ObjectNode json =
                (ObjectNode) jenkins.get("armory/approvals/" + id + "/api/json").json();
        if (json.get("manualApproval") instanceof ObjectNode people) {
            people.remove(List.of("mayApprove", "mayReject", "needed"));
        }
        return json.retain("id", "environment", "webhook", "phase", "manualApproval", "createdAt", "deadline");
    }

    @ParameterizedTest
    @CsvSource({
        "'{\"success\": true, \"data\": {\"\\ud800k\": \"x\"}}', data",
        "'{\"success\": true, \"data\": {\"k\": [{\"a\": \"x\\udc00\"}]}}', data",
        "'{\"success\": true, \"mdMessage\": \"half \\ud83d of it\"}', mdMessage"
    })
    void aCallbackWithHalfACharacterIsRefused(String body, String field) {
        run(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();

        Answer answer = callback.send(body);

        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("error").asText()).isEqualTo("invalid_request");
        assertThat(answer.json().get("message").asText())
                .startsWith("The field \"" + field + "\" has half of a character");
    }

    @Test
    void aProgressReportWithHalfACharacterIsRefused() {
        run(process.approval()).awaitWaiting(1);

        Answer answer = process.awaitCallback().send("/progress", "{\"mdMessage\": \"half \\ud83d of it\"}");

        answer.expect(400);
        assertThat(answer.body()).contains("The field \\\"mdMessage\\\" has half of a character");
    }

    /** A poll of the page would have the whole text, each time. */
    @Test
    void theAnswerOfThePageIsBounded() {
        int before = jenkins.get("armory/api/json").body().length();

        run("armoryWebhookApproval(environment: 'e' * 3000000, manualApproval: [message: 'm' * 3000000])")
                .awaitResult("FAILURE");

        assertThat(jenkins.get("armory/api/json").body().length()).isLessThan(before + 2_000_000);
    }

    @Test
    void theCommentOfAPersonIsBounded() {
        String id = askedPerson("message: 'm', required: 2");
        String comment = "c".repeat(8192);

        assertInvalid(decide(id, "approve", "comment", comment + 'c'), "comment: has more than 8192 characters");
        assertInvalid(decide(id, "override", "reason", comment + 'c'), "reason: has more than 8192 characters");
        decide(id, "approve", "comment", comment).expect(200);

        controller.kill();
        controller.start();
        JsonNode whole = jenkins.get("armory/approvals/" + id + "/api/json").json();
        assertThat(whole.at("/manualApproval/approvals/0/comment").asText()).isEqualTo(comment);
        assertThat(jenkins.approvals())
                .filteredOn(approval -> approval.get("id").asText().equals(id))
                .extracting(approval ->
                        approval.at("/manualApproval/approvals/0/comment").asText())
                .containsExactly("c".repeat(999) + "…");
    }

    @Test
    void whatAPersonFillsInIsBounded() {
        assumeTrue(Controller.isReal(), "the embedded controller has no parameters of Jenkins");
        String id = askedPerson("message: 'm', required: 2, parameters: [string(name: 'p', defaultValue: '')]");
        String largest = "{\"p\":\"" + "i".repeat(32_760) + "\"}";

        assertInvalid(decide(id, "approve", "inputs", largest + ' '), "inputs: has more than 32768 characters");
        assertInvalid(decide(id, "approve", "inputs", "{\"p\": \"\\ud800\"}"), "p: has half of a character");
        decide(id, "approve", "inputs", largest).expect(200);

        controller.kill();
        controller.start();
        JsonNode whole = jenkins.get("armory/approvals/" + id + "/api/json").json();
        assertThat(whole.at("/manualApproval/inputs").toString()).isEqualTo(largest);
    }

    private static String askedPerson(String question) {
        return run("armoryWebhookApproval(manualApproval: [%s])".formatted(question))
                .as("alice")
                .awaitQuestion()
                .get("id")
                .asText();
    }

    private static Answer decide(String id, String choice, String field, String text) {
        Map<String, String> form =
                choice.equals("override") ? Map.of("decision", "approve", field, text) : Map.of(field, text);
        return jenkins.as("alice").post("armory/approvals/" + id + "/" + choice, form);
    }

    private static void assertInvalid(Answer answer, String problem) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(400);
        assertThat(answer.json().get("message").asText()).startsWith(problem);
    }
}
