package io.jenkins.plugins.armory.acceptance;

import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.DIALOG;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.SEND;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.hasNoTrouble;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.RealJenkins;
import io.jenkins.plugins.armory.acceptance.driver.Screens;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The pages for users who may do different things, with passwords, and so with crumbs, as people in browsers have them.
 */
@NeedsRealJenkins
@NeedsBrowser
class UsersPageTest {

    private static RealJenkins controller;
    private static Jenkins jenkins;
    /** One for each user: pages of one browser share their session, and with it whose crumb is valid. */
    private static final Map<String, Browser> BROWSERS = new HashMap<>();

    private static ExternalProcess process;

    @BeforeAll
    static void start() {
        controller = RealJenkins.create(Settings.CASC);
        controller.start();
        controller.restrictUsers();
        jenkins = new Jenkins(controller);
        process = new ExternalProcess();
    }

    @AfterAll
    static void stop() throws Exception {
        BROWSERS.values().forEach(Browser::close);
        for (AutoCloseable each : new AutoCloseable[] {process, controller}) {
            if (each != null) {
                each.close();
            }
        }
    }

    private static Build startBuild() {
        return jenkins.build(process.approval("environment: 'prod'", "manualApproval: [message: 'Go?']"))
                .awaitWaiting(1);
    }

    /**
     * The pages that a build's approval can be decided on: the one of all approvals, the build's own for them, and the
     * build's.
     */
    private static List<String> pages(Build build) {
        return List.of(controller.url() + "armory/", build.tab(), build.tab().replaceFirst("armory/$", ""));
    }

    private static BrowserPage open(String user, String url) {
        return BROWSERS.computeIfAbsent(user, name -> new Browser())
                .open(1280, 900, Optional.of(RealJenkins.passwordAuthorizationOf(user)))
                .goTo(url)
                .await("document.body.innerText.includes('Go?')");
    }

    private static String button(String decision, Build build) {
        return "[data-decide='" + decision + " " + build.approval().get("id").asText() + "']";
    }

    private static JsonNode person(Build build) {
        return build.approval().get("manualApproval");
    }

    @Test
    void whoMayNotDecideIsNotAskedAndRefused() {
        Build build = startBuild();
        String id = build.approval().get("id").asText();
        for (String url : pages(build)) {
            BrowserPage page = open("carol", url);
            assertThat(page.evaluate("document.querySelectorAll('[data-decide]').length")
                            .asInt())
                    .isZero();
            JsonNode answer = page.evaluate("""
                    fetch('%sarmory/approvals/%s/approve', {
                      method: 'POST',
                      headers: { [document.head.dataset.crumbHeader]: document.head.dataset.crumbValue },
                    }).then((response) => response.json())
                    """.formatted(controller.url(), id));
            assertThat(answer.get("error").asText()).isEqualTo("forbidden");
            assertThat(answer.get("message").asText()).contains("Armory/Approve");
            hasNoTrouble(page);
        }
        assertThat(person(build).has("user")).isFalse();
        build.abort();
    }

    /** Sends the dialog of a button. */
    private static void decide(BrowserPage page, String decision, Build build) {
        page.await("document.querySelector(\"" + button(decision, build) + "\")");
        page.click(button(decision, build), 1);
        page.await("document.querySelector('" + DIALOG + "')?.open");
        page.click(SEND, 1);
        page.await("!document.querySelector('" + DIALOG + "')");
        hasNoTrouble(page);
    }

    private static void awaitText(BrowserPage page, String text) {
        page.await("document.body.innerText.includes('" + text + "')");
    }

    @Test
    void peopleFillInParametersOnEachPage() {
        for (int i = 0; i < 3; i++) {
            Build build = jenkins.build("""
                            def r = armoryWebhookApproval(environment: 'prod', manualApproval: [message: 'Go?', required: 2, parameters: [
                                choice(name: 'region', choices: ['eu', 'us'], description: 'Where to'),
                                string(name: 'ticket', defaultValue: ''),
                                booleanParam(name: 'dry', defaultValue: true)]])
                            echo "to ${r.inputs.region}, ${r.inputs.ticket}, ${r.inputs.dry}"
                            """).awaitWaiting(1);
            BrowserPage alice = open("alice", pages(build).get(i));
            alice.click(button("approve", build), 1);
            alice.await("document.querySelector('" + DIALOG + " select')");
            Screens.assertAccessible(alice, DIALOG);
            alice.evaluate("document.querySelector('" + DIALOG + " select').value = 'us'");
            alice.evaluate("document.querySelector('" + DIALOG + " [type=checkbox]').click()");
            alice.evaluate("document.querySelector('" + DIALOG + " [type=text]').focus()");
            alice.type("CHG-1 <b>");
            alice.click(SEND, 1);
            alice.await("!document.querySelector('" + DIALOG + "')");
            awaitText(alice, "region: us");
            BrowserPage bob = open("bob", pages(build).get((i + 1) % 3));
            awaitText(bob, "ticket: CHG-1 <b>");
            decide(bob, "approve", build);

            assertThat(build.awaitResult("SUCCESS")).contains("to us, CHG-1 <b>, false");
            hasNoTrouble(alice);
        }
    }

    @Test
    void withoutAValidCrumbNothingIsDecided() {
        Build build = startBuild();
        BrowserPage page = open("alice", controller.url() + "armory/");
        page.click(button("approve", build), 1);
        page.await("document.querySelector('" + DIALOG + "')?.open");
        page.evaluate("document.head.dataset.crumbValue = 'no such crumb'");
        page.click(SEND, 1);

        page.await("document.querySelector('" + DIALOG + " [role=alert]:not([hidden])')");
        assertThat(page.evaluate("document.querySelector('" + DIALOG + " [role=alert]').innerText")
                        .asText())
                .startsWith("Nothing was decided: ")
                .contains("crumb");
        assertThat(person(build).has("user")).isFalse();
        build.abort();
    }
}
