package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * One job takes all that it can get of something that all jobs share, and does not give it back. The approval of another job is called,
 * asked, told and decided all the same, within {@link #SOON}.
 */
class NoisyNeighboursTest {

    /** A time in which whoever is not held up comes far, and whoever waits for the noise does not. */
    private static final Duration SOON = Duration.ofSeconds(30);
    /** More than all calls that the controller makes at once, whatever they are for. */
    private static final int NOISE = 320;
    /** How many hosts the noisy server has, so that no limit of one host protects the others. */
    private static final int HOSTS = 8;

    private static Controller controller;
    private static Jenkins jenkins;

    /** A server with many names, which leaves some calls without an answer. */
    private final ExternalProcess noisy = new ExternalProcess(new InetSocketAddress("0.0.0.0", 0), null);

    private final ExternalProcess quiet = new ExternalProcess();
    private final CountDownLatch over = new CountDownLatch(1);

    @BeforeAll
    static void start() {
        controller = Controller.create(Settings.CASC
                .replace("[\"127.0.0.1\"", "[\"127.0.0.0/8\"")
                .replace("- name: chat\n", "- name: chat\n        requestTimeout: 300\n"));
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterAll
    static void stop() {
        controller.close();
    }

    @AfterEach
    void endTheNoise() {
        over.countDown();
        noisy.close();
        quiet.close();
    }

    private void holdCallsTo(String path) {
        noisy.onCall(call -> {
            if (call.path().startsWith(path)) {
                try {
                    over.await();
                } catch (InterruptedException x) {
                    Thread.currentThread().interrupt();
                }
            }
            return Reply.of(202);
        });
    }

    /** The address of the noisy server in a Pipeline, by another of its names for each branch. */
    private String address(String path) {
        return "http://127.0.0.${2 + i % " + HOSTS + "}:" + noisy.port() + path;
    }

    /** Starts a build with many approvals at once. */
    private Build makeNoise(String parameters) {
        return jenkins.build("""
                        def branches = [:]
                        for (int n = 0; n < %d; n++) {
                            int i = n
                            branches["b$i"] = { armoryWebhookApproval(name: 'noise', requestTimeout: 300, %s) }
                        }
                        parallel branches
                        """.formatted(NOISE, parameters));
    }

    private static void awaitAll(Build noise, String state) {
        Wait.until("the whole noise").until(() -> noise.count(state) == NOISE);
    }

    private Call awaitSoon(ExternalProcess process, String path) {
        Wait.until("a call to " + path)
                .atMost(SOON)
                .until(() ->
                        process.calls().stream().anyMatch(call -> call.path().startsWith(path)));
        return process.calls().stream()
                .filter(call -> call.path().startsWith(path))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void webhooksThatAreNotAnsweredHoldUpNoOtherJob() {
        holdCallsTo("/held");
        Build noise = makeNoise("retryCount: 1000, uriTemplate: \"" + address("/held") + "\"");
        awaitAll(noise, "SENDING");

        Build other = jenkins.build(quiet.approval());
        awaitSoon(quiet, "/checks").callback().succeed("not held up");
        other.awaitResult("SUCCESS");
        Build ofTheSameHost = jenkins.build(ExternalProcess.approvalAt(noisy.url("127.0.0.2")));
        awaitSoon(noisy, "/checks").callback().succeed("the noisy host answers others");
        ofTheSameHost.awaitResult("SUCCESS");

        noise.awaitLog("The call of webhook 'noise' waits for its turn");
        assertThat(jenkins.get(noise.path() + "armory/api/json?from=100").json().findValues("waitsForTurn"))
                .isNotEmpty();
        noise.abort();
        noise.awaitResult("ABORTED");
        assertThat(noise.approvals()).noneMatch(approval -> approval.has("waitsForTurn"));
    }

    @Test
    void cancelWebhooksThatAreNotAnsweredHoldUpNoOtherJob() {
        holdCallsTo("/held");
        Build noise = makeNoise("uriTemplate: \"" + address("/") + "\", cancel: [retryCount: 1000, requestTimeout: 300,"
                + " uriTemplate: \"" + address("/held") + "\"]");
        awaitAll(noise, "WAITING");
        Build other = jenkins.build(quiet.approval("cancel: [uriTemplate: '" + quiet.url() + "/cancel']"))
                .awaitWaiting(1);
        noise.abort();
        noise.awaitResult("ABORTED");

        other.abort();
        awaitSoon(quiet, "/checks/cancel");
        Build next = jenkins.build(quiet.approvalNamed("next"));
        awaitSoon(quiet, "/checks/next").callback().succeed("not held up");
        next.awaitResult("SUCCESS");
    }

    @Test
    void webhooksThatAreNotAnsweredHoldUpNoCancelWebhook() {
        Build other = jenkins.build(quiet.approval("cancel: [uriTemplate: '" + quiet.url() + "/cancel']"))
                .awaitWaiting(1);
        holdCallsTo("/held");
        awaitAll(makeNoise("retryCount: 1000, uriTemplate: \"" + address("/held") + "\""), "SENDING");

        other.abort();

        awaitSoon(quiet, "/checks/cancel");
    }

    @Test
    void noticesThatAreNotTakenHoldUpNobody() {
        holdCallsTo("/held");
        Build noise = makeNoise("uriTemplate: \"" + address("/") + "\", notify: ['chat'], context: [chat: \""
                + address("/held") + "\"], manualApproval: [message: 'Go?']");
        awaitAll(noise, "WAITING");

        Build other = jenkins.build(quiet.approval(
                "notify: ['chat'], context: [chat: '" + quiet.url() + "/chat'], manualApproval: [message: 'Go?']"));
        awaitSoon(quiet, "/checks/chat");
        other.decide(other.awaitQuestion(), "approve", "").expect(200);
        quiet.calls().get(0).callback().succeed("not held up");
        other.awaitResult("SUCCESS");
    }

    @Test
    void statusesThatAreNotToldHoldUpNoOtherJob() {
        holdCallsTo("/held");
        Build noise = makeNoise("uriTemplate: \"" + address("/") + "\", status: [every: 5, pointer: '/state',"
                + " success: ['passed'], uriTemplate: \"" + address("/held") + "\"]");
        awaitAll(noise, "WAITING");
        Wait.until("questions to all hosts")
                .until(() -> noisy.calls().stream()
                                .filter(call -> call.path().startsWith("/held"))
                                .count()
                        >= 32);

        quiet.onCall(call -> call.path().contains("state")
                ? new Reply(200, Map.of("Content-Type", "application/json"), "{\"state\": \"passed\"}")
                : Reply.of(202));
        Build other = jenkins.build(quiet.approval("status: [every: 5, pointer: '/state', success: ['passed'],"
                + " uriTemplate: '" + quiet.url() + "/state']"));

        awaitSoon(quiet, "/checks/state");
        other.awaitResult("SUCCESS");
    }

    /** A pipe that nobody reads stands for a disk that does not answer: the file of the job's environments is written to it. */
    @Test
    void environmentsThatCannotBeWrittenHoldUpNoOtherJob() throws Exception {
        Path go = controller.home().resolve("go");
        Build noise = jenkins.build("""
                        armoryEnvironment('first') {}
                        echo 'written'
                        node { sh 'until [ -e %s ]; do sleep 0.1; done' }
                        def branches = [:]
                        for (int n = 0; n < 64; n++) {
                            int i = n
                            branches["b$i"] = { echo "begun $i."; armoryEnvironment(name: "e$i", dependsOn: []) {} }
                        }
                        parallel branches
                        """.formatted(go)).awaitLog("written");
        Path pipe = controller
                .home()
                .resolve("jobs/" + noise.job().name() + "/builds/" + noise.number() + "/armory-deployment.json.tmp");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Files.createFile(go);
        noise.awaitLog("begun 63.");

        Build other = jenkins.build("armoryEnvironment('prod') { " + quiet.approval() + " }");
        awaitSoon(quiet, "/checks").callback().succeed("not held up");
        Wait.until("the other job").atMost(SOON).until(() -> !other.isBuilding());

        assertThat(new ProcessBuilder("cat", pipe.toString()) // Java would seek in it
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor())
                .isZero();
        other.awaitResult("SUCCESS");
        noise.awaitResult("SUCCESS");
    }
}
