package io.jenkins.plugins.armory.part.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is said of mistakes in a deployment file: one of each kind of value, and each rule for several fields together.
 */
class MistakesTest {

    private static final String TARGETS = "targets: {prod: {account: a, strategy: now}}\n";
    private static final String STRATEGIES = "strategies: {now: {canary: {steps: []}}}\n";

    private static void assertInvalid(String text, String... problems) {
        assertThatThrownBy(() -> PlannedDeployment.read(text, Map.of(), Map.of()))
                .isInstanceOf(PlannedDeployment.InvalidException.class)
                .satisfies(x -> assertThat(x.getMessage().lines()).containsExactly(problems));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            version: v2 | 10: version: must be v1, not "v2"
            kind: helm | 7: kind: must be one of kubernetes, lambda, not "helm"
            webhook: [] | 10: unknown field "webhook"; did you mean webhooks?
            webhooks: | 10: webhooks: is empty; write a list of {name: ..., uriTemplate: ...}, or leave it out
            context: [a] | 10: context: must be a mapping of keys to values
            context: {a b: c} | 10: context: "a b" cannot be named in a template; use letters, digits, '.', '-' and '_' in keys
            contextOverrides: {a: [b]} | 23: contextOverrides.a: must be a single value
            manifests: [{pth: x}] | 19: manifests[0]: unknown field "pth"; did you mean path?
            manifests: x | 12: manifests: must be a list of {path: ..., inline: ..., targets: ...}, not "x"
            manifests: [{path: x, targets: [prd]}] | 33: manifests[0].targets[0]: the section targets has no "prd"; did you mean prod?
            trafficManagement: [{istio: [{virtualService: {n: x}}]}] | 51: trafficManagement[0].istio[0].virtualService: unknown field "n"; known are name, httpRouteName
            analysis: {queries: [{name: a}, {name: a}]} | 40: analysis.queries[1].name: "a" is there twice; each needs a name of its own
            analysis: {queries: [{queryTemplate: x}]} | 22: analysis.queries[0].name: is missing; write a name
            deploymentConfig: {keepDeploymentObject: maybe} | 42: deploymentConfig.keepDeploymentObject: must be true or false, not "maybe"
            deploymentConfig: {timeout: ~} | 29: deploymentConfig.timeout: is empty; write {duration: 30, unit: minutes}, or leave it out
            deploymentConfig: {timeout: {duration: 5}} | 29: deploymentConfig.timeout.unit: is missing; write one of seconds, minutes, hours, second, minute, hour
            deploymentConfig: {timeout: {duration: 8761, unit: hours}} | 40: deploymentConfig.timeout.duration: 8761 hours is longer than 365 days
            deploymentConfig: {timeout: {duration: 9999999999, unit: hours}} | 40: deploymentConfig.timeout.duration: must be a whole number from 1 to 31536000, not "9999999999"
            deploymentConfig: {<<: x} | 24: deploymentConfig: <<: must be a mapping or a list of mappings, such as *name
            targetFilters: [] | 16: targetFilters: is empty; write a list of {includeTarget: ...}, or leave it out
            """)
    void inASection(String section, String problem) {
        assertInvalid(TARGETS + STRATEGIES + section, "config line 3, column " + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {strategy: now} | 17: targets.prod.account: is missing; write a name (the account that is deployed to)
            {account: '', strategy: now} | 27: targets.prod.account: is empty; write a name
            {account: [a], strategy: now} | 27: targets.prod.account: must be a name
            {account: "null", strategy: now} | 27: targets.prod.account: is a text that stands for no value; take another one
            {account: a, strategy: s} | 40: targets.prod.strategy: the section strategies has no "s"; known are now
            {account: a, strategy: now, region: x} | 53: targets.prod.region: goes with kind: lambda alone; set that, or leave it out
            {account: a, strategy: now, dependsOn: []} | 56: targets.prod: unknown field "dependsOn"; it belongs into constraints, so indent it by two spaces more
            ~ | 17: targets.prod: is empty; write {account: ..., strategy: ...}
            """)
    void inATarget(String target, String problem) {
        assertInvalid("targets: {prod: " + target + "}\n" + STRATEGIES, "config line 1, column " + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ""         | 15: targets: the name "" must not be blank
            "a "       | 17: targets: the name "a " begins or ends with a space; take it out
            "a\\nb"    | 19: targets: the name "a\\u000ab" has a line break, a control character or a bidirectional one; take it out
            "a\\u202Eb" | 23: targets: the name "a\\u202eb" has a line break, a control character or a bidirectional one; take it out
            """)
    void inTheNameOfATarget(String name, String problem) {
        assertInvalid(
                "targets: {" + name + ": {account: a, strategy: now}}\n" + STRATEGIES,
                "config line 1, column " + problem);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ~ | 19: strategies.now: is empty; write {canary: ...} or {blueGreen: ...}
            {} | 19: strategies.now: has nothing; write one of canary, blueGreen
            {canary: {steps: []}, blueGreen: {}} | 19: strategies.now: has canary and blueGreen; write one of canary, blueGreen
            {canary: {steps: []}, rolling: {}} | 50: strategies.now: unknown field "rolling"; known are canary, blueGreen
            {canary: {}} | 28: strategies.now.canary.steps: is missing; write a list of {setWeight: ...} or {pause: ...} or {runWebhook: ...} or {analysis: ...} or {exposeServices: ...} (one after the other; [] deploys at once)
            {blueGreen: {shutDownOldVersionAfter: [], shutdownOldVersionAfter: []}} | 86: strategies.now.blueGreen.shutdownOldVersionAfter: is there in another spelling, too; leave one out
            """)
    void inAStrategy(String strategy, String problem) {
        assertInvalid(TARGETS + "strategies: {now: " + strategy + "}\n", "config line 2, column " + problem);
    }

    /** The column is that behind {@code steps: [}, and the path to the step is left out of the messages. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            text | 37:: must be {setWeight: ...} or {pause: ...} or {runWebhook: ...} or {analysis: ...} or {exposeServices: ...}, not "text"
            {setWeight: {weight: 1}, pause: {duration: 1, unit: hours}} | 37:: has setWeight and pause; write one of setWeight, pause, runWebhook, analysis, exposeServices
            {setWeight: 25} | 49:.setWeight: must be {weight: ...}, not "25"
            {setWeight: {weight: 101}} | 58:.setWeight.weight: must be a whole number from 0 to 100, not "101"
            {setWeight: {weight: -1}} | 58:.setWeight.weight: must be a whole number from 0 to 100, not "-1"
            {setWeight: {weight: 2.5}} | 58:.setWeight.weight: must be a whole number from 0 to 100, not "2.5"
            {runWebhook: {name: test}} | 57:.runWebhook.name: the section webhooks has no "test"; did you mean tests?
            {pause: {}} | 45:.pause: waits for nothing; write {untilApproved: true} or {duration: 30, unit: minutes}
            {pause: {untilApproved: false}} | 45:.pause: waits for nothing; write {untilApproved: true} or {duration: 30, unit: minutes}
            {pause: {untilApproved: soon}} | 61:.pause.untilApproved: must be true or false, not "soon"
            {pause: {untilApproved: true, duration: 1, unit: hours}} | 77:.pause.duration: does not go with untilApproved: true; leave one out, or write two pauses
            {pause: {requiresRoles: [a]}} | 61:.pause.requiresRoles: goes with untilApproved: true alone; add that, or leave it out
            {pause: {untilApproved: true, requiresRoles: a}} | 82:.pause.requiresRoles: must be a list of names, such as [one, two], not "a"
            {pause: {untilApproved: true, requiresRoles: []}} | 82:.pause.requiresRoles: is empty; write a list of names, such as [one, two], or leave it out
            {pause: {untilApproved: true, requiresRoles: [a, a]}} | 86:.pause.requiresRoles[1]: "a" is there twice; leave one out
            {pause: {untilApproved: true, requiresRoles: ['a; b']}} | 83:.pause.requiresRoles[0]: must be a name without comma and semicolon, not "a; b"
            {pause: {untilApproved: true, requiresRole: a, requiresRoles: [b]}} | 99:.pause.requiresRoles: is there in another spelling, too; leave one out
            {pause: {untilApproved: true, approvalExpiration: {duration: 1, unit: hours, requiresRoles: [a]}}} | 129:.pause.approvalExpiration: unknown field "requiresRoles"; it belongs one level further out
            {pause: {untilApproved: , duration: 1, unit: hours}} | 60:.pause.untilApproved: is empty; write true or false, or leave it out
            {pause: {duration: 1}} | 56:.pause.duration: is only a part of a time; write duration: 30, unit: minutes
            {pause: {duration: 1, unit: days}} | 65:.pause.unit: must be one of seconds, minutes, hours, second, minute, hour, not "days"
            {analysis: {interval: 1, unit: hours, numberOfJudgmentRuns: 1, queries: [latency]}} | 110:.analysis.queries[0]: the section analysis.queries has no "latency"; known are cpu
            {analysis: {unit: hours, numberOfJudgmentRuns: 1, queries: [cpu]}} | 48:.analysis.interval: is missing; write a whole number from 1 to 31536000
            """)
    void inAStep(String step, String problem) {
        assertInvalid(
                TARGETS + "strategies: {now: {canary: {steps: [" + step + "]}}}\n"
                        + "analysis: {queries: [{name: cpu}]}\n"
                        + "webhooks: [{name: tests, uriTemplate: 'https://ci/'}]\n",
                "config line 2, column " + problem.replaceFirst(":", ": strategies.now.canary.steps[0]"));
    }

    @Test
    void whatIsIndentedTooLittleIsEmptyAndUnknown() {
        assertInvalid(
                TARGETS + """
                strategies:
                  now:
                    canary:
                      steps:
                        - pause:
                          untilApproved: true
                """,
                "config line 6, column 17: strategies.now.canary.steps[0].pause: is empty; write {untilApproved: true} or"
                        + " {duration: 30, unit: minutes}",
                "config line 7, column 26: strategies.now.canary.steps[0]: unknown field \"untilApproved\"; it belongs into"
                        + " pause, so indent it by two spaces more");
    }

    @Test
    void conditionsOfATargetHaveNoWeight() {
        assertInvalid(
                STRATEGIES + """
                targets:
                  prod:
                    account: a
                    strategy: now
                    constraints:
                      beforeDeployment:
                        - setWeight: {weight: 1}
                """,
                "config line 8, column 22: targets.prod.constraints.beforeDeployment[0]: unknown field \"setWeight\"; known are"
                        + " pause, runWebhook, analysis");
    }

    @Test
    void inAWebhook() {
        assertInvalid(
                TARGETS + STRATEGIES + """
                webhooks:
                  - uriTemplate: ftp://ci/
                    method: FETCH
                    networkMode: pigeon
                    retryCount: -1
                    headers: [{key: Host, value: x}, {key: X, val: y}]
                    bodyTemplate: {inline: '{{#if}}'}
                  - name: b
                    uriTemplate: https://ci/
                    agentIdentifier: inside
                    bodyTemplate: {inline: x, path: y}
                  - {name: b, name: c, uriTemplate: 'https://ci/', bodyTemplate: ' '}
                """,
                "config line 4, column 5: webhooks[0].name: is missing; write a name (what people will know the webhook by)",
                "config line 4, column 18: webhooks[0].uriTemplate: must start with http:// or https://, or with a variable",
                "config line 5, column 13: webhooks[0].method: must be one of POST, GET, HEAD, PUT, PATCH, DELETE, OPTIONS, not"
                        + " \"FETCH\"",
                "config line 6, column 18: webhooks[0].networkMode: must be one of direct, remoteNetworkAgent, not \"pigeon\"",
                "config line 7, column 17: webhooks[0].retryCount: must be a whole number from 0 to 2147483647, not \"-1\"",
                "config line 8, column 15: webhooks[0].headers[0]: Host is set by Jenkins; leave it out",
                "config line 8, column 38: webhooks[0].headers[1].value: is missing; write a single value",
                "config line 8, column 52: webhooks[0].headers[1]: unknown field \"val\"; did you mean value?",
                "config line 9, column 19: webhooks[0].bodyTemplate: \"{{#if}}\" at line 1, column 1 is not a variable; write"
                        + " {{armory.NAME}}, {{answer.NAME}}, {{context.NAME}} or {{secrets.ID}}. Sections and partials are not"
                        + " supported",
                "config line 12, column 22: webhooks[1].agentIdentifier: goes with networkMode remoteNetworkAgent alone; set"
                        + " that, or leave it out",
                "config line 13, column 19: webhooks[1].bodyTemplate: has inline and path; write one of inline, path",
                "config line 14, column 12: webhooks[2].name: \"b\" is there twice; each needs a name of its own",
                "config line 14, column 15: webhooks[2]: \"name\" is there twice",
                "config line 14, column 66: webhooks[2].bodyTemplate: is empty; write {inline: ...} or {path: ...}, or leave it"
                        + " out");
    }

    /** Found only when its turn comes, it would roll back what is deployed until then. */
    @Test
    void webhookThatIsRunSaysWhereToCallBack() {
        assertInvalid(
                TARGETS + """
                strategies:
                  now:
                    canary:
                      steps:
                        - runWebhook: {name: silent}
                        - runWebhook: {name: told}
                        - runWebhook: {name: told-by-default}
                        - runWebhook: {name: left-alone}
                webhooks:
                  - {name: silent, uriTemplate: 'https://ci/', bodyTemplate: {inline: '{}'}}
                  - {name: told, uriTemplate: 'https://ci/', method: GET, headers: [{key: X-To, value: '{{armory.callbackUri}}'}]}
                  - {name: told-by-default, uriTemplate: 'https://ci/'}
                  - {name: left-alone, uriTemplate: 'https://ci/', bodyTemplate: {inline: '{}'}, disableCallback: true}
                  - {name: not-run, uriTemplate: 'https://ci/', bodyTemplate: {inline: '{}'}}
                """,
                "config line 6, column 30: strategies.now.canary.steps[0].runWebhook.name: nothing in webhook \"silent\" says where"
                        + " to call back to; put {{armory.callbackUri}}/callback into its uriTemplate, a header or its"
                        + " bodyTemplate, or set its disableCallback");
    }

    @Test
    void bodyOfAFileThatThePipelineDoesNotHandOver() {
        assertInvalid(
                TARGETS + STRATEGIES
                        + "webhooks: [{name: a, uriTemplate: 'https://ci/', bodyTemplate: {path: body.json}}]",
                "config line 3, column 64: webhooks[0].bodyTemplate: armoryDeployment has no text of \"body.json\"; add bodies:"
                        + " ['body.json': readTrusted('body.json')] to it, or write {inline: ...}");
    }

    /** Found only when the first webhook is called, it would roll back what is deployed until then. */
    @Test
    void contextOfThePipelineIsOneThatTemplatesCanName() {
        assertThatThrownBy(() -> PlannedDeployment.read(TARGETS + STRATEGIES, Map.of("git ref", "main"), Map.of()))
                .hasMessage(
                        "config line 1, column 1: context of armoryDeployment: \"git ref\" cannot be named in a template; use"
                                + " letters, digits, '.', '-' and '_' in keys");
    }

    /** The steps refuse such values, for a variable of the Pipeline that is not set. */
    @Test
    void theTextNullIsNoValueOfAContext() {
        assertInvalid(
                TARGETS + """
                context: {ref: "null"}
                strategies: {now: {canary: {steps: [{runWebhook: {name: tests}}]}}}
                webhooks: [{name: tests, uriTemplate: 'https://ci/'}]
                """,
                "config line 3, column 50: strategies.now.canary.steps[0].runWebhook.context: \"ref\" is the text \"null\", which"
                        + " stands for no value; give it another one");
    }

    @Test
    void dependenciesHaveNoCycle() {
        assertInvalid(
                STRATEGIES + """
                targets:
                  a: {account: a, strategy: now, constraints: {dependsOn: [b, a]}}
                  b: {account: a, strategy: now, constraints: {dependsOn: [c]}}
                  c: {account: a, strategy: now, constraints: {dependsOn: [b, d]}}
                  d: {account: a, strategy: now, constraints: {dependsOn: [e, dd]}}
                  e: {account: a, strategy: now}
                  f: {strategy: now, constraints: {dependsOn: [g]}}
                  g: {account: a, strategy: now, constraints: {dependsOn: [f]}}
                """,
                "config line 3, column 6: targets.a: would wait for itself: a -> a; leave one of these out of a dependsOn",
                "config line 4, column 6: targets.b: would wait for itself: b -> c -> b; leave one of these out of a"
                        + " dependsOn",
                "config line 6, column 63: targets.d.constraints.dependsOn[1]: the section targets has no \"dd\"; known are a,"
                        + " b, c, d, e, f, g",
                "config line 8, column 6: targets.f.account: is missing; write a name (the account that is deployed to)",
                "config line 8, column 6: targets.f: would wait for itself: f -> g -> f; leave one of these out of a"
                        + " dependsOn");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``           | 1, column 1: must be a mapping with sections such as targets and strategies
            - a          | 1, column 1: must be a mapping with sections such as targets and strategies
            version: v1  | 1, column 1: targets: is missing; write a mapping of names, each with {account: ..., strategy: ...} (what to deploy to; each is an environment and a stage)
            targets: {}  | 1, column 10: targets: is empty; write a mapping of names, each with {account: ..., strategy: ...}
            webhooks: [  | 1, column 12: is not YAML: expected the node content, but found '<stream end>'
            """)
    void noFile(String text, String problem) {
        assertInvalid(text, "config line " + problem);
    }

    @Test
    void charactersThatYamlDoesNotAllow() {
        String comment = "# " + "x".repeat(5_000) + "\n";
        assertInvalid(
                comment + "webhooks:\n- name: \u00e4\ud83d\ude00\u0007b\n",
                "config line 3, column 11: is not YAML: has the character U+0007, which YAML does not allow; remove it");
        assertInvalid(
                "a: \ud800",
                "config line 1, column 4: is not YAML: has the character U+D800, which YAML does not allow; remove it");
        assertInvalid("!arn[0%e", "config: is not YAML: Tag must not contain leading or trailing spaces.");
    }

    @Test
    void listsAHundredMistakes() {
        assertThatThrownBy(() -> PlannedDeployment.read("webhooks:\n" + "- text\n".repeat(250), Map.of(), Map.of()))
                .satisfies(x -> assertThat(x.getMessage().lines())
                        .hasSize(101)
                        .last()
                        .isEqualTo("config line 101, column 3: here and below are 151 more mistakes"));
    }

    @Test
    void planIsLimited() {
        assertInvalid(
                "targets: {a: &t {account: a, strategy: s}, b: *t, c: *t, d: *t}\n"
                        + "strategies: {s: {canary: {steps: ["
                        + "{setWeight: {weight: 5}},".repeat(3000)
                        + "]}}}\n",
                "config line 1, column 10: targets: makes a plan of more than 10000 steps; deploy to fewer targets with one"
                        + " file");
    }

    @Test
    void listsOfNamesAreLimited() {
        assertInvalid(
                TARGETS + "strategies: {now: {canary: {steps: [{exposeServices: {services: "
                        + IntStream.range(0, 1001).boxed().toList() + "}}]}}}\n",
                "config line 2, column 65: strategies.now.canary.steps[0].exposeServices.services: is longer than 1000 entries:"
                        + " it has 1001");
    }

    /** Each target has what the steps of its strategy have, and what their webhooks send. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "strategies: {s: {canary: {steps: [{exposeServices: {services: [%s]}}]}}}\n",
                "strategies: {s: {canary: {steps: [{runWebhook: {name: w}}]}}}\n"
                        + "webhooks: [{name: w, uriTemplate: '{{armory.callbackUri}}', bodyTemplate: '%s'}]\n",
                "strategies: {s: {canary: {steps: [{runWebhook: {name: w}}]}}}\n"
                        + "webhooks: [{name: w, uriTemplate: 'https://ci/', headers: [{key: %s, value: v}]}]\n",
            })
    void targetsCannotBlowUpAFile(String rest) {
        String separator = rest.contains("headers") ? ", value: v}, {key: " : ", ";
        String names =
                IntStream.range(0, 1000).mapToObj(i -> "name".repeat(14) + i).collect(Collectors.joining(separator));
        String targets = IntStream.range(0, 500)
                .mapToObj(i -> "t" + i + ": {account: a, strategy: s}")
                .collect(Collectors.joining(", "));

        assertInvalid(
                "targets: {" + targets + "}\n" + rest.formatted(names),
                "config line 1, column 10: targets: makes a plan of more than 20000000 characters, with what its webhooks send;"
                        + " deploy to fewer targets with one file");
    }

    @Test
    void anchorsCannotBlowUpAFile() {
        var laughs = new StringBuilder("a: &a0 {x: y}\n");
        for (int i = 1; i < 20; i++) {
            laughs.append("a" + i + ": &a" + i + " {<<: [*a" + (i - 1) + ", *a" + (i - 1) + "], k" + i + ": v}\n");
        }
        assertThatThrownBy(() -> PlannedDeployment.read(laughs + "targets: {<<: *a19}\n", Map.of(), Map.of()))
                .isInstanceOf(PlannedDeployment.InvalidException.class);
        assertThatThrownBy(() -> PlannedDeployment.read("targets: &t {a: &a {<<: *a}, <<: *t}", Map.of(), Map.of()))
                .isInstanceOf(PlannedDeployment.InvalidException.class);
        String many = "{"
                + "k%d: v, "
                        .repeat(3000)
                        .formatted(IntStream.range(0, 3000).boxed().toArray()) + "}";
        assertThatThrownBy(() -> PlannedDeployment.read(
                        "context: &c " + many + "\n" + "targets: {" + "a: {<<: *c}, ".repeat(40) + "}",
                        Map.of(),
                        Map.of()))
                .isInstanceOf(PlannedDeployment.InvalidException.class);
        assertThatThrownBy(() -> PlannedDeployment.read("targets: &t\n  a: *t\nstrategies: *t\n", Map.of(), Map.of()))
                .isInstanceOf(PlannedDeployment.InvalidException.class);
    }

    @Test
    void namesAndContextsAreLimited() {
        String many = IntStream.range(0, 600).mapToObj(i -> "k" + i + ": v").collect(Collectors.joining(", "));
        assertInvalid(
                """
                targets: {? %s : {account: a, strategy: now}, prod: {account: a, strategy: now}}
                context: {%s}
                webhooks: [{name: w, uriTemplate: 'https://ci/'}]
                strategies: {now: {canary: {steps: [
                  {runWebhook: {name: w}},
                  {runWebhook: {name: w, context: {%s}}},
                  {runWebhook: {name: w, context: {text: %s}}}]}}}
                """.formatted("n".repeat(1025), many, many.replace("k", "own"), "x".repeat(65_536)),
                "config line 1, column 1041: targets: the name \"" + "n".repeat(64)
                        + "...\" is longer than 1024 characters: it has 1025",
                "config line 6, column 35: strategies.now.canary.steps[1].runWebhook.context: with the context of the whole"
                        + " deployment, is longer than 1000 entries: it has 1200",
                "config line 7, column 35: strategies.now.canary.steps[2].runWebhook.context: with the context of the whole"
                        + " deployment, is longer than 65536 characters: it has 68430");
    }

    /** Each of many messages lists the known names, so with one of 400 KB a file took the processor 20 seconds. */
    @Test
    void longNamesAreNotListedWhole() {
        assertInvalid(
                """
                targets: {prod: {account: a, strategy: now, constraints: {dependsOn: [dev]}}, %s: {account: a, strategy: now}}
                %s""".formatted("n".repeat(1000), STRATEGIES),
                "config line 1, column 71: targets.prod.constraints.dependsOn[0]: the section targets has no \"dev\"; known are prod, "
                        + "n".repeat(64) + "...");
    }

    @Test
    void messagesAreLinesOfLimitedLength() {
        assertThatThrownBy(() -> PlannedDeployment.read(
                        "\"a\\nb\": x\n" + "? " + "y".repeat(100_000) + "\n: z\n", Map.of(), Map.of()))
                .satisfies(x -> assertThat(x.getMessage().lines())
                        .hasSize(3)
                        .allSatisfy(line -> assertThat(line).hasSizeLessThan(1100))
                        .anySatisfy(line -> assertThat(line).contains("unknown field \"a\\u000ab\"")));
    }
}
