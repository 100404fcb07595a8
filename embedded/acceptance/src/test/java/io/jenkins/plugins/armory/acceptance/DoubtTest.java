package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.EmbeddedController;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A disk that has lost what was on it, or has something of somebody else: it opens nothing, holds up no other build,
 * and nothing waits for it.
 */
class DoubtTest extends OwnController {

    private static final String AFTER = "phase: 'afterDeployment'";

    /** A step that is stopped or overdue ends within ten seconds; the rest is the test's own. */
    private static final Duration SOON = Duration.ofSeconds(25);

    @Override
    Controller create() {
        return Controller.createLean(Settings.CASC);
    }

    private static Path logOf(Build build) {
        return controller.home().resolve("jobs/" + build.job().name() + "/builds/" + build.number() + "/armory.log");
    }

    private static Path markers() {
        return controller.home().resolve("armory-approvals/open");
    }

    private static Path markerOf(Callback callback) {
        return markers().resolve(callback.id().substring(0, 16));
    }

    private static void loseLastLine(Path log) throws IOException {
        List<String> lines = Files.readAllLines(log);
        Files.write(log, lines.subList(0, lines.size() - 1));
    }

    /** Takes away the first line with a text, and those behind it. */
    private static void loseFrom(Path log, String text) throws IOException {
        List<String> lines = Files.readAllLines(log);
        Files.write(log, lines.stream().takeWhile(line -> !line.contains(text)).toList());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "stage('staging') { %1$s }\nsleep 6\nstage('prod') { echo 'never' }",
                "armoryEnvironment('staging') { %1$s }\nsleep 6\narmoryEnvironment(name: 'prod', dependsOn: []) { echo 'never' }",
                "parallel(a: { stage('x') { %1$s } }, b: { stage('y') { %2$s }; sleep 6; stage('z') { echo 'never' } })"
            })
    void aFailureWhoseLineIsLostOpensNothing(String script) throws IOException {
        Build build = jenkins.build("currentBuild.result = 'UNSTABLE'\n"
                + script.formatted(process.approvalNamed("first", AFTER), process.approvalNamed("second", AFTER)));
        boolean isTwo = script.contains("%2$s");
        build.awaitWaiting(isTwo ? 2 : 1); // so that the failure has the last line
        process.awaitCallback().fail("broken").expect(200);
        if (isTwo) {
            process.awaitCallback().fail("broken, too").expect(200);
        }
        build.awaitLog("Sleeping for"); // a Jenkins that is killed while a stage ends may lose that, and wait for it
        controller.kill();
        loseFrom(logOf(build), isTwo ? "broken, too" : "broken");
        controller.start();

        build.awaitEnd();

        assertThat(build.log()).doesNotContainPattern("(?m)^never$");
        assertThat(build.result()).isNotEqualTo("SUCCESS");
        assertThat(build.deployment().get("doubt").asText()).contains("were there before");
    }

    @Test
    void whatIsPendingAndBelongsToNoStepPutsTheBuildInDoubt() throws IOException {
        Build build = jenkins.build(process.approval() + "\nsleep 6\nstage('prod') { echo 'never' }")
                .awaitWaiting(1); // so that the success has the last line
        process.awaitCallback().succeed("yes").expect(200);
        build.awaitLog("succeeded (callback token): yes");
        controller.stop(); // which saves the program
        loseLastLine(logOf(build));
        controller.start();

        build.awaitEnd();

        assertThat(build.log()).doesNotContainPattern("(?m)^never$");
        assertThat(build.deployment().get("doubt").asText())
                .containsAnyOf("it lacks the end of what a step has begun", "were there before");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gone", "short"})
    void aStepEndsOnTimeThoughItsLogIs(String how) throws IOException {
        String guarded = "try { %s } catch (ignored) { echo 'caught' }\nstage('prod') { echo 'never' }";
        Build overdue = jenkins.build(guarded.formatted(process.approval("timeout: 5", "unit: 'SECONDS'")));
        Build limited =
                jenkins.build(guarded.formatted("timeout(time: 5, unit: 'SECONDS') { " + process.approval() + " }"));
        Build stopped = jenkins.build("armoryEnvironment('staging') { " + process.approval() + " }\necho 'never'");
        List<Build> all = List.of(overdue, limited, stopped);
        for (Build build : all) {
            build.awaitWaiting(1);
            if (how.equals("gone")) {
                Files.delete(logOf(build));
            } else {
                Files.write(logOf(build), new byte[0]);
            }
        }
        stopped.abort();

        for (Build build : all) {
            Wait.until("the end of " + build).atMost(SOON).until(() -> !build.isBuilding());
            assertThat(build.log()).doesNotContainPattern("(?m)^never$");
            assertThat(build.deployment().get("doubt").isNull()).isFalse();
        }
        assertThat(stopped.result()).isEqualTo("ABORTED");
    }

    @Test
    void strayFilesHoldUpNothing() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        controller.stop();
        Files.createDirectories(markers().resolve("lost+found/inside"));
        Files.write(markers().resolve("0123456789abcdef"), new byte[] {(byte) 0xC3, 0x28, '\n'});
        controller.start();

        callback.succeed("yes").expect(200);

        build.awaitResult("SUCCESS");
        assertThat(controller.output()).containsOnlyOnce("lost+found names no build");
    }

    @Test
    void aBuildInDoubtThatIsOverIsGoneForCallersAndItsPageSaysWhy() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        controller.stop();
        Files.writeString(logOf(build), "garbled\n", StandardCharsets.UTF_8, StandardOpenOption.APPEND);
        controller.start();

        assertThat(build.awaitResult("FAILURE")).contains("is lost: The log of the build is in doubt: ");

        callback.succeed("anybody?").expect(410);
        assertThat(build.deployment().at("/approvals/0/decision/outcome").asText())
                .isEqualTo("LOST");
        assertThat(build.deployment().get("doubt").asText()).contains("is damaged");
        Wait.until("it is not marked").until(() -> !Files.exists(markerOf(callback)));
        controller.stop();
        controller.start();
        callback.succeed("once more?").expect(410);
    }

    @Test
    void aMarkerThatIsLostLosesNoCallback() throws IOException {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        controller.kill();
        Files.delete(markerOf(callback));
        controller.startLoadingSlowly();

        callback.succeedOnceUp("yes").expect(200);

        controller.start();
        build.awaitResult("SUCCESS");
    }

    @Test
    void aSecondControllerWritesToNoLog() throws IOException {
        assumeTrue(controller instanceof EmbeddedController, "a second one on the same home is not provided for");
        Build build = jenkins.build("armoryEnvironment('staging') { " + process.approval() + " }\n"
                + "armoryEnvironment('prod') { " + process.approval() + " }");
        Callback callback = process.awaitCallback();
        build.awaitWaiting(1);
        byte[] before = Files.readAllBytes(logOf(build));
        try (EmbeddedController second = ((EmbeddedController) controller).second()) {
            second.start();
            Wait.until("the second has taken up the build")
                    .until(() -> second.output().contains("Two controllers must not share a JENKINS_HOME"));
            build.awaitLog("Resuming build");
            assertThat(logOf(build)).hasBinaryContent(before);

            callback.fail("no").expect(200);
            build.awaitResult("FAILURE");
        }
    }
}
