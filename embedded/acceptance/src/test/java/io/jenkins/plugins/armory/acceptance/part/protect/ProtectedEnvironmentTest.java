package io.jenkins.plugins.armory.acceptance.part.protect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Environments of the settings, whose rules no Pipeline can leave out. */
class ProtectedEnvironmentTest {

    private static final String DEPLOY = "armoryEnvironment('%s') { echo 'it is ' + 'deployed' }\n";
    private static final String DEPLOYED = "it is deployed";

    /** How long after the start of the class the window of "soon" opens. */
    private static final Duration SOON = Duration.ofSeconds(45);

    private static final ExternalProcess PROCESS = new ExternalProcess();
    private static final ExternalProcess CHECKS = new ExternalProcess();
    private static Controller controller;
    private static Jenkins jenkins;
    private int callsBefore;

    @BeforeAll
    static void start() {
        LocalDateTime now = LocalDateTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.SECONDS);
        controller = Controller.create("""
                unclassified:
                  armory:
                    allowedHosts: ["127.0.0.1"]
                    webhooks:
                      - name: ticket
                        uriTemplate: "%s"
                        bodyTemplate:
                          inline: '{"callbackUri": "{{armory.callbackUri}}", "callbackToken": "{{armory.callbackToken}}"}'
                      - name: smoke
                        uriTemplate: "%s"
                        bodyTemplate:
                          inline: '{"callbackUri": "{{armory.callbackUri}}", "callbackToken": "{{armory.callbackToken}}"}'
                  armoryEnvironments:
                    environments:
                      - name: prod
                        jobs: "job-*"
                        before:
                          - {webhook: ticket}
                      - name: people
                        jobs: "job-*"
                        before:
                          - {webhook: ticket}
                          - manualApproval:
                              message: "Release?"
                              rules:
                                - {submitters: [qa, alice], required: 1}
                                - {submitters: [ops, alice, bob], required: 1}
                      - name: checked
                        jobs: "job-*"
                        after:
                          - {webhook: smoke}
                      - name: elsewhere
                        jobs: "other-*"
                        before:
                          - {webhook: ticket}
                      - name: twice
                        jobs: "job-*"
                      - name: twice
                        jobs: "**"
                      - name: frozen
                        jobs: "job-*"
                        windows:
                          - {deny: "2020-01-01/2120-01-01", zone: UTC, reason: "for ever"}
                        before:
                          - {webhook: ticket}
                      - name: tomorrow
                        jobs: "job-*"
                        windows:
                          - {allow: "%s/%s", zone: UTC}
                      - name: soon
                        jobs: "job-*"
                        windows:
                          - {deny: "%s/%s", zone: UTC, reason: "Lunch"}
                """.formatted(
                PROCESS.url(), CHECKS.url(), now.plusDays(1), now.plusDays(2), now.minusDays(1), now.plus(SOON)));
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterAll
    static void stop() {
        controller.close();
        PROCESS.close();
        CHECKS.close();
    }

    @BeforeEach
    void countCalls() {
        callsBefore = calls();
    }

    /** Returns how often a rule's webhook was called. */
    private static int calls() {
        return PROCESS.calls().size() + CHECKS.calls().size();
    }

    @AfterEach
    void nothingIsPending() {
        assertThat(jenkins.approvals())
                .allSatisfy(
                        approval -> assertThat(approval.get("state").asText()).isEqualTo("DECIDED"));
    }

    private static Build deploy(String environment) {
        return jenkins.build(DEPLOY.formatted(environment));
    }

    @Test
    void theBodyBeginsOnceTheRuleIsMet() {
        Build build = deploy("prod").awaitWaiting(1);
        JsonNode rule = build.approval();
        assertThat(build.environments()).containsEntry("prod", "AWAITING_RULES");
        assertThat(rule.get("rule").asBoolean()).isTrue();
        assertThat(rule.get("path").asText()).isEqualTo("rule of prod");
        assertThat(build.log()).doesNotContain(DEPLOYED);

        PROCESS.awaitCallback().succeed("CHG-1").expect(200);

        assertThat(build.awaitResult("SUCCESS"))
                .contains("rule of prod: Webhook approval 'ticket' succeeded", DEPLOYED);
        assertThat(build.environments()).containsEntry("prod", "COMPLETE");
    }

    @Test
    void afterAFailureNothingIsDeployedAndNothingIsRolledBack() {
        Build build = jenkins.build("try { " + DEPLOY.formatted("prod")
                + " } catch (x) { armoryRollback('prod') { echo 'it is ' + 'back' } }\n" + DEPLOY.formatted("next"));

        PROCESS.awaitCallback().fail("not approved").expect(200);

        assertThat(build.awaitResult("FAILURE"))
                .contains("rule of prod: Webhook approval 'ticket' failed", "not approved")
                .doesNotContain(DEPLOYED, "it is back");
        assertThat(build.environments()).containsEntry("prod", "FAILED").containsEntry("next", "CANCELLED");
    }

    /** Whatever the Pipeline calls the same, it makes up for nothing, and it is asked for as well. */
    @Test
    void anApprovalOfThePipelineStandsInForNoRule() {
        Build build = jenkins.build(
                "armoryEnvironment('prod') { armoryWebhookApproval(webhook: 'ticket', phase: 'beforeDeployment')\n"
                        + "echo 'it is ' + 'deployed' }");
        PROCESS.awaitCallback().succeed("of the rule").expect(200);
        Callback own = PROCESS.awaitCallback();
        assertThat(build.log()).doesNotContain(DEPLOYED);
        own.succeed("of the Pipeline").expect(200);

        assertThat(build.awaitResult("SUCCESS")).contains(DEPLOYED);
    }

    /** The approval in the other branch begins while the rule is pending, when nothing is deployed to yet. */
    private static Build deployBesideAGate(ExternalProcess gate) {
        String begin = gate.approvalNamed("begin");
        String lint = gate.approvalNamed("lint", "environment: 'prod'", "phase: 'beforeDeployment'");
        Build build =
                jenkins.build("parallel a: { " + DEPLOY.formatted("prod") + " }, b: { " + begin + "\n" + lint + " }");
        Callback rule = PROCESS.awaitCallback();
        gate.awaitCallback().succeed("").expect(200);
        build.awaitLog("Calling webhook 'lint'");
        rule.succeed("CHG-3").expect(200);
        build.awaitLog("Environment 'prod' waits for the approvals that name it.");
        return build;
    }

    @Test
    void anApprovalThatFailsBesideARuleKeepsTheEnvironmentClosed() {
        try (ExternalProcess gate = new ExternalProcess()) {
            Build build = deployBesideAGate(gate);

            gate.awaitCallback().fail("2 mistakes").expect(200);

            assertThat(build.awaitResult("FAILURE")).doesNotContain(DEPLOYED);
            assertThat(build.environments()).containsEntry("prod", "FAILED");
        }
    }

    @Test
    void eachRuleNeedsPeopleOfItsOwn() {
        Build build = deploy("people").awaitWaiting(2);
        PROCESS.awaitCallback().succeed("CHG-2").expect(200);
        JsonNode people = Wait.until("the people alone are asked")
                .until(() -> build.approvals("WAITING"), asked -> asked.size() == 1)
                .get(0);

        build.as("alice").decide(people, "approve", "").expect(200);
        build.as("bob").decide(people, "approve", "").expect(200);

        assertThat(build.awaitResult("SUCCESS")).contains(DEPLOYED);
    }

    /** Nothing was deployed, so nothing is checked, and the Pipeline goes on behind it. */
    @Test
    void aCancelledEnvironmentIsNotChecked() {
        Build build = jenkins.build("""
                catchError { armoryEnvironment(name: 'gate', dependsOn: []) { error 'broken' } }
                armoryEnvironment(name: 'checked', dependsOn: ['gate']) { echo 'it is ' + 'deployed' }
                echo 'it goes ' + 'on'
                """);

        assertThat(build.awaitResult("FAILURE")).contains("it goes on").doesNotContain(DEPLOYED);
        assertThat(build.environments()).containsEntry("checked", "CANCELLED");
        assertThat(calls()).isEqualTo(callsBefore);
    }

    @Test
    void aFailedCheckCancelsWhatDependsOnTheEnvironment() {
        Build build = jenkins.build(DEPLOY.formatted("checked") + DEPLOY.formatted("later"));
        build.awaitWaiting(1);
        assertThat(build.log()).contains(DEPLOYED);
        assertThat(build.environments()).containsEntry("checked", "AWAITING_APPROVAL");

        CHECKS.awaitCallback().fail("500s").expect(200);

        assertThat(build.awaitResult("FAILURE")).containsOnlyOnce(DEPLOYED);
        assertThat(build.environments()).containsEntry("checked", "COMPLETE").containsEntry("later", "CANCELLED");
    }

    @Test
    void aGoodCheckOpensTheEnvironment() {
        Build build = jenkins.build(DEPLOY.formatted("checked") + DEPLOY.formatted("later"));

        CHECKS.awaitCallback().succeed("fine").expect(200);

        build.awaitResult("SUCCESS");
        assertThat(build.environments()).containsEntry("checked", "COMPLETE").containsEntry("later", "COMPLETE");
    }

    @Test
    void aFailedBodyIsNotChecked() {
        Build build = jenkins.build("armoryEnvironment('checked') { error 'broken' }");

        build.awaitResult("FAILURE");

        assertThat(calls()).isEqualTo(callsBefore);
        assertThat(build.environments()).containsEntry("checked", "FAILED");
    }

    @Test
    void aJobThatTheEnvironmentIsNotForFailsAtOnce() {
        Build build = jenkins.build("catchError { " + DEPLOY.formatted("elsewhere") + " }\n" + DEPLOY.formatted("next")
                + "armoryRollback('elsewhere') { echo 'it is ' + 'back' }");

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "armoryEnvironment: the environment \"elsewhere\" of Jenkins's settings is not for the job \"job-")
                .doesNotContain(DEPLOYED, "it is back");
        assertThat(build.environments()).containsEntry("elsewhere", "FAILED").containsEntry("next", "CANCELLED");
    }

    @Test
    void twoEntriesForOneJobAreAnError() {
        assertThat(deploy("twice").awaitResult("FAILURE"))
                .contains("\"twice\" of Jenkins's settings has 2 entries for the job")
                .doesNotContain(DEPLOYED);
    }

    @Test
    void withoutAnOpeningWithinAYearNobodyIsAsked() {
        Build build = deploy("frozen");

        assertThat(build.awaitResult("FAILURE"))
                .contains("the windows of \"frozen\" do not open within a year (for ever)")
                .doesNotContain(DEPLOYED);
        assertThat(calls()).isEqualTo(callsBefore);
    }

    @Test
    void anOverrideThatRejectsEndsTheWait() {
        Build build = deploy("tomorrow").awaitWaiting(1);

        build.override(build.approval(), "reject", "not this one").expect(200);

        assertThat(build.awaitResult("FAILURE")).contains("not this one").doesNotContain(DEPLOYED);
        assertThat(build.environments()).containsEntry("tomorrow", "FAILED");
    }

    @Test
    void theBodyBeginsWhenAWindowOpens() {
        Build build = deploy("soon");

        assertThat(build.awaitResult("SUCCESS")).contains(DEPLOYED);
    }

    @Test
    void anAbortEndsWhatTheRulesAsk() {
        Build build = deploy("prod").awaitWaiting(1);
        Callback callback = PROCESS.awaitCallback();

        build.abort();

        assertThat(build.awaitResult("ABORTED")).doesNotContain(DEPLOYED);
        callback.succeed("too late").expect(410);
        assertThat(build.environments()).containsEntry("prod", "CANCELLED");
    }

    @Test
    void anAbortEndsWhatTheChecksAsk() {
        Build build = deploy("checked").awaitWaiting(1);
        Callback callback = CHECKS.awaitCallback();

        build.abort();

        build.awaitResult("ABORTED");
        callback.succeed("too late").expect(410);
    }

    @Test
    void whatDependsOnAClosedEnvironmentIsNotAskedFor() {
        Build build = jenkins.build("""
                parallel a: { armoryEnvironment(name: 'gate', dependsOn: []) { %s } },
                    b: { armoryEnvironment(name: 'prod', dependsOn: ['gate']) { echo 'it is ' + 'deployed' } }
                """.formatted("error 'broken'"));

        assertThat(build.awaitResult("FAILURE")).doesNotContain(DEPLOYED);
        assertThat(build.environments()).containsEntry("prod", "CANCELLED");
        assertThat(calls()).isEqualTo(callsBefore);
    }

    @Test
    void goesOnAfterADeathWhileWhatItWaitsForIsPendingAndOnceThatIsDecided() {
        try (ExternalProcess gate = new ExternalProcess()) {
            Build beside = deployBesideAGate(gate);
            Build asked = deploy("prod").awaitWaiting(1);
            Callback rule = PROCESS.awaitCallback();
            Build checked = deploy("checked").awaitWaiting(1);
            Callback check = CHECKS.awaitCallback();
            Build closed = deploy("tomorrow").awaitWaiting(1);
            JsonNode opening = closed.approval();
            assertThat(opening.get("opensAt").asText()).isNotEmpty();
            assertThat(opening.get("webhook").asText()).isEqualTo("window");
            assertThat(opening.get("deadline").asText()).matches(".{19}(\\.\\d{3})?Z");
            assertThat(closed.log())
                    .contains("The windows of 'tomorrow' are closed", "the next opening is")
                    .containsPattern("for the next opening, \\S{19}Z, until \\S{19}Z at most\\.");
            assertThat(beside.log() + asked.log() + closed.log()).doesNotContain(DEPLOYED);
            controller.kill();
            controller.start();

            for (Build build : List.of(beside, asked, checked, closed)) {
                build.awaitWaiting(1);
            }
            gate.awaitCallback().succeed("fine").expect(200);
            check.succeed("fine").expect(200);
            closed.override(opening, "approve", "hotfix").expect(200);
            rule.succeed("CHG-3").expect(200);
            controller.kill();
            controller.start();

            for (Build build : List.of(beside, asked, checked, closed)) { // a death may take the end of a log
                build.awaitEnd();
                assertThat(build.result() + ": " + build.log())
                        .startsWith("SUCCESS: ")
                        .contains(DEPLOYED);
            }
            assertThat(closed.log()).contains("hotfix");
            assertThat(checked.environments()).isEqualTo(Map.of("checked", "COMPLETE"));
            assertThat(calls()).as("each rule is asked once").isEqualTo(callsBefore + 3);
        }
    }

    /** As after the restart of a Jenkins whose predecessor still ends. */
    @Test
    void goesOnAfterAStartOnceTheApprovalsAreOpen() throws IOException {
        Build asked = deploy("prod").awaitWaiting(1);
        Callback rule = PROCESS.awaitCallback();
        Build checked = deploy("checked").awaitWaiting(1);
        Callback check = CHECKS.awaitCallback();
        controller.stop();
        try (FileChannel lock = FileChannel.open(
                        controller.home().resolve("armory-approvals/lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock held = lock.lock()) {
            assertThat(held.isValid()).isTrue();
            controller.start();
            asked.awaitLog("The webhook approvals are not available");
            checked.awaitLog("The webhook approvals are not available");
        }

        Wait.until("the approvals are open").until(() -> rule.rehearse().status() == 200);
        rule.succeed("").expect(200);
        check.succeed("").expect(200);
        assertThat(asked.awaitResult("SUCCESS")).contains(DEPLOYED);
        checked.awaitResult("SUCCESS");
        assertThat(checked.environments()).containsEntry("checked", "COMPLETE");
    }

    /** The ids of approvals are made with that key. */
    @Test
    void aKeyThatCannotBeReadClosesTheEnvironments() throws IOException {
        Path key = controller.home().resolve("secrets/io.jenkins.plugins.armory.ArmoryApprovals.callback");
        Path elsewhere = controller.home().resolve("key");
        controller.stop();
        Files.move(key, elsewhere);
        Files.createDirectory(key);
        controller.start();
        try {
            String next = "armoryEnvironment(name: 'next', dependsOn: ['%s']) { echo 'it is ' + 'deployed' }";
            Build ofThePipeline = jenkins.build("armoryEnvironment('dev') { try { " + PROCESS.approval()
                    + " } catch (Throwable x) { echo 'caught' } }\n" + next.formatted("dev"));
            Build ofTheSettings = jenkins.build("try { " + DEPLOY.formatted("prod")
                    + " } catch (Throwable x) { echo 'caught' }\n" + next.formatted("prod"));

            assertThat(ofThePipeline.awaitResult("FAILURE")).contains("caught").doesNotContain(DEPLOYED);
            assertThat(ofTheSettings.awaitResult("FAILURE")).contains("caught").doesNotContain(DEPLOYED);
        } finally {
            controller.stop();
            Files.delete(key);
            Files.move(elsewhere, key);
            controller.start();
        }
    }
}
