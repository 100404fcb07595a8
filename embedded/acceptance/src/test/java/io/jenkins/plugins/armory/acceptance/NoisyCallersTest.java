package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.KeptConnection;
import io.jenkins.plugins.armory.acceptance.driver.Signing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** A caller with a right secret takes all it can get, and the callers of another team are answered as if it were not there. */
class NoisyCallersTest {

    private static final String SECRET = "whsec_c2VjcmV0IG9mIHRoZSBxdWlldCB0ZWFtLCBBLi4=";
    private static final String SECRET_OF_B = "whsec_c2VjcmV0IG9mIHRoZSBub2lzeSB0ZWFtLCBCLi4=";
    private static final String SUCCESS = Callback.body(true, "signed");

    /** The messages that the noisy team sends. More than all that Jenkins keeps are sent with {@code -Darmory.flood=200001}. */
    private static final int FLOOD = Integer.getInteger("armory.flood", 5_000);

    private static final int CONNECTIONS = 8;

    @Test
    void aFloodOfSignedMessagesIsNoMatterForAnotherTeam() throws Exception {
        String casc = Settings.CASC.replace(
                "- string: {id: default,",
                "- string: {id: team-a, scope: GLOBAL, secret: \"" + SECRET + "\"}\n"
                        + "          - string: {id: team-b, scope: GLOBAL, secret: \"" + SECRET_OF_B + "\"}\n"
                        + "          - string: {id: default,");
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        try (Controller controller = Controller.create(casc);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Build first = waitingBuild(jenkins, process, "team-a");
            Callback callback = process.awaitCallback();
            Build second = waitingBuild(jenkins, process, "team-a");
            Callback later = process.awaitCallback();
            Build noisy = waitingBuild(jenkins, process, "team-b");
            Callback ofB = process.awaitCallback();

            decide(ofB, SECRET_OF_B, callback.id(), "{}").expect(400);
            List<Future<Map<Integer, Integer>>> flood = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                int number = i;
                flood.add(threads.submit(() -> flood(controller.url(), ofB, "m" + number)));
            }
            assertThat(decide(callback, SECRET, callback.id(), SUCCESS))
                    .as("in between, with an id that the other team has used")
                    .returns(200, Answer::status);
            Map<Integer, Integer> statuses = new TreeMap<>();
            for (Future<Map<Integer, Integer>> each : flood) {
                each.get().forEach((status, count) -> statuses.merge(status, count, Integer::sum));
            }
            System.out.println("Signed messages of the noisy team, by the status of the answer: " + statuses);
            assertThat(statuses.keySet()).isSubsetOf(400, 503).contains(400);
            controller.kill();
            controller.start();
            assertThat(decide(later, SECRET, later.id(), SUCCESS))
                    .as("behind it, and after a crash")
                    .returns(200, Answer::status);

            first.awaitResult("SUCCESS");
            second.awaitResult("SUCCESS");
            noisy.abort();
        } finally {
            threads.shutdownNow();
        }
    }

    private static Build waitingBuild(Jenkins jenkins, ExternalProcess process, String credentialsId) {
        return jenkins.build(process.approval("callbackCredentialsId: '" + credentialsId + "'"))
                .awaitWaiting(1);
    }

    private static Answer decide(Callback callback, String secret, String id, String body) {
        return Http.send(new Signing(secret, id, Instant.now()).sign(callback.post("/callback", body), body));
    }

    /** Sends its part of the flood, each message with another id, and counts the statuses. */
    private static Map<Integer, Integer> flood(String url, Callback callback, String prefix) throws Exception {
        Map<Integer, Integer> statuses = new TreeMap<>();
        try (KeptConnection connection = new KeptConnection(url)) {
            for (int i = 0; i < FLOOD / CONNECTIONS; i++) {
                Signing message = new Signing(SECRET_OF_B, prefix + "-" + i, Instant.now());
                int status = connection.send(connection.post(callback.path(), message.headers("{}"), "{}"));
                statuses.merge(status, 1, Integer::sum);
            }
        }
        return statuses;
    }
}
