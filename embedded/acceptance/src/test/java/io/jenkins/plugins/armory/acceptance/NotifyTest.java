package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** People are told of an approval by webhooks, whatever becomes of these. */
@AcceptanceTest
class NotifyTest {

    private final ExternalProcess chat = new ExternalProcess();

    @AfterEach
    void closeChat() {
        chat.close();
    }

    private String told(String... more) {
        return "notify: ['chat'], context: [chat: '" + chat.url() + "']"
                + (more.length == 0 ? "" : ", " + String.join(", ", more));
    }

    private JsonNode awaitNotice() {
        return chat.awaitCall().json();
    }

    @Test
    void tellsThatAPersonIsWaitedForAndWhatWasDecided(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                "stage('prod') { " + process.approval(told("manualApproval: [message: 'Go \"now\"?']")) + " }");
        Call started = process.awaitCall();

        Call waiting = chat.awaitCall();
        JsonNode said = waiting.json();
        assertThat(said.get("event").asText()).isEqualTo("WAITING");
        assertThat(said.get("outcome").asText()).isEqualTo("PENDING");
        assertThat(said.get("text").asText())
                .isEqualTo(build.job().name() + "#1 (prod): 'checks' waits for a person: Go \"now\"?");
        assertThat(said.get("url").asText())
                .endsWith("job/" + build.job().name() + "/1/armory/#approval-"
                        + started.callback().id());
        assertThat(waiting.header("Idempotency-Key"))
                .isEqualTo(started.callback().id() + "-notify-0-waiting");
        assertThat(waiting.body()).doesNotContain(started.callback().token());

        started.callback().succeed("12 **passed**");
        build.decide(build.approval(), "approve", "fine");
        build.awaitResult("SUCCESS");

        JsonNode decided = awaitNotice();
        assertThat(decided.get("event").asText()).isEqualTo("DECIDED");
        assertThat(decided.get("outcome").asText()).isEqualTo("SUCCESS");
        assertThat(decided.get("reason").asText()).isEqualTo("12 **passed**");
        assertThat(decided.get("text").asText()).contains("'checks' succeeded (callback token and user ");
        assertThat(chat.calls()).hasSize(2);
    }

    @Test
    void tellsBeforeTheTimeIsOver(Jenkins jenkins, ExternalProcess process) {
        jenkins.build(process.approval(told("timeout: 10", "unit: 'SECONDS'"))).awaitResult("FAILURE");

        JsonNode expiring = awaitNotice();
        assertThat(expiring.get("event").asText()).isEqualTo("EXPIRING");
        assertThat(expiring.get("text").asText()).contains("'checks' is about to time out, at ");
        JsonNode decided = awaitNotice();
        assertThat(decided.get("outcome").asText()).isEqualTo("TIMED_OUT");
    }

    /** The step ends although the chat answers nothing, and the notice is sent once it does. */
    @Test
    void neverHoldsUpAnApproval(Jenkins jenkins, ExternalProcess process) {
        Runnable answer = chat.holdAnswers();
        Build build = jenkins.build(process.approval(told("manualApproval: [message: 'Go?']")));
        Call started = process.awaitCall();
        awaitNotice();
        assertThat(build.approval().at("/notices/due/0/event").asText()).isEqualTo("WAITING");
        started.callback().fail("no");

        build.awaitResult("FAILURE");
        assertThat(chat.calls()).hasSize(1);
        answer.run();

        assertThat(awaitNotice().get("outcome").asText()).isEqualTo("FAILURE");
        Wait.until("all is told").until(() -> !build.approval().has("notices"));
    }

    @Test
    void aNoticeThatFailsIsLoggedAndDecidesNothing(Jenkins jenkins, ExternalProcess process) {
        chat.onCall(call -> Reply.of(404));
        Build build = jenkins.build(process.approval(told("manualApproval: [message: 'Go?']")));
        build.awaitLog("WARNING: checks: Webhook 'chat' could not be told that the approval waits for a person: ");
        process.awaitCallback().succeed("fine");
        build.decide(build.approval(), "approve", "");

        build.awaitResult("SUCCESS");
        JsonNode notices = Wait.until("both failures are on record")
                .until(
                        () -> build.approval().path("notices"),
                        each -> each.path("failed").size() == 2);
        assertThat(notices.get("due")).isEmpty();
        assertThat(notices.get("failed"))
                .extracting(each -> each.get("event").asText())
                .containsExactly("WAITING", "DECIDED");
        assertThat(notices.at("/failed/0/webhook").asText()).isEqualTo("chat");
        assertThat(notices.at("/failed/0/reason").asText()).contains("404");
    }

    @Test
    void aPersonAloneIsToldToo(Jenkins jenkins) {
        Build build = jenkins.build("armoryWebhookApproval(manualApproval: [message: 'Go?'], notify: 'fixed-chat')")
                .awaitWaiting(1);
        build.awaitLog("could not be told that the approval waits for a person: http://host.invalid");
        build.decide(build.approval(), "approve", "");
        build.awaitResult("SUCCESS");
    }

    /** Returns why the one notice could not be sent; empty if it was. */
    private String awaitFailure(Build build) {
        return Wait.until("nothing more is to be told")
                .until(
                        () -> build.approval().path("notices"),
                        notices -> notices.path("due").isEmpty())
                .at("/failed/0/reason")
                .asText();
    }

    @Test
    void theContextOfTheApprovalsWebhookIsForThatAloneAndThatOfTheStepForBoth(
            Jenkins jenkins, ExternalProcess process) {
        String step = "armoryWebhookApproval(webhook: 'room-checks', notify: 'team-chat', context: [uri: '"
                + process.url() + "'%s])";
        Build other = jenkins.build(step.formatted(""));
        other.awaitResult("SUCCESS");
        assertThat(awaitFailure(other)).contains("http://host.invalid");

        jenkins.build(step.formatted(", room: '" + chat.url() + "'")).awaitResult("SUCCESS");

        assertThat(awaitNotice().get("event").asText()).isEqualTo("DECIDED");
        assertThat(chat.calls()).hasSize(1);
    }

    @Test
    void mistakesAreFoundBeforeAnythingIsCalled(Jenkins jenkins, ExternalProcess process) {
        Mistakes.assertNamed(
                jenkins,
                process.approval("%s"),
                "notify: ['chatt'] | notify: there is no webhook \"chatt\" on a folder or in Manage Jenkins » System; known are",
                "notify: ['deploy-checks'] | notify: webhook 'deploy-checks' has {{armory.callbackUri}}, and whoever is told must not be able to decide",
                "notify: ['chat'] | {{context.chat}}",
                "notfy: ['chat'] | notfy: there is no such parameter; did you mean notify?",
                "notify: [name: 'chat'] | notify: must be a list");
        assertThat(process.calls()).isEmpty();
    }
}
