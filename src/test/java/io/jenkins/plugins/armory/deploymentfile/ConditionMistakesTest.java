package io.jenkins.plugins.armory.deploymentfile;

import static io.jenkins.plugins.armory.deploymentfile.DeploymentMistakesTest.STRATEGIES;
import static io.jenkins.plugins.armory.deploymentfile.DeploymentMistakesTest.TARGETS;
import static io.jenkins.plugins.armory.deploymentfile.DeploymentMistakesTest.assertInvalid;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules of conditions and steps: each with one that breaks it, and the message. */
class ConditionMistakesTest {

    /** Steps of a canary strategy; the path to the step is left out of the messages. */
    static Stream<Arguments> steps() {
        return Stream.of(
                arguments(
                        "text",
                        "41",
                        "",
                        "must be a mapping with one of setWeight, pause, runWebhook, analysis," + " exposeServices"),
                arguments(
                        "{}",
                        "41",
                        "",
                        "has nothing; each entry of the list must have one of setWeight, pause,"
                                + " runWebhook, analysis, exposeServices"),
                arguments(
                        "{setWeight: {weight: 1}, pause: {duration: 1, unit: hours}}",
                        "41",
                        "",
                        "has setWeight and pause; each entry of the list must have one of setWeight, pause, runWebhook,"
                                + " analysis, exposeServices"),
                arguments(
                        "{pauze: {}}",
                        "49",
                        "",
                        "unknown field \"pauze\"; known are setWeight,"
                                + " pause, runWebhook, analysis, exposeServices"),
                arguments(
                        "{pause: , untilApproved: true}",
                        "48",
                        ".pause",
                        "is empty; indent what is below it by two" + " spaces more"),
                arguments("{pause: }", "48", ".pause", "is empty; fill it in"),
                arguments("{setWeight: 25}", "53", ".setWeight", "must be {weight: 25}"),
                arguments("{setWeight: {}}", "53", ".setWeight.weight", "is missing; write weight: 25 for a quarter"),
                arguments(
                        "{setWeight: {weight: 101}}",
                        "62",
                        ".setWeight.weight",
                        "\"101\" is not a whole number from 0 to" + " 100"),
                arguments(
                        "{setWeight: {weight: -1}}",
                        "62",
                        ".setWeight.weight",
                        "\"-1\" is not a whole number from 0 to" + " 100"),
                arguments(
                        "{setWeight: {weight: 2.5}}",
                        "62",
                        ".setWeight.weight",
                        "\"2.5\" is not a whole number from 0" + " to 100"),
                arguments("{runWebhook: tests}", "54", ".runWebhook", "must be {name: ...}"),
                arguments(
                        "{runWebhook: {context: {}}}",
                        "54",
                        ".runWebhook.name",
                        "is missing; name one of the webhooks in" + " the section webhooks"),
                arguments(
                        "{runWebhook: {name: test}}",
                        "61",
                        ".runWebhook.name",
                        "the section webhooks has no \"test\"; known are tests, broken"),
                arguments(
                        "{runWebhook: {name: tests, context: {'{}': x}}}",
                        "77",
                        ".runWebhook.context",
                        "\"{}\" cannot be" + " named in a template; use letters, digits, '.', '-' and '_' in keys"),
                arguments(
                        "{pause: {}}",
                        "49",
                        ".pause",
                        "waits for nothing; write untilApproved: true, or a time such as"
                                + " {duration: 30, unit: minutes}"),
                arguments(
                        "{pause: 30}",
                        "49",
                        ".pause",
                        "must be {untilApproved: true} or {duration: 30, unit: minutes}"),
                arguments(
                        "{pause: {untilApproved: false}}",
                        "65",
                        ".pause.untilApproved",
                        "false waits for nothing; write" + " true, or a time such as {duration: 30, unit: minutes}"),
                arguments("{pause: {untilApproved: soon}}", "65", ".pause.untilApproved", "must be true or false"),
                arguments(
                        "{pause: {untilApproved: true, duration: 1, unit: hours}}",
                        "81",
                        ".pause.duration",
                        "does not go" + " with untilApproved: true; leave one out, or write two pauses"),
                arguments(
                        "{pause: {requiresRoles: [a]}}",
                        "65",
                        ".pause.requiresRoles",
                        "goes with untilApproved: true" + " alone; add that, or leave it out"),
                arguments(
                        "{pause: {untilApproved: true, requiresRoles: a}}",
                        "86",
                        ".pause.requiresRoles",
                        "must be a list" + " of names, such as [one, two]"),
                arguments(
                        "{pause: {untilApproved: true, requiresRoles: [a, a]}}",
                        "90",
                        ".pause.requiresRoles[1]",
                        "\"a\"" + " is there twice; leave one out"),
                arguments(
                        "{pause: {untilApproved: true, requiresRoles: ['a,b']}}",
                        "86",
                        ".pause.requiresRoles",
                        "\"a,b\"" + " has a comma or a semicolon; list each name by itself"),
                arguments(
                        "{pause: {untilApproved: true, requiresRoles: "
                                + IntStream.range(0, 1001).boxed().toList() + "}}",
                        "86",
                        ".pause.requiresRoles",
                        "is longer than 1000 entries: it has 1001"),
                arguments(
                        "{pause: {untilApproved: true, requiresRole: a, requiresRoles: [b]}}",
                        "85",
                        ".pause.requiresRole",
                        "is there as well as requiresRoles, which is the same; leave one out"),
                arguments(
                        "{pause: {untilApproved: true, approvalExpiration: {duration: 1, unit: hours, requiresRoles: [a]}}}",
                        "133",
                        ".pause.approvalExpiration.requiresRoles",
                        "belongs to pause, one level further out"),
                arguments(
                        "{pause: {duration: 1}}", "49", ".pause.unit", "is missing; write duration: 30, unit: minutes"),
                arguments(
                        "{pause: {unit: hours}}",
                        "49",
                        ".pause.duration",
                        "is missing; write duration: 30, unit: minutes"),
                arguments(
                        "{pause: {duration: 1, unit: days}}",
                        "69",
                        ".pause.unit",
                        "\"days\" is not one of seconds," + " minutes, hours, second, minute, hour"),
                arguments(
                        "{pause: {duration: 0, unit: hours}}",
                        "60",
                        ".pause.duration",
                        "\"0\" is not a whole number of 1" + " or more"),
                arguments(
                        "{pause: {duration: 8761, unit: hours}}",
                        "60",
                        ".pause.duration",
                        "8761 hours is longer than 365" + " days"),
                arguments(
                        "{pause: {duration: 999999999999999999, unit: hours}}",
                        "60",
                        ".pause.duration",
                        "999999999999999999 hours is longer than 365 days"),
                arguments(
                        "{pause: {duration: 9999999999999999999, unit: hours}}",
                        "60",
                        ".pause.duration",
                        "\"9999999999999999999\" is not a whole number of 1 or more"),
                arguments(
                        "{exposeServices: {ttl: {duration: 1, unit: hours}}}",
                        "58",
                        ".exposeServices.services",
                        "must" + " name at least one service"),
                arguments(
                        "{exposeServices: {services: []}}",
                        "69",
                        ".exposeServices.services",
                        "must name at least one" + " service"),
                arguments(
                        "{analysis: {interval: 1, unit: hours, numberOfJudgmentRuns: 1}}",
                        "52",
                        ".analysis.queries",
                        "must name at least one query"),
                arguments(
                        "{analysis: {interval: 1, unit: hours, numberOfJudgmentRuns: 1, queries: [cpuu]}}",
                        "113",
                        ".analysis.queries",
                        "analysis.queries has no \"cpuu\"; known are cpu"),
                arguments(
                        "{analysis: {interval: 1, unit: hours, queries: [cpu]}}",
                        "52",
                        ".analysis.numberOfJudgmentRuns",
                        "is missing; write how many times each query runs"),
                arguments(
                        "{analysis: {numberOfJudgmentRuns: 1, unit: hours, queries: [cpu]}}",
                        "52",
                        ".analysis.interval",
                        "is missing; write interval: 30, unit: minutes"),
                arguments(
                        "{analysis: {interval: 1, unit: hours, numberOfJudgmentRuns: 1, queries: [cpu], rollBackMode: auto}}",
                        "134",
                        ".analysis.rollBackMode",
                        "\"auto\" is not one of automatic, manual"));
    }

    @ParameterizedTest
    @MethodSource("steps")
    void stepBreaksARule(String step, String column, String field, String problem) {
        assertInvalid(
                TARGETS + "strategies: {now: {canary: {steps: [    " + step + "]}}}\n"
                        + "analysis: {queries: [{name: cpu}]}\n"
                        + "webhooks: [{name: tests, uriTemplate: 'https://ci/'}, {name: broken}]\n",
                "config line 2, column " + column + ": strategies.now.canary.steps[0]" + field + ": " + problem,
                "config line 4, column 55: webhooks[1].uriTemplate: is missing; put the address to call there, such as"
                        + " https://ci.example.com/start");
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
                      afterDeployment:
                        - exposeServices: {services: [a]}
                      afterDeploy: []
                """,
                "config line 8, column 22: targets.prod.constraints.beforeDeployment[0]: unknown field \"setWeight\"; known are"
                        + " pause, runWebhook, analysis",
                "config line 10, column 27: targets.prod.constraints.afterDeployment[0]: unknown field \"exposeServices\";"
                        + " known are pause, runWebhook, analysis",
                "config line 11, column 20: targets.prod.constraints: unknown field \"afterDeploy\"; known"
                        + " are dependsOn, beforeDeployment, afterDeployment");
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
    void theTextNullIsNoValue() {
        assertInvalid(
                """
                context: {ref: "null"}
                targets:
                  "null": {account: a, strategy: now}
                strategies:
                  now:
                    canary:
                      steps:
                        - runWebhook: {name: tests}
                        - pause: {untilApproved: true, requiresRoles: ["null"]}
                webhooks: [{name: tests, uriTemplate: 'https://ci/'}]
                """,
                "config line 3, column 11: targets: the name \"null\" is a text that stands for no value; take another one",
                "config line 8, column 23: strategies.now.canary.steps[0].runWebhook.context: \"ref\" is the text \"null\", which"
                        + " stands for no value; give it another one",
                "config line 9, column 56: strategies.now.canary.steps[1].pause.requiresRoles[0]: is a text that stands for no"
                        + " value; take another one");
    }

    @Test
    void semicolonDoesNotSeparateRoles() {
        assertInvalid(
                TARGETS
                        + "strategies: {now: {canary: {steps: [{pause: {untilApproved: true, requiresRoles: ['ops; dev']}}]}}}\n",
                "config line 2, column 82: strategies.now.canary.steps[0].pause.requiresRoles: \"ops; dev\" has a comma or a"
                        + " semicolon; list each name by itself");
    }
}
