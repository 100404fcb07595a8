package io.jenkins.plugins.armory.deploymentfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.Seeds;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.nodes.Node;

class WebhooksReaderTest {

    /** The texts of files that the Pipeline hands over. */
    private static final Map<String, String> BODIES = Map.of("body.json", "{\"a\": \"{{context.a}}\"}", "empty", " ");

    private static final String COMPLETE = """
            version: v1
            kind: kubernetes
            application: potato-facts
            context:
              ref: main
              build: 17
            targets:
              staging:
                account: staging-cluster
                namespace: potatoes
                strategy: rolling
              prod: {account: prod-cluster}
            webhooks:
              - name: runTests
                method: PUT
                uriTemplate: "https://{{context.host}}/start"
                networkMode: remoteNetworkAgent
                agentIdentifier: inside
                retryCount: 5
                headers:
                  - key: Authorization
                    value: token {{secrets.github}}
                bodyTemplate:
                  inline: >-
                    {"callback": "{{armory.callbackUri}}/callback"}
              - name: notify
                uriTemplate: https://chat.example.com/hook
                disableCallback: yes
                bodyTemplate: '{"text": "deployed"}'
            strategies:
              rolling: {canary: {steps: [{setWeight: {weight: 100}}]}}
            """;

    private static Map<String, Webhook> parse(String text) throws PlannedDeployment.InvalidException {
        var yaml = new YamlReader();
        Node root = yaml.compose(text);
        Section file = root == null ? null : Section.of(yaml, root, "", "a mapping");
        Map<String, Webhook> webhooks = file == null ? Map.of() : new WebhooksReader(BODIES).read(file);
        yaml.throwProblems();
        return webhooks;
    }

    private static void assertInvalid(String text, String... problems) {
        assertThatThrownBy(() -> parse(text))
                .isInstanceOf(PlannedDeployment.InvalidException.class)
                .satisfies(x -> assertThat(x.getMessage().lines()).containsExactly(problems));
    }

    @Test
    void readsWhatArmorysFilesHave() throws Exception {
        Map<String, Webhook> webhooks = parse(COMPLETE);

        assertThat(webhooks).containsOnlyKeys("runTests", "notify");
        assertThat(webhooks.get("runTests"))
                .usingRecursiveComparison()
                .isEqualTo(Webhook.named("runTests")
                        .method("PUT")
                        .uriTemplate("https://{{context.host}}/start")
                        .networkMode("remoteNetworkAgent")
                        .agentIdentifier("inside")
                        .retryCount(5)
                        .headers(List.of(new Webhook.Header("Authorization", "token {{secrets.github}}")))
                        .body("{\"callback\": \"{{armory.callbackUri}}/callback\"}")
                        .build());
        assertThat(webhooks.get("notify"))
                .isEqualTo(Webhook.named("notify")
                        .uriTemplate("https://chat.example.com/hook")
                        .disableCallback(true)
                        .body("{\"text\": \"deployed\"}")
                        .build());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "# nothing\n", "webhooks:\n", "webhooks: []", "version: v1"})
    void mayHaveNoWebhooks(String text) throws Exception {
        assertThat(parse(text)).isEmpty();
    }

    @Test
    void tellsEveryProblemWithItsPlace() {
        assertInvalid(
                """
                webhooks:
                  - name: a
                    uriTemplate: ftp://ci/
                  - name: b
                    uriTemplate: https://ci/
                    agentIdentifier: inside
                  - name: c
                    uriTemplate: https://ci/
                    retries: 3
                  - uriTemplate: https://ci/
                  - name: d
                    uriTemplate: https://ci/
                    retryCount: many
                    disableCallback: maybe
                  - name: e
                    uriTemplate: https://ci/
                    headers: {a: b}
                  - name: f
                    uriTemplate: https://ci/
                    headers:
                      - key: X
                        val: y
                  - just text
                """,
                "config line 3, column 18: webhooks[0].uriTemplate: must start with http:// or https://, or with a variable",
                "config line 6, column 22: webhooks[1].agentIdentifier: goes with networkMode remoteNetworkAgent alone; set"
                        + " that, or leave it out",
                "config line 9, column 14: webhooks[2]: unknown field \"retries\"; known are name, method, uriTemplate,"
                        + " networkMode, agentIdentifier, headers, bodyTemplate, retryCount, disableCallback, context",
                "config line 10, column 5: webhooks[3].name: must not be blank; it is what people will know the webhook by",
                "config line 13, column 17: webhooks[4].retryCount: \"many\" is not a number",
                "config line 14, column 22: webhooks[4].disableCallback: must be true or false",
                "config line 17, column 14: webhooks[5].headers: must be a list of {key: ..., value: ...}",
                "config line 22, column 14: webhooks[6].headers[0]: unknown field \"val\"; known are" + " key, value",
                "config line 23, column 5: webhooks[7]: must be a mapping with name, uriTemplate and so on");
    }

    @Test
    void wantsNamesToBeUnique() {
        assertInvalid(
                "webhooks:\n- {name: a, uriTemplate: 'https://ci/'}\n- {name: a, uriTemplate: 'https://ci/2'}\n",
                "config line 3, column 10: webhooks[1].name: \"a\" is there twice; each webhook needs a name of its own");
        assertInvalid(
                "webhooks:\n- {name: a, name: b, uriTemplate: 'https://ci/'}\n",
                "config line 2, column 13: webhooks[0]: \"name\" is there twice");
    }

    @Test
    void namesTheLineOfATemplateThatIsNone() {
        assertInvalid(
                "webhooks:\n- name: a\n  uriTemplate: https://ci/\n  bodyTemplate:\n    inline: '{{#if}}'\n",
                "config line 5, column 5: webhooks[0].bodyTemplate: \"{{#if}}\" at line 1, column 1 is not a variable;"
                        + " write {{armory.NAME}}, {{answer.NAME}}, {{context.NAME}} or {{secrets.ID}}. Sections and"
                        + " partials are not supported");
    }

    @Test
    void saysWhereItIsNoYaml() {
        assertInvalid(
                "webhooks: [\n",
                "config line 2, column 1: is not YAML: expected the node content, but found '<stream" + " end>'");
        assertInvalid("- a", "config line 1, column 1: must be a mapping");
    }

    @Test
    void saysWhereACharacterIsThatYamlDoesNotAllow() {
        String comment = "# " + "x".repeat(5_000) + "\n";
        assertInvalid(
                comment + "webhooks:\n- name: \u00e4\ud83d\ude00\u0007b\n",
                "config line 3, column 11: is not YAML: has the character U+0007, which YAML does not allow; remove it");
        assertInvalid(
                "a: \ud800",
                "config line 1, column 4: is not YAML: has the character U+D800, which YAML does not allow; remove it");
    }

    /** Tests an error that the library does not report as a YAMLException. */
    @Test
    void saysSoOfATagThatCannotBeDecoded() {
        assertInvalid("!arn[0%e", "config: is not YAML: Tag must not contain leading or trailing spaces.");
    }

    @Test
    void takesWhatTheAnchorsOfAFileStandFor() throws Exception {
        Map<String, Webhook> webhooks = parse("""
                x: &headers [{key: X, value: y}]
                webhooks:
                  - {name: a, uriTemplate: 'https://ci/', headers: *headers}
                  - {name: b, uriTemplate: 'https://ci/', headers: *headers}
                """);

        assertThat(webhooks.get("b"))
                .isEqualTo(Webhook.named("b")
                        .uriTemplate("https://ci/")
                        .headers(List.of(new Webhook.Header("X", "y")))
                        .build());
    }

    @Test
    void takesWhatMergeKeysStandFor() throws Exception {
        Map<String, Webhook> webhooks = parse("""
                x: &ci {uriTemplate: 'https://ci/', method: PUT, retryCount: 1}
                y: &more {retryCount: 2, disableCallback: true}
                webhooks:
                  - {<<: *ci, name: a}
                  - {name: b, <<: [*ci, *more], method: GET}
                """);

        assertThat(webhooks.get("a"))
                .isEqualTo(Webhook.named("a")
                        .uriTemplate("https://ci/")
                        .method("PUT")
                        .retryCount(1)
                        .build());
        assertThat(webhooks.get("b"))
                .isEqualTo(Webhook.named("b")
                        .uriTemplate("https://ci/")
                        .method("GET")
                        .retryCount(1)
                        .disableCallback(true)
                        .build());
    }

    @Test
    void tellsEveryProblemOfOneWebhook() {
        assertInvalid(
                """
                webhooks:
                  - uriTemplate: ftp://ci/
                    method: FETCH
                    networkMode: pigeon
                    retryCount: -1
                    headers: [{key: Host, value: x}]
                    bodyTemplate: {inline: '{{#if}}'}
                """,
                "config line 2, column 5: webhooks[0].name: must not be blank; it is what people will know the webhook by",
                "config line 2, column 18: webhooks[0].uriTemplate: must start with http:// or https://, or with a variable",
                "config line 3, column 13: webhooks[0].method: \"FETCH\" is not one of POST, GET, HEAD, PUT, PATCH, DELETE,"
                        + " OPTIONS",
                "config line 4, column 18: webhooks[0].networkMode: \"pigeon\" is not one of direct, remoteNetworkAgent",
                "config line 5, column 17: webhooks[0].retryCount: -1 is less than 0",
                "config line 6, column 15: webhooks[0].headers[0]: Host is set by Jenkins; leave it out",
                "config line 7, column 19: webhooks[0].bodyTemplate: \"{{#if}}\" at line 1, column 1 is not a variable;"
                        + " write {{armory.NAME}}, {{answer.NAME}}, {{context.NAME}} or {{secrets.ID}}. Sections and"
                        + " partials are not supported");
    }

    /** Another body would be sent than the one that is meant, which the external process may take for less. */
    @Test
    void aBodyThatIsThereWithoutATextIsAMistake() {
        assertInvalid(
                """
                webhooks:
                  - {name: a, uriTemplate: 'https://ci/', bodyTemplate: {inline: }}
                  - {name: b, uriTemplate: 'https://ci/', bodyTemplate: {inline: ' '}}
                  - {name: c, uriTemplate: 'https://ci/', bodyTemplate: {path: ''}}
                  - {name: d, uriTemplate: 'https://ci/', bodyTemplate: {}}
                  - {name: e, uriTemplate: 'https://ci/', bodyTemplate: ''}
                  - {name: f, uriTemplate: 'https://ci/', bodyTemplate: }
                  - {name: g, uriTemplate: 'https://ci/', bodyTemplate: ~}
                """,
                "config line 2, column 57: webhooks[0].bodyTemplate: is empty; write {inline: ...} or {path: ...}, or leave it out",
                "config line 3, column 57: webhooks[1].bodyTemplate: is empty; write {inline: ...} or {path: ...}, or leave it out",
                "config line 4, column 57: webhooks[2].bodyTemplate: is empty; write {inline: ...} or {path: ...}, or leave it out",
                "config line 5, column 57: webhooks[3].bodyTemplate: is empty; write {inline: ...} or {path: ...}, or leave it out",
                "config line 6, column 57: webhooks[4].bodyTemplate: is empty; write {inline: ...} or {path: ...}, or leave it out",
                "config line 7, column 56: webhooks[5].bodyTemplate: is empty; write {inline: ...} or {path: ...}, or leave it out",
                "config line 8, column 57: webhooks[6].bodyTemplate: is empty; write {inline: ...} or {path: ...}, or leave it out");
    }

    @Test
    void takesABodyOfAFileThatThePipelineHandsOver() throws Exception {
        String webhook = "webhooks: [{name: a, uriTemplate: 'https://ci/', bodyTemplate: {%s}}]";

        assertThat(parse(webhook.formatted("path: body.json")).get("a").body()).isEqualTo(BODIES.get("body.json"));
        for (String missing : List.of("empty", "body.jsn")) {
            assertInvalid(
                    webhook.formatted("path: " + missing),
                    ("config line 1, column 64: webhooks[0].bodyTemplate: armoryDeployment has no text of \"%s\"; add"
                                    + " bodies: ['%s': readTrusted('%s')] to it, or write {inline: ...}")
                            .formatted(missing, missing, missing));
        }
        assertInvalid(
                webhook.formatted("path: body.json, inline: '{}'"),
                "config line 1, column 64: webhooks[0].bodyTemplate: has both inline and path; write either"
                        + " {inline: ...} or {path: ...}, or leave it out");
    }

    @Test
    void listsAHundredProblems() {
        assertThatThrownBy(() -> parse("webhooks:\n" + "- text\n".repeat(250)))
                .satisfies(x -> assertThat(x.getMessage().lines())
                        .hasSize(101)
                        .last()
                        .isEqualTo("config line 102, column 3: here and below are 150 more mistakes"));
    }

    @Test
    void isNotToBeBlownUp() {
        assertThatThrownBy(() -> parse("[".repeat(10_000))).isInstanceOf(PlannedDeployment.InvalidException.class);
        assertThatThrownBy(() -> parse("a: " + "x".repeat(1 << 20)))
                .isInstanceOf(PlannedDeployment.InvalidException.class);
    }

    @Test
    void anyTextIsAFileOrRefused() {
        Seeds.each(500, draw -> parseOrRefuse(draw.text()));
    }

    @Test
    void anyMutilatedFileIsAFileOrRefused() {
        Seeds.each(500, draw -> {
            int from = draw.between(0, COMPLETE.length());
            int to = draw.between(from, COMPLETE.length());
            String insertion =
                    draw.any("", "\n", ":", "- ", "{", "[", "\"", "'", "&a ", "*a", "!!x ", "{{", "}}", "\t", "? ");
            parseOrRefuse(COMPLETE.substring(0, from) + insertion + COMPLETE.substring(to - (to - from) / 2));
        });
    }

    private static void parseOrRefuse(String text) {
        try {
            parse(text);
        } catch (PlannedDeployment.InvalidException x) {
            assertThat(x.getMessage().lines())
                    .isNotEmpty()
                    .allSatisfy(line -> assertThat(line).isNotBlank());
            assertThat(x).hasMessageStartingWith("config");
        }
    }
}
