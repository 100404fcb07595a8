package io.jenkins.plugins.armory.acceptance.part.file;

import static io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles.pause;
import static io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles.run;
import static io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles.weight;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.AcceptanceTest;
import io.jenkins.plugins.armory.acceptance.OpenApiTest;
import io.jenkins.plugins.armory.acceptance.Settings;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a Pipeline can do with {@code armoryDeployment}, beside what {@link DeploymentFilesTest} tries. */
@AcceptanceTest
class ArmoryDeploymentTest {

    private static final String BODY =
            " { echo \"DID ${env.ARMORY_ENVIRONMENT_NAME} ${env.ARMORY_ACTION} ${env.ARMORY_WEIGHT}\" }";

    private static DeploymentFiles canary(ExternalProcess process) {
        return DeploymentFiles.of(process)
                .target("prod", "")
                .steps(weight(50), run("tests"))
                .webhook("tests");
    }

    private static void succeed(ExternalProcess process) {
        process.onCall(call -> {
            call.callback().succeed("fine");
            return Reply.of(202);
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "confg: 'a'                                | confg: there is no such parameter; did you mean config?",
                "context: [a: 'b']                         | config is missing; give it the text of a deployment file",
                "configFile: 'deploy.yml'                  | configFile: there is no such parameter",
                "config: ''                                | config: is empty; give it a value, or leave it out",
                "config: 'a', targets: []                  | targets: is empty; give it a value, or leave it out",
                "config: 'a', targets: env.TARGETS         | targets: is empty; give it a value, or leave it out",
                "config: 'a: ['                            | config line 1, column 5: is not YAML",
                "config: 'targets: {prod: {}}'             | targets.prod.account: is missing",
                "config: 'a', targets: 'prod'              | targets: must be a list",
                "config: 'a', context: 'b'                 | context: must be a map",
            })
    void whatIsWrongIsSaidBeforeAnythingIsDone(String arguments, String message, Jenkins jenkins) {
        Build build = jenkins.build("armoryDeployment(" + arguments + ")" + BODY);

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryDeployment: ")
                .contains(message.trim())
                .doesNotContain("DID");
        assertThat(build.environments().values()).containsExactly("FAILED");
    }

    /** Each step would find it only when its turn comes, and what is deployed until then would be rolled back. */
    @Test
    void whatNoStepCouldDoIsSaidBeforeAnythingIsDone(Jenkins jenkins, ExternalProcess process) {
        String file = canary(process).pipeline("context: [ref: 'main']", BODY);
        String bodyOfAFile = file.replaceAll("bodyTemplate: .*", "bodyTemplate: {path: body.json}");

        assertFailsAtOnce(
                jenkins,
                bodyOfAFile,
                "webhooks[0].bodyTemplate: armoryDeployment has no text of \"body.json\"; add bodies: ['body.json': readTrusted(");
        assertFailsAtOnce(
                jenkins,
                file.replaceAll("bodyTemplate: .*", "bodyTemplate: {inline: '{}'}"),
                "nothing in webhook \"tests\" says where to call back to");
        assertFailsAtOnce(
                jenkins,
                file.replace("context: [ref:", "context: ['git ref':"),
                "context of armoryDeployment: \"git ref\" cannot be named in a template");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void theBodyOfAWebhookMayBeATextOfThePipeline(Jenkins jenkins, ExternalProcess process) {
        succeed(process);
        String file = canary(process)
                .pipeline(
                        "bodies: ['body.json': '{\"text\": \"{{secrets.team}}\", \"callbackUri\":"
                                + " \"{{armory.callbackUri}}\", \"callbackToken\": \"{{armory.callbackToken}}\"}']",
                        BODY)
                .replaceAll("bodyTemplate: .*", "bodyTemplate: {path: body.json}");

        jenkins.build(file).awaitResult("SUCCESS");

        assertThat(process.awaitCall().json().get("text").asText()).isEqualTo(Settings.TEAM_SECRET);
    }

    private static void assertFailsAtOnce(Jenkins jenkins, String script, String message) {
        Build build = jenkins.build(script);

        assertThat(build.awaitResult("FAILURE")).contains(message).doesNotContain("DID");
        assertThat(build.environments().values()).containsExactly("FAILED");
    }

    @Test
    void itNeedsABody(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(canary(process).pipeline(""));

        assertThat(build.awaitResult("FAILURE")).contains("armoryDeployment: has no body; write armoryDeployment(...)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "armoryDeployment(config: 'targets: {}')",
                "armoryDeployment([:])",
                "armoryDeployment('targets: {}') { echo 'never' }",
                "armoryDeployment('targets: {}')",
                "armoryDeployment { echo 'never' }",
                "armoryDeployment()",
                "armoryDeployment(config: 'targets: {}', 'never')",
                "armoryDeployment(config: 'targets: {}', null)",
                "armoryDeployment(null)",
                "armoryDeployment(null) { echo 'never' }"
            })
    void aMistakeThatIsCaughtClosesTheEnvironmentAroundItAndWhatComesBehind(String mistaken, Jenkins jenkins) {
        Build around = jenkins.build("""
                catchError { armoryEnvironment('staging') { try { %s } catch (Throwable e) { echo "caught ${e.message}" } } }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                """.formatted(mistaken));
        Build before = jenkins.build("""
                try { %s } catch (Throwable e) { echo "caught ${e.message}" }
                armoryEnvironment('prod') { echo 'never' }
                """.formatted(mistaken));

        assertThat(around.awaitResult("FAILURE"))
                .contains("caught armoryDeployment: ")
                .doesNotContain("never");
        assertThat(around.environments()).containsEntry("staging", "FAILED").containsEntry("prod", "CANCELLED");
        assertThat(before.awaitResult("FAILURE"))
                .contains("caught armoryDeployment: ")
                .doesNotContain("never");
        assertThat(before.environments()).containsEntry("prod", "CANCELLED");
    }

    @Test
    void aPartIsDeployedWithoutWhatItDependsOn(Jenkins jenkins, ExternalProcess process) {
        DeploymentFiles file = DeploymentFiles.of(process)
                .target("staging", "")
                .target("prod", "dependsOn: [staging]")
                .steps(weight(100));
        Build build = jenkins.build(file.pipeline("targets: ['prod']", BODY));

        assertThat(build.awaitResult("SUCCESS")).contains("DID prod deploy").doesNotContain("DID staging");
        assertThat(build.environments()).isEqualTo(Map.of("prod", "COMPLETE"));

        assertThat(build.log()).contains("The target 'prod' is deployed without a look at 'staging'");

        Build after = jenkins.build("try { armoryEnvironment('staging') { error 'broken' } } catch (e) { }\n"
                + file.pipeline("targets: ['prod']", BODY));
        assertThat(after.awaitResult("FAILURE"))
                .contains(
                        "targets: \"prod\" depends on \"staging\", an environment of this build that is not ready for it")
                .doesNotContain("DID");

        Build unknown = jenkins.build(file.pipeline("targets: ['prd']", BODY));
        assertThat(unknown.awaitResult("FAILURE"))
                .contains("targets: the deployment has no target \"prd\"; it has \"staging\", \"prod\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"targets: ['prod']", "context: [a: 'b']"})
    void aFilterOfTheFileDoesNotOpenWhatTheBuildKnowsToBeClosed(String more, Jenkins jenkins, ExternalProcess process) {
        String file = DeploymentFiles.of(process)
                .target("staging", "")
                .target("prod", "dependsOn: [staging]")
                .steps(weight(100))
                .pipeline(more, BODY)
                .replace("strategies:", "targetFilters: [{includeTarget: prod}]\nstrategies:");

        Build build = jenkins.build(file);
        assertThat(build.awaitResult("SUCCESS"))
                .contains("The target 'prod' is deployed without a look at 'staging'")
                .doesNotContain("DID staging");

        Build after = jenkins.build("try { armoryEnvironment('staging') { error 'broken' } } catch (e) { }\n" + file);
        assertThat(after.awaitResult("FAILURE"))
                .contains("\"prod\" depends on \"staging\", an environment of this build that is not ready for it")
                .doesNotContain("DID");
    }

    @Test
    void whatIsLeftOutBetweenTwoTargetsDoesNotOpenTheSecond(Jenkins jenkins, ExternalProcess process) {
        String file = DeploymentFiles.of(process)
                .target("staging", "")
                .target("qa", "dependsOn: [staging]")
                .target("prod", "dependsOn: [qa]")
                .steps(weight(100))
                .pipeline("targets: ['prod']", BODY);

        Build build = jenkins.build("try { armoryEnvironment('staging') { error 'broken' } } catch (e) { }\n" + file);
        assertThat(build.awaitResult("FAILURE"))
                .contains("\"prod\" depends on \"staging\", an environment of this build that is not ready for it")
                .doesNotContain("DID");
    }

    @Test
    void whatTheBodyReturnsIsThereForLaterWebhooks(Jenkins jenkins, ExternalProcess process) {
        succeed(process);
        DeploymentFiles file =
                canary(process).withBody("\"{{armory.replicaSetName}} {{context.ref}} {{armory.accountName}}\"");
        Build build = jenkins.build(file.pipeline(
                "context: [ref: 'abc']",
                " { if (env.ARMORY_ACTION == 'deploy') { return [replicaSetName: 'web-7'] } else { echo 'on' } }"));
        build.awaitResult("SUCCESS");

        assertThat(process.awaitCall().json().get("text").asText()).isEqualTo("web-7 abc prod-cluster");
    }

    @Test
    void whatTheBodyReturnsBesideTextsIsLeftOut(Jenkins jenkins, ExternalProcess process) {
        succeed(process);
        DeploymentFiles file = canary(process).withBody("\"{{armory.replicaSetName}}\"");
        jenkins.build(file.pipeline(" { [replicaSetName: 'web-7', version: ('v42' =~ /v(.*)/)] }"))
                .awaitResult("SUCCESS");

        assertThat(process.awaitCall().json().get("text").asText()).isEqualTo("web-7");
    }

    @Test
    void anUnknownVariableOfTheBodyIsAnErrorThatSaysWhatToReturn(Jenkins jenkins, ExternalProcess process) {
        DeploymentFiles file = canary(process).withBody("\"{{armory.replicaSetName}}\"");
        Build build = jenkins.build(file.pipeline(BODY));

        assertThat(build.awaitResult("FAILURE"))
                .contains("return [\"replicaSetName\": ...] from the body of armoryDeployment", "DID prod rollback");
    }

    @Test
    void aFailedWebhookDoesNotWaitForThePauseBesideIt(Jenkins jenkins, ExternalProcess process) {
        process.onCall(call -> {
            call.callback().fail("red");
            return Reply.of(202);
        });
        DeploymentFiles file = DeploymentFiles.of(process)
                .target("staging", "afterDeployment: [" + run("tests") + ", " + pause(86400) + "]")
                .target("prod", "dependsOn: [staging]")
                .steps(weight(100))
                .webhook("tests");
        Build build = jenkins.build(file.pipeline(BODY));

        assertThat(build.awaitResult("FAILURE"))
                .contains("red", "Targets that depend on 'staging', and stages behind armoryDeployment, are cancelled")
                .doesNotContain("rollback", "DID prod", "options {");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "COMPLETE", "prod", "CANCELLED"));
    }

    @Test
    void anAnalysisThatFailsAfterTheDeploymentEndsTheWebhookBesideIt(Jenkins jenkins, ExternalProcess process) {
        DeploymentFiles file = DeploymentFiles.of(process)
                .target(
                        "staging",
                        "afterDeployment: [" + run("tests")
                                + ", {analysis: {interval: 1, units: seconds, numberOfJudgmentRuns: 1, queries: [errors]}}]")
                .target("prod", "dependsOn: [staging]")
                .steps(weight(100))
                .webhook("tests");
        Build build = jenkins.build(
                file.pipeline(
                        " { echo \"DID ${env.ARMORY_ENVIRONMENT_NAME} ${env.ARMORY_ACTION}\"; if (env.ARMORY_ACTION == 'analysis') { sleep 2; error 'too many errors' } }"));
        process.awaitCall();

        assertThat(build.awaitResult("FAILURE"))
                .contains("analysis errors of 'staging' failed: too many errors")
                .doesNotContain("rollback", "DID prod");
        assertThat(build.environments()).isEqualTo(Map.of("staging", "COMPLETE", "prod", "CANCELLED"));
        assertThat(build.hasNothingPending()).isTrue();
    }

    /** The step parallel would leave out the target. */
    @Test
    void aTargetCannotHaveTheNameOfAParameterOfParallel(Jenkins jenkins, ExternalProcess process) {
        DeploymentFiles file = DeploymentFiles.of(process)
                .target("failFast", "")
                .target("prod", "")
                .steps(weight(100));
        Build build = jenkins.build(file.pipeline(BODY));

        assertThat(build.awaitResult("FAILURE"))
                .contains("config: targets.failFast: is a parameter of parallel", "rename the target")
                .doesNotContain("DID");
    }

    /** A file may be a stranger's, and its names become names of stages, which Jenkins prints. */
    @Test
    void noNameOfTheFileCanBeTakenForALineOfJenkins(Jenkins jenkins, ExternalProcess process) {
        succeed(process);
        String hostile = "\"a\\\\nFinished: SUCCESS\\\\u202E\"";
        for (DeploymentFiles file : List.of(
                DeploymentFiles.of(process).target(hostile, "").steps(weight(100)),
                DeploymentFiles.of(process)
                        .target("prod", "beforeDeployment: [" + run(hostile) + "]")
                        .steps(weight(100))
                        .webhook(hostile),
                DeploymentFiles.of(process)
                        .target(
                                "prod",
                                "beforeDeployment: [{pause: {untilApproved: true, requiresRoles: [" + hostile + "]}}]")
                        .steps(weight(100)),
                DeploymentFiles.of(process)
                        .target("prod", "")
                        .steps("{exposeServices: {services: [" + hostile + "]}}"))) {
            Build build = jenkins.build(file.pipeline(BODY));
            String log = build.awaitResult("FAILURE");
            assertThat(log.lines().filter(line -> line.startsWith("Finished:"))).containsExactly("Finished: FAILURE");
            assertThat(log).doesNotContain("\u202E", "DID");
        }
    }

    @Test
    void anAbortWithinTheStrategyRollsBackAndBeforeItDoesNot(Jenkins jenkins, ExternalProcess process) {
        Build within = jenkins.build(canary(process).pipeline(BODY)).awaitWaiting(1);
        within.abort();
        assertThat(within.awaitResult("ABORTED")).contains("DID prod rollback");
        assertThat(within.environments()).isEqualTo(Map.of("prod", "ROLLED_BACK"));

        Build before = jenkins.build(DeploymentFiles.of(process)
                        .target("prod", "beforeDeployment: [" + run("tests") + "]")
                        .steps(weight(100))
                        .webhook("tests")
                        .pipeline(BODY))
                .awaitWaiting(1);
        before.abort();
        assertThat(before.awaitResult("ABORTED")).doesNotContain("DID");
        assertThat(before.environments()).isEqualTo(Map.of("prod", "FAILED"));
    }

    @Test
    void aRollbackThatFailsIsNotTriedAgain(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                canary(process)
                        .pipeline(
                                " { echo \"DID ${env.ARMORY_ACTION}\"; if (env.ARMORY_ACTION in ['setWeight', 'rollback']) { error env.ARMORY_ACTION + ' went wrong' } }"));

        String log = build.awaitResult("FAILURE");
        assertThat(log).contains("The rollback of environment 'prod' failed", "rollback went wrong");
        assertThat(log.lines().filter(line -> line.contains("DID rollback"))).hasSize(1);
        assertThat(build.environments()).isEqualTo(Map.of("prod", "FAILED"));
    }

    @Test
    void twoDeploymentsToOneTargetAreAnError(Jenkins jenkins, ExternalProcess process) {
        succeed(process);
        String one = canary(process).pipeline(BODY);
        Build build = jenkins.build(one + "\n" + one);

        assertThat(build.awaitResult("FAILURE")).contains("\"prod\" is deployed to twice in this build");
    }

    @Test
    void planIsAsTheDocumentSays(Jenkins jenkins, ExternalProcess process) throws IOException {
        OpenApiTest.read();
        Build build = jenkins.build(DeploymentFiles.of(process)
                .target("staging", "beforeDeployment: [%s]".formatted(DeploymentFiles.pause(1)))
                .target("prod", "dependsOn: [staging]")
                .steps(DeploymentFiles.run("health"), DeploymentFiles.weight(100))
                .webhook("health")
                .pipeline());
        Callback health = process.awaitCallback();
        build.awaitWaiting(1);
        JsonNode running = OpenApiTest.check("/armory/api/json", "get", 200, build.deploymentAnswer())
                .json();
        assertThat(stepsOf(running, "staging")
                        .at("/staging~1strategy~12/approval")
                        .asText())
                .isEqualTo(health.id());
        health.fail("p99 is 840 ms");
        build.awaitResult("FAILURE");

        JsonNode failed = OpenApiTest.check("/armory/api/json", "get", 200, build.deploymentAnswer())
                .json();
        assertThat(failed.get("plan"))
                .extracting(target -> target.get("name").asText())
                .containsExactly("staging", "prod");
        assertThat(stepsOf(failed, "staging").has("staging/rollback")).isTrue();
    }

    /** The steps of an environment; environments are in the order in which the branches have reached them. */
    private static JsonNode stepsOf(JsonNode answer, String name) {
        for (JsonNode environment : answer.get("environments")) {
            if (environment.get("name").asText().equals(name)) {
                return environment.get("steps");
            }
        }
        throw new AssertionError("There is no environment " + name + ": " + answer);
    }
}
