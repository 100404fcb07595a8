package io.jenkins.plugins.armory.deploymentfile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules of a whole deployment file: each with a part of a file that breaks it, and the message. */
class DeploymentMistakesTest {

    static final String TARGETS = "targets: {prod: {account: a, strategy: now}}\n";
    static final String STRATEGIES = "strategies: {now: {canary: {steps: []}}}\n";

    static void assertInvalid(String text, String... problems) {
        assertThatThrownBy(() -> PlannedDeployment.read(text, Map.of(), Map.of()))
                .isInstanceOf(PlannedDeployment.InvalidException.class)
                .satisfies(x -> assertThat(x.getMessage().lines()).containsExactly(problems));
    }

    static Stream<Arguments> files() {
        return Stream.of(
                arguments("", "1, column 1: must be a mapping with sections such as \"targets\" and \"strategies\""),
                arguments("- a", "1, column 1: must be a mapping with sections such as \"targets\" and \"strategies\""),
                arguments(
                        "version: v1",
                        "1, column 1: targets: is missing; write what to deploy to, such as {staging: {account: ...,"
                                + " strategy: ...}}"),
                arguments(
                        "targets: {}",
                        "1, column 10: targets: is missing; write what to deploy to, such as {staging: {account: ...,"
                                + " strategy: ...}}"),
                arguments("targets: []", "1, column 10: targets: must be a mapping of names to targets"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void fileMustHaveTargets(String text, String problem) {
        assertInvalid(text, "config line " + problem);
    }

    static Stream<Arguments> sections() {
        return Stream.of(
                arguments("version: v2", "10: version: \"v2\" is not known; write v1"),
                arguments("kind: helm", "7: kind: \"helm\" is not known; write kubernetes or lambda"),
                arguments("webhook: []", "10: unknown field \"webhook\"; known are"),
                arguments("context: [a]", "10: context: must be a mapping of keys to values"),
                arguments(
                        "context: {a b: c}",
                        "10: context: \"a b\" cannot be named in a template; use letters, digits, '.', '-' and '_' in"
                                + " keys"),
                arguments("contextOverrides: {a: [b]}", "23: contextOverrides.a: must be a single value"),
                arguments(
                        "manifests: [{pth: x}]",
                        "19: manifests[0]: unknown field \"pth\"; known are path, inline, targets"),
                arguments("manifests: [x]", "13: manifests[0]: must be {path: ..., inline: ..., targets: ...}"),
                arguments("manifests: x", "12: manifests: must be a list of {path: ..., inline: ..., targets: ...}"),
                arguments(
                        "manifests: [{path: x, targets: [prd]}]",
                        "32: manifests[0].targets: there is no target \"prd\"; known are prod"),
                arguments(
                        "trafficManagement: [{istio: [{virtualService: {nam: x}}]}]",
                        "53: trafficManagement[0].istio[0].virtualService: unknown field \"nam\"; known are"
                                + " name, httpRouteName"),
                arguments(
                        "analysis: {queries: [{name: a}, {name: a}]}",
                        "40: analysis.queries[1].name: \"a\" is there twice; each query needs a name of its own"),
                arguments(
                        "analysis: {queries: [{queryTemplate: x}]}",
                        "22: analysis.queries[0].name: is missing; name the query"),
                arguments(
                        "deploymentConfig: {timeout: {duration: 5}}",
                        "29: deploymentConfig.timeout.unit: is missing; write duration: 30, unit: minutes"),
                arguments(
                        "deploymentConfig: {keepDeploymentObject: maybe}",
                        "42: deploymentConfig.keepDeploymentObject: must be true or false"),
                arguments(
                        "deploymentConfig: {ifDeploymentInProgress: {strategy: enqueue}}",
                        "55: deploymentConfig.ifDeploymentInProgress.strategy: \"enqueue\" is not one of reject,"
                                + " enqueueOne"),
                arguments(
                        "deploymentConfig: {timeout: }",
                        "28: deploymentConfig.timeout: is empty; fill it in, or leave it out"),
                arguments(
                        "targetFilters: [{includeTarget: dev}]",
                        "33: targetFilters[0].includeTarget: there is no target \"dev\"; known are prod"),
                arguments("targetFilters: ", "15: targetFilters: is empty; fill it in, or leave it out"),
                arguments("targetFilters: ~", "16: targetFilters: is empty; fill it in, or leave it out"),
                arguments(
                        "targetFilters: []",
                        "16: targetFilters: names no target; name one, or leave it out to deploy to all"),
                arguments("targetFilters: prod", "16: targetFilters: must be a list of {includeTarget: ...}"),
                arguments(
                        "deploymentConfig: {<<: x}",
                        "24: deploymentConfig: <<: must be a mapping or a list of mappings, such as *name"));
    }

    @ParameterizedTest
    @MethodSource("sections")
    void sectionBreaksARule(String section, String problem) {
        assertThatThrownBy(() -> PlannedDeployment.read(TARGETS + STRATEGIES + section, Map.of(), Map.of()))
                .isInstanceOf(PlannedDeployment.InvalidException.class)
                .satisfies(x -> assertThat(x.getMessage().lines())
                        .singleElement()
                        .asString()
                        .startsWith("config line 3, column " + problem));
    }

    static Stream<Arguments> targets() {
        return Stream.of(
                arguments(
                        "{strategy: now}",
                        "17: targets.prod.account: is missing; name the account that is deployed to"),
                arguments("{account: '', strategy: now}", "27: targets.prod.account: must not be blank"),
                arguments("{account: [a], strategy: now}", "27: targets.prod.account: must be a single value"),
                arguments(
                        "{account: a}",
                        "17: targets.prod.strategy: is missing; name one of the section strategies: now"),
                arguments(
                        "{account: a, strategy: nwo}",
                        "40: targets.prod.strategy: the section strategies has no \"nwo\"; known are" + " now"),
                arguments(
                        "{account: a, strategy: now, region: x}",
                        "53: targets.prod: unknown field \"region\"; known are account, namespace, strategy, constraints"),
                arguments(
                        "{account: a, strategy: now, namespace: \"a\\0b\"}",
                        "56: targets.prod.namespace: has a line break, a control character or a bidirectional one; take it"
                                + " out"),
                arguments("", "16: targets.prod: is empty; must be {account: ..., strategy: ...}"),
                arguments("[]", "17: targets.prod: must be {account: ..., strategy: ...}"));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void targetBreaksARule(String target, String problem) {
        assertInvalid("targets: {prod: " + target + "}\n" + STRATEGIES, "config line 1, column " + problem);
    }

    static Stream<Arguments> names() {
        return Stream.of(
                arguments("\"\"", "15: targets: the name \"\" must not be blank"),
                arguments("\"a \"", "17: targets: the name \"a \" begins or ends with a space; take it out"),
                arguments(
                        "\"a\\nb\"",
                        "19: targets: the name \"a\\u000ab\" has a line break, a control character or a bidirectional one; take"
                                + " it out"),
                arguments(
                        "\"a\\u202Eb\"",
                        "23: targets: the name \"a\\u202eb\" has a line break, a control character or a bidirectional one; take"
                                + " it out"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void targetHasABadName(String name, String problem) {
        assertInvalid(
                "targets: {" + name + ": {account: a, strategy: now}}\n" + STRATEGIES,
                "config line 1, column " + problem);
    }

    static Stream<Arguments> strategies() {
        return Stream.of(
                arguments("", "18: strategies.now: is empty; must be {canary: {steps: [...]}} or {blueGreen: {...}}"),
                arguments("{}", "19: strategies.now: has no type; write either canary or blueGreen"),
                arguments(
                        "{canary: {steps: []}, blueGreen: {}}",
                        "19: strategies.now: has two types; write either canary or blueGreen"),
                arguments(
                        "{canary: {steps: []}, rolling: {}}",
                        "50: strategies.now: unknown field \"rolling\"; known are canary, blueGreen"),
                arguments(
                        "{canary: {}}",
                        "28: strategies.now.canary.steps: is missing; write steps: [{setWeight: {weight: 100}}] to deploy"
                                + " at once"),
                arguments(
                        "{canary: {steps: 1}}",
                        "36: strategies.now.canary.steps: must be a list of conditions: setWeight,"
                                + " pause, runWebhook, analysis, exposeServices"),
                arguments("{blueGreen: {shutDownOldVersionAfter: [], shutdownOldVersionAfter: []}}", null),
                arguments(
                        "{blueGreen: {redirectTrafficAfter: }}",
                        "53: strategies.now.blueGreen.redirectTrafficAfter: is empty; fill it in, or leave it out"),
                arguments(
                        "{blueGreen: {shutDownOldVersionAfter: ~}}",
                        "57: strategies.now.blueGreen.shutDownOldVersionAfter: is empty; fill it in, or leave it out"),
                arguments(
                        "{blueGreen: {shutdownOldVersionAfter: }}",
                        "56: strategies.now.blueGreen.shutdownOldVersionAfter: is empty; fill it in, or leave it out"),
                arguments(
                        "{blueGreen: {redirectTraficAfter: []}}",
                        "53: strategies.now.blueGreen: unknown field \"redirectTraficAfter\"; known"
                                + " are activeService, previewService,"
                                + " redirectTrafficAfter, shutDownOldVersionAfter, shutdownOldVersionAfter"));
    }

    @ParameterizedTest
    @MethodSource("strategies")
    void strategyBreaksARule(String strategy, String problem) {
        assertInvalid(
                TARGETS + "strategies: {now: " + strategy + "}\n",
                problem == null
                        ? "config line 2, column 86: strategies.now.blueGreen.shutdownOldVersionAfter: is there as well as"
                                + " shutDownOldVersionAfter, which is the same; leave one out"
                        : "config line 2, column " + problem);
    }

    @Test
    void dependenciesAreTargetsWithoutACycle() {
        assertInvalid(
                STRATEGIES + """
                targets:
                  a: {account: a, strategy: now, constraints: {dependsOn: [b, a]}}
                  b: {account: a, strategy: now, constraints: {dependsOn: [c]}}
                  c: {account: a, strategy: now, constraints: {dependsOn: [b, d]}}
                  d: {account: a, strategy: now, constraints: {dependsOn: [e, e, dd]}}
                  e: {account: a, strategy: now, constraints: {dependsOn: a}}
                  f: {strategy: now, constraints: {dependsOn: [g]}}
                  g: {account: a, constraints: {dependsOn: [f]}}
                """,
                "config line 3, column 59: targets.a.constraints.dependsOn: \"a\" cannot depend on itself; leave it out",
                "config line 4, column 6: targets.b: would wait for itself: b -> c -> b; leave one of these out of a"
                        + " dependsOn",
                "config line 6, column 59: targets.d.constraints.dependsOn: there is no target \"dd\"; known are a, b,"
                        + " c, d, e, f, g",
                "config line 6, column 63: targets.d.constraints.dependsOn[1]: \"e\" is there twice; leave one out",
                "config line 7, column 59: targets.e.constraints.dependsOn: must be a list of names, such as [one, two]",
                "config line 8, column 6: targets.f.account: is missing; name the account that is deployed to",
                "config line 8, column 6: targets.f: would wait for itself: f -> g -> f; leave one of these out of a"
                        + " dependsOn",
                "config line 9, column 6: targets.g.strategy: is missing; name one of the section strategies: now");
    }

    /** As of a template whose values are missing: less would be asked for than was meant. */
    @Test
    void whatIsThereAndEmptyIsAMistake() {
        assertInvalid(
                STRATEGIES + """
                targets:
                  a: {account: a, strategy: now, constraints: }
                  b: {account: a, strategy: now, constraints: {dependsOn: }}
                  c: {account: a, strategy: now, constraints: {beforeDeployment: , afterDeployment: }}
                  d: {account: a, strategy: now, constraints: {beforeDeployment: [{pause: {untilApproved: true, requiresRoles: }}]}}
                  e: {account: a, strategy: now, constraints: {beforeDeployment: [{pause: {untilApproved: true, requiresRoles: []}}]}}
                  f: {account: a, strategy: now, constraints: {beforeDeployment: [{pause: {untilApproved: true, requiresRole: }}]}}
                  g: {account: a, strategy: now, constraints: {beforeDeployment: [{pause: {untilApproved: , requiresRole: a}}]}}
                  h: {account: a, strategy: now, constraints: {beforeDeployment: [{pause: {untilApproved: , duration: 1, unit: seconds}}]}}
                  i: {account: a, strategy: now, constraints: {beforeDeployment: [{pause: {untilApproved: true, approvalExpiration: }}]}}
                  j: {account: a, strategy: now, namespace: }
                """,
                "config line 3, column 46: targets.a.constraints: is empty; fill it in, or leave it out",
                "config line 4, column 58: targets.b.constraints.dependsOn: is empty; fill it in, or leave it out",
                "config line 5, column 65: targets.c.constraints.beforeDeployment: is empty; fill it in, or leave it out",
                "config line 5, column 84: targets.c.constraints.afterDeployment: is empty; fill it in, or leave it out",
                "config line 6, column 111: targets.d.constraints.beforeDeployment[0].pause.requiresRoles: is empty; fill it in, or leave it out",
                "config line 7, column 112: targets.e.constraints.beforeDeployment[0].pause.requiresRoles: names nobody; name a role, or leave it out",
                "config line 8, column 110: targets.f.constraints.beforeDeployment[0].pause.requiresRole: is empty; fill it in, or leave it out",
                "config line 9, column 90: targets.g.constraints.beforeDeployment[0].pause.untilApproved: is empty; fill it in, or leave it out",
                "config line 10, column 90: targets.h.constraints.beforeDeployment[0].pause.untilApproved: is empty; fill it in, or leave it out",
                "config line 11, column 116: targets.i.constraints.beforeDeployment[0].pause.approvalExpiration: is empty; fill it in, or leave it out",
                "config line 12, column 44: targets.j.namespace: is empty; fill it in, or leave it out");
    }

    @Test
    void twoCyclesAreTwoMistakes() {
        assertInvalid(
                STRATEGIES + """
                targets:
                  a: {account: a, strategy: now, constraints: {dependsOn: [b, c]}}
                  b: {account: a, strategy: now, constraints: {dependsOn: [a]}}
                  c: {account: a, strategy: now, constraints: {dependsOn: [d]}}
                  d: {account: a, strategy: now, constraints: {dependsOn: [c]}}
                """,
                "config line 3, column 6: targets.a: would wait for itself: a -> b -> a; leave one of these out of a"
                        + " dependsOn",
                "config line 5, column 6: targets.c: would wait for itself: c -> d -> c; leave one of these out of a"
                        + " dependsOn");
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
        String names = IntStream.range(0, 5000).mapToObj(i -> "name-" + i).collect(Collectors.joining(separator));
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
                "config line 1, column 70: targets.prod.constraints.dependsOn: there is no target \"dev\"; known are prod, "
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
