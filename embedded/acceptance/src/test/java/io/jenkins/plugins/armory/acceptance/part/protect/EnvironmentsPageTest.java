package io.jenkins.plugins.armory.acceptance.part.protect;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.AcceptanceExtension;
import io.jenkins.plugins.armory.acceptance.ApprovalsPage;
import io.jenkins.plugins.armory.acceptance.NeedsBrowser;
import io.jenkins.plugins.armory.acceptance.OpenApiTest;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Screens;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What people see of the environments of the settings: their page, its data, and the history. */
@NeedsBrowser
@ExtendWith(AcceptanceExtension.class)
class EnvironmentsPageTest {

    private static final String PATH = "/environments/api/json";
    private static final String DEPLOY = "armoryEnvironment('%s') { echo 'deployed' }";

    private static Controller controller;
    private static Jenkins jenkins;

    @BeforeAll
    static void start() throws IOException {
        OpenApiTest.read();
        controller = Controller.create("""
                unclassified:
                  armory:
                    allowedHosts: ["127.0.0.1"]
                  armoryEnvironments:
                    environments:
                      - name: prod
                        jobs: "job-*"
                        before:
                          - manualApproval: {message: "Release <b>it</b>?", submitters: [alice], required: 1}
                        credentials: [prod-token]
                        agents: [prod-deployer]
                      - name: frozen
                        jobs: "job-*"
                        windows:
                          - {deny: "2020-01-01/2020-01-02", zone: UTC}
                          - {allow: "2099-01-01/2099-01-02", zone: UTC}
                      - name: tomorrow
                        jobs: "job-*"
                        windows:
                          - {allow: "FREQ=DAILY;BYHOUR=3", lasts: PT1M, zone: UTC, reason: "at night"}
                """);
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterAll
    static void stop() {
        controller.close();
    }

    private static Answer answer(String known) {
        HttpRequest.Builder request = Http.request(controller.url() + "armory" + PATH);
        controller.authorization().ifPresent(value -> request.header("Authorization", value));
        if (known != null) {
            request.header("If-None-Match", known);
        }
        return Http.send(request);
    }

    private static JsonNode environment(String name) {
        for (JsonNode each :
                OpenApiTest.check(PATH, "get", 200, answer(null)).json().get("environments")) {
            if (each.get("name").asText().equals(name)) {
                return each;
            }
        }
        throw new AssertionError("There is no environment " + name);
    }

    private static JsonNode awaitDeployment(Build build) {
        return Wait.until("the deployment of " + build + " is listed")
                .until(
                        () -> environment("prod").get("deployments").path(0),
                        last -> build.path().equals(last.path("buildUrl").asText()));
    }

    @Test
    void hasWhoDeploysAndTheLastDeploymentsAlsoAfterADeath() {
        Build build = jenkins.build(DEPLOY.formatted("prod")).awaitWaiting(1);
        assertThat(environment("prod").get("underWay"))
                .extracting(each -> each.get("state").asText())
                .contains("AWAITING_RULES");
        assertThat(build.deployment().at("/buildInfo/replay").asBoolean()).isFalse();

        build.as("alice").decide(build.approval(), "approve", "").expect(200);
        build.awaitResult("SUCCESS");

        JsonNode last = awaitDeployment(build);
        assertThat(last.get("state").asText()).isEqualTo("COMPLETE");
        assertThat(last.get("decidedBy"))
                .extracting(JsonNode::asText)
                .anySatisfy(name -> assertThat(name).contains("alice"));
        Wait.until("the history has " + build)
                .until(() -> jenkins.history()
                        .body()
                        .lines()
                        .anyMatch(line -> line.contains("\"kind\":\"deployment\"")
                                && line.contains("\"job\":\"" + build.job().name() + "\"")));
        controller.kill();
        controller.start();
        assertThat(awaitDeployment(build)).isEqualTo(last);
        assertThat(jenkins.history().body().lines())
                .filteredOn(line -> line.contains("\"kind\":\"deployment\"")
                        && line.contains("\"job\":\"" + build.job().name() + "\""))
                .singleElement()
                .asString()
                .contains("\"state\":\"COMPLETE\"", "alice");
    }

    @Test
    void needsNoSlash() {
        assertThat(jenkins.get("armory/environments").body()).contains("Environments<", "armory/environments/api/json");
    }

    /** They come before the Pipeline's own, of which there may be more than the page has room for. */
    @Test
    void namesWhoMetTheRulesFirst() {
        Build build = jenkins.build(
                        "armoryWebhookApproval(environment: 'prod', manualApproval: [message: 'Is it tested?'])\n"
                                + DEPLOY.formatted("prod"))
                .awaitWaiting(1);
        build.as("bob").decide(build.approval(), "approve", "").expect(200);
        JsonNode rule = build.awaitWaiting(1).approvals("WAITING").get(0);
        build.as("alice").decide(rule, "approve", "").expect(200);
        build.awaitResult("SUCCESS");

        JsonNode decidedBy = awaitDeployment(build).get("decidedBy");
        assertThat(decidedBy.path(0).asText()).contains("alice");
        assertThat(decidedBy.path(1).asText()).contains("bob");
    }

    @Test
    void hasWindowsAndTheRulesForAdministrators() {
        JsonNode frozen = environment("frozen");
        assertThat(frozen.get("open").asBoolean()).isFalse();
        assertThat(frozen.get("whyClosed").asText()).isEqualTo("no window is open");
        assertThat(frozen.has("nextOpening")).isFalse();
        JsonNode prod = environment("prod");
        assertThat(prod.get("open").asBoolean()).isTrue();
        assertThat(prod.has("nextClosing")).isFalse();
        assertThat(prod.at("/rules/before/0/people").asText()).isEqualTo("alice");
        assertThat(prod.at("/rules/credentials/0").asText()).isEqualTo("prod-token");
        JsonNode nights = environment("tomorrow");
        assertThat(nights.has("nextOpening")).isNotEqualTo(nights.has("nextClosing"));
    }

    @Test
    @NeedsBrowser
    void showsAllOfItAtEveryWidthAndRunsNothingFromOutside(Browser browser) {
        Build ended = jenkins.build(DEPLOY.formatted("prod")).awaitWaiting(1);
        ended.as("alice").decide(ended.approval(), "approve", "").expect(200);
        ended.awaitResult("SUCCESS");
        awaitDeployment(ended);
        Build build = jenkins.build(DEPLOY.formatted("prod")).awaitWaiting(1);
        try {
            for (int width : Screens.WIDTHS) {
                BrowserPage page = browser.open(width, Screens.HEIGHT, jenkins.authorization())
                        .goTo(controller.url() + "armory/environments/")
                        .await("document.querySelectorAll('#armory-environments section').length === 3")
                        .await("document.body.innerText.includes('Waiting to deploy')")
                        .await("document.body.innerText.includes('Release <b>it</b>? – alice')");
                page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
                assertThat(page.evaluate("[...document.querySelectorAll('.armory-approvals__sideways')]"
                                        + ".every((each) => each.scrollWidth <= each.clientWidth)")
                                .asBoolean())
                        .as("the table of the last deployments fits at " + width)
                        .isTrue();
                assertThat(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
                                .asBoolean())
                        .isTrue();
                ApprovalsPage.hasNoTrouble(page);
            }
        } finally {
            build.abort();
        }
        build.awaitResult("ABORTED");
    }

    @Test
    @NeedsBrowser
    void theBuildsPageSaysWhoseRuleItIsAndWhenTheWindowOpens(Browser browser) {
        assertShows(browser, "prod", "Release <b>it</b>? (prod)", "Rule of the environment prod\n", "Time left");
        assertShows(browser, "tomorrow", "window (tomorrow)", "Rule of the environment tomorrow\n", "Opens next: ");
    }

    /** Looks at the page of a build that waits for a rule, and stops it. */
    private static void assertShows(Browser browser, String environment, String... texts) {
        Build build = jenkins.build(DEPLOY.formatted(environment)).awaitWaiting(1);
        try {
            BrowserPage page = browser.open(Screens.WIDE, Screens.HEIGHT, jenkins.authorization())
                    .goTo(build.tab())
                    .await("document.querySelector('#armory-build section h2') !== null")
                    .await("document.body.innerText.includes('Waiting to deploy')")
                    .await("document.body.innerText.includes('" + texts[1].strip() + "')");
            assertThat(page.evaluate("document.body.innerText").asText())
                    .contains(texts)
                    .doesNotContain("before[0]", "windows of", " d left", " min left");
            ApprovalsPage.hasNoTrouble(page);
        } finally {
            build.abort();
        }
        build.awaitResult("ABORTED");
    }
}
