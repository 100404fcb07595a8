package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A build stops waiting when a newer one comes to the same place, if it says so. */
@AcceptanceTest
class SupersedeTest {

    private final ExternalProcess canceller = new ExternalProcess();

    @AfterEach
    void closeCanceller() {
        canceller.close();
    }

    private static String stage(String name, String content) {
        return "stage('" + name + "') { " + content + " }\n";
    }

    @Test
    void aNewerBuildEndsTheWaitOfTheOlderOne(Jenkins jenkins, ExternalProcess process) {
        Job job = jenkins.createJob(
                stage("prod", process.approval("supersede: true", CancelWebhookTest.cancel(canceller))));
        Build older = job.build().awaitWaiting(1);
        Callback late = process.awaitCallback();

        Build newer = job.build().awaitWaiting(1);

        assertThat(older.awaitResult("ABORTED"))
                .contains(
                        "Webhook approval 'checks' was stopped before a decision: Superseded by build #2, which came to"
                                + " 'prod' (strategy) too.");
        JsonNode decision = older.approval().get("decision");
        assertThat(decision.get("outcome").asText()).isEqualTo("ABORTED");
        assertThat(decision.get("decidedBy").asText()).isEqualTo("build #2");
        late.succeed("late").expect(410);
        JsonNode cancelled = canceller.awaitCall().json();
        assertThat(cancelled.get("outcome").asText()).isEqualTo("ABORTED");
        assertThat(cancelled.get("reason").asText()).startsWith("Superseded by build #2");
        assertThat(newer.log()).contains("Superseded build #1, which waited for webhook approval 'checks' here.");
        process.awaitCallback().succeed("go");
        newer.awaitResult("SUCCESS");
    }

    @Test
    void anOlderBuildThatComesLaterEndsAtOnceAndCallsNothing(Jenkins jenkins, ExternalProcess process) {
        Job job = jenkins.createJob(stage("gate", process.approvalNamed("gate"))
                + stage("prod", process.approvalNamed("prod", "supersede: true")));
        Build older = job.build();
        Callback gateOfOlder = process.awaitCallback();
        Build newer = job.build();
        process.awaitCallback().succeed("through the gate");
        process.awaitCallback().succeed("deployed");
        newer.awaitResult("SUCCESS");

        gateOfOlder.succeed("at last");

        assertThat(older.awaitResult("ABORTED")).contains("Superseded by build #2");
        assertThat(process.calls()).as("two gates, and one of prod").hasSize(3);
    }

    @Test
    void ofManyAtOnceTheNewestIsLeft(Jenkins jenkins, ExternalProcess process) {
        Job job = jenkins.createJob(stage("prod", process.approval("supersede: true")));
        List<Build> builds = IntStream.range(0, 6).mapToObj(i -> job.build()).toList();

        Build newest = builds.get(5).awaitWaiting(1);

        builds.subList(0, 5).forEach(older -> older.awaitResult("ABORTED"));
        assertThat(newest.countWaiting()).isEqualTo(1);
        newest.abort();
    }

    @Test
    void aPersonIsNotAskedAnyMoreEither(Jenkins jenkins) {
        Job job = jenkins.createJob(
                stage("prod", "armoryWebhookApproval(manualApproval: [message: 'Go?'], supersede: true)"));
        Build older = job.build().awaitWaiting(1);

        Build newer = job.build().awaitWaiting(1);

        assertThat(older.awaitResult("ABORTED")).contains("Superseded by build #2");
        assertThat(newer.log()).contains("Superseded build #1, which waited for a person here.");
        older.decide(older.approval(), "approve", "late").expect(410);
        newer.decide(newer.approval(), "approve", "go").expect(200);
        newer.awaitResult("SUCCESS");
    }

    @Test
    void aPipelineThatCatchesTheEndHasNotPassedTheGate(Jenkins jenkins, ExternalProcess process) {
        Job job = jenkins.createJob("armoryEnvironment('prod') { try { "
                + process.approval("supersede: true", "phase: 'afterDeployment'")
                + " } catch (x) { echo 'caught' } }\n"
                + "armoryEnvironment(name: 'next', dependsOn: ['prod']) { echo 'WENT ON' }");
        Build older = job.build().awaitWaiting(1);
        Build newer = job.build().awaitWaiting(1);

        assertThat(older.awaitResult("FAILURE")).contains("caught").doesNotContain("WENT ON");
        newer.abort();
    }
}
