package io.jenkins.plugins.armory.acceptance;

import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.ATTACK;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.QUOTED_ATTACK;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.hasNoTrouble;
import static io.jenkins.plugins.armory.acceptance.driver.Screens.HEIGHT;
import static io.jenkins.plugins.armory.acceptance.driver.Screens.WIDE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Screens;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page of one build in a browser: its environments as a graph, and its approvals. */
@AcceptanceTest
@NeedsBrowser
class BuildTabTest {

    private static BrowserPage page(Browser browser, Jenkins jenkins, int width, Build build) {
        return browser.open(width, HEIGHT, jenkins.authorization())
                .goTo(build.tab())
                .await("document.querySelector('#armory-build > :not([hidden])')?.checkVisibility()");
    }

    private static String node(String name) {
        return "[...document.querySelectorAll('.armory-graph__node')].find((node) =>"
                + " node.querySelector('h3').textContent === '" + name + "')";
    }

    private static String card() {
        return "document.querySelector('.armory-build__approval')";
    }

    private static void awaitText(BrowserPage page, String element, String text) {
        page.await("(" + element + ")?.innerText.includes('" + text + "')");
    }

    /** Four environments, of which the third fails and takes the fourth along. */
    private static Build environments(Jenkins jenkins, ExternalProcess process) {
        return jenkins.build("""
                        parallel(
                          dev: { armoryEnvironment(name: 'dev') { echo 'deployed' } },
                          qa: { armoryEnvironment(name: 'qa', dependsOn: ['dev']) { echo 'deployed' } },
                          staging: { armoryEnvironment(name: 'staging', dependsOn: ['dev']) { %s } },
                          prod: { armoryEnvironment(name: 'prod', dependsOn: ['qa', 'staging']) { echo 'deployed' } })
                        """.formatted(process.approval("manualApproval: [message: 'Go to staging?']")))
                .awaitWaiting(1);
    }

    @Test
    void showsTheEnvironmentsAndWhyOneWasCancelled(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = environments(jenkins, process);
        BrowserPage page = page(browser, jenkins, WIDE, build);
        awaitText(page, node("qa"), "Complete");
        awaitText(page, node("staging"), "Awaiting approval");
        awaitText(page, node("prod"), "Waiting for dependencies");
        assertThat(page.evaluate(node("prod") + ".innerText").asText()).contains("after qa, staging");
        assertThat(page.evaluate("document.querySelectorAll('.armory-graph__edge').length")
                        .asInt())
                .isEqualTo(4);
        assertThat(page.evaluate(node("dev") + ".getBoundingClientRect().right < " + node("qa")
                                + ".getBoundingClientRect().left && " + node("qa") + ".getBoundingClientRect().right < "
                                + node("prod") + ".getBoundingClientRect().left")
                        .asBoolean())
                .as("what depends on another is behind it")
                .isTrue();
        page.evaluate("window.thisDocument = true");

        process.awaitCallback().fail("1 of 42 failed");

        awaitText(page, node("staging"), "Failed");
        awaitText(page, node("prod"), "cancelled because of staging");
        page.await("document.querySelectorAll('.armory-graph__edge--cancelled').length === 1");
        build.awaitResult("FAILURE");
        assertThat(page.evaluate("window.thisDocument").asBoolean()).isTrue();
        hasNoTrouble(page);
    }

    @Test
    void showsAllThatIsKnownOfAnApprovalAndDecides(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build(process.approval("environment: 'prod'", "manualApproval: 'Go?'"))
                .awaitWaiting(1);
        Callback callback = process.awaitCallback();
        callback.with("no such token").succeed("");
        BrowserPage page = page(browser, jenkins, WIDE, build);
        awaitText(page, card(), "Waiting");
        page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
        Screens.assertAccessible(page, "#armory-build");
        assertThat(page.evaluate(card() + ".innerText").asText())
                .contains(
                        "checks (prod)",
                        "Phase",
                        "strategy",
                        "Go?",
                        "Attempts: 1",
                        "202",
                        "Refused callbacks: 1",
                        "401",
                        "127.0.0.1");

        callback.succeed("**All** passed");
        awaitText(page, card(), "All passed");
        assertThat(page.evaluate("document.querySelectorAll('details[open]').length")
                        .asInt())
                .as("what was unfolded stays so")
                .isEqualTo(2);
        ApprovalsPage.decide(page, "[data-decide^=approve]", "fine");

        awaitText(page, card(), "Approved\\n\\nfine");
        build.awaitResult("SUCCESS");
        String user = build.approval().at("/manualApproval/user").asText();
        assertThat(page.evaluate(card() + ".innerText").asText())
                .contains("callback token and user " + user, user + ": Approved\n\nfine");
        assertThat(page.evaluate(card() + ".querySelector('strong').textContent")
                        .asText())
                .isEqualTo("All");
        hasNoTrouble(page);
    }

    @Test
    void theBuildsPageShowsItsApprovalsToo(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build(process.approval("environment: 'prod'")).awaitWaiting(1);
        BrowserPage page = browser.open(WIDE, HEIGHT, jenkins.authorization())
                .goTo(build.tab().replaceFirst("armory/$", ""));
        awaitText(page, card(), "Waiting");

        process.awaitCallback().succeed("**All** passed");

        awaitText(page, card(), "All passed");
        build.awaitResult("SUCCESS");
        page.goTo(build.tab().replaceFirst("armory/$", "")); // the embedded controller's page was loading itself anew
        awaitText(page, card(), "All passed");
        assertThat(page.evaluate("document.querySelector('#armory-summary').innerText")
                        .asText())
                .as("the number of those that are not shown, as there are none")
                .doesNotContain("1 of 1");
        Screens.assertAccessible(page, "#armory-summary");
        hasNoTrouble(page);
    }

    /** Whoever reads or tabs there can go on, whether this approval changes or another. */
    @Test
    void keepsTheFocusAndWhatIsUnfolded(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build("parallel a: { %s }, b: { %s }".formatted(process.approval(), process.approval()))
                .awaitWaiting(2);
        List<Callback> callbacks = List.of(process.awaitCallback(), process.awaitCallback());
        callbacks.forEach(callback -> report(callback, 10));
        BrowserPage page = page(browser, jenkins, WIDE, build);
        page.await("document.querySelectorAll('#armory-build details').length === 4");
        page.evaluate("document.querySelectorAll('#armory-build details').forEach((each) => { each.open = true; })");
        page.tabTo("[data-part^=attempts] > summary");

        for (Callback callback : callbacks) {
            report(callback, 20);
            awaitText(page, "document.getElementById('approval-" + callback.id() + "')", "20 %");
            assertThat(page.evaluate(
                                    "document.activeElement === document.querySelector('[data-part^=attempts] > summary')")
                            .asBoolean())
                    .isTrue();
            assertThat(page.evaluate("document.querySelectorAll('#armory-build details[open]').length")
                            .asInt())
                    .isEqualTo(4);
        }
        hasNoTrouble(page);
        build.abort();
    }

    private static void report(Callback callback, int percent) {
        String message = "all is well ".repeat(50);
        callback.send("/progress", "{\"percent\": " + percent + ", \"mdMessage\": \"" + message + "\"}")
                .expect(200);
    }

    @Test
    void showsTheDataOfAFailureAndWhoWasNotTold(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build(process.approval("notify: 'fixed-chat'"));
        process.awaitCallback()
                .send(
                        "{\"success\": false, \"mdMessage\": \"1 of 42 failed\", \"data\": {\"report\": \"<b>https://ci.example.com/7</b>\"}}");
        build.awaitResult("FAILURE");
        BrowserPage page = page(browser, jenkins, WIDE, build);

        awaitText(page, card(), "Not told: fixed-chat: http://host.invalid");
        page.evaluate("""
                (() => {
                  const send = window.fetch;
                  window.fetch = async (url, options) => {
                    if (!String(url).includes('/approvals/')) {
                      return send(url, options);
                    }
                    window.fetch = send;
                    throw new TypeError('no connection');
                  };
                })()
                """);
        page.tabTo("[data-part^=data] > summary");
        page.enter();
        awaitText(page, card(), "no connection");
        page.enter();
        page.enter();
        awaitText(page, card(), "\"report\": \"<b>https://ci.example.com/7</b>\"");
        Screens.assertAccessible(page, "#armory-build");
        BrowserPage all = ApprovalsPage.open(browser, jenkins, WIDE, HEIGHT, build.job());
        all.await(ApprovalsPage.rows("decided") + "[0]?.includes('Not told: fixed-chat: http://host.invalid')");
        hasNoTrouble(page);
        hasNoTrouble(all);
    }

    @Test
    void saysWhoIsStillNeededAndInTheEndWhoCountedForWhich(Jenkins jenkins, Browser browser) {
        Build build = jenkins.build("armoryWebhookApproval(manualApproval: [message: 'Go?', rules: [\n"
                        + "    'alice, dave', [submitters: 'ops, bob']]])")
                .awaitWaiting(1);
        BrowserPage page = page(browser, jenkins, WIDE, build);
        awaitText(page, card(), "Still needed: 1 more of alice, dave; 1 more of ops, bob");
        assertThat(page.evaluate(card() + ".innerText").asText())
                .contains("Needs 1 of alice, dave\n", "Time left")
                .doesNotContain(" d left", " min left");
        build.as("alice").decide(build.approval(), "approve", "looks *good*").expect(200);
        awaitText(page, card(), "Still needed: 1 more of dave, ops, bob");
        awaitText(page, card(), "looks good");
        build.as("bob").decide(build.approval(), "approve", "").expect(200);

        build.awaitResult("SUCCESS");
        awaitText(page, card(), "Succeeded");
        assertThat(page.evaluate(card() + ".innerText").asText())
                .contains("Needs 1 of alice, dave; approved by alice", "Needs 1 of ops, bob; approved by bob")
                .doesNotContain("Still needed");
        hasNoTrouble(page);
    }

    /** Many approvals are a table, in which each can be found and decided. */
    @Test
    void manyApprovalsAreATable(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build(
                        "armoryWebhookApprovals((0..<130).collect { [manualApproval: [message: \"Release to r${it}?\".toString()]] })")
                .awaitWaiting(130);
        String rows = "[...document.querySelectorAll('#armory-build tbody tr')]";
        for (int width : Screens.WIDTHS) {
            BrowserPage some = page(browser, jenkins, width, build);
            search(some, "approvals[12");
            some.await(rows + ".length === 11"); // with a hundred, axe-core takes ten times as long
            Screens.assertAccessible(some, "#armory-build");
        }
        browser.open(WIDE, HEIGHT, jenkins.authorization())
                .goTo(build.tab().replaceFirst("armory/$", ""))
                .await(
                        "[...document.querySelectorAll('#armory-summary a')].some((each) => each.innerText === '10 of 130'"
                                + " && each.href === '" + build.tab() + "')");
        String id = jenkins.get(build.path() + "armory/api/json?q=approvals%5B129%5D")
                .json()
                .at("/approvals/0/id")
                .asText();
        BrowserPage page = browser.open(WIDE, HEIGHT, jenkins.authorization())
                .goTo(build.tab() + "#approval-" + id)
                .await("document.activeElement.id === 'approval-" + id + "'");
        assertThat(page.evaluate(rows + ".length").asInt()).isEqualTo(1);
        assertThat(page.evaluate(card() + ".innerText").asText())
                .contains("130 approvals", "Waiting: 130", "approvals[129]", "Release to r129?", "1 to 1 of 1");

        search(page, "");
        page.await(rows + ".length === 100");
        page.evaluate(rows + "; [...document.querySelectorAll('#armory-build button')].at(-1).click()");
        page.await(rows + ".length === 30");
        search(page, "r17? nowhere");
        page.await(rows + ".length === 0");
        search(page, "approvals[17]");
        page.await(rows + ".length === 1");
        ApprovalsPage.decide(page, "[data-decide^=reject]", "not there");

        awaitText(page, rows + "[0]", "Rejected");
        awaitText(page, card(), "Another approval failed: 129");
        build.awaitResult("FAILURE");
        hasNoTrouble(page);
    }

    private static void search(BrowserPage page, String words) {
        page.evaluate("(() => { const box = document.querySelector('#armory-build input[type=search]'); box.value = '"
                + words + "'; box.dispatchEvent(new Event('input')); box.focus(); })()");
    }

    @Test
    void isForEverybodyAtEveryWidth(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = environments(jenkins, process);
        process.awaitCallback().with("no such token").succeed("");
        for (int width : Screens.WIDTHS) {
            BrowserPage page = page(browser, jenkins, width, build);
            awaitText(page, node("qa"), "Complete");
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
            Screens.assertAccessible(page, "#armory-build");
            if (width == WIDE) {
                assertThat(page.evaluate("[...document.querySelectorAll('.armory-approvals__sideways')]"
                                        + ".filter((each) => each.scrollWidth > each.clientWidth).length")
                                .asInt())
                        .as("tables that have to be, though there is room")
                        .isZero();
            }
        }
        build.abort();
    }

    @Test
    void runsNothingThatComesFromOutside(Jenkins jenkins, ExternalProcess process, Browser browser) {
        String approval = process.approval(
                        "context: [key: '" + QUOTED_ATTACK + "']", "manualApproval: [message: '" + QUOTED_ATTACK + "']")
                .replace("name: 'checks'", "name: '" + QUOTED_ATTACK + "'");
        Build build = jenkins.build("armoryEnvironment(name: '" + QUOTED_ATTACK + "') { " + approval + " }")
                .awaitWaiting(1);
        Callback callback = process.awaitCallback();
        callback.send(
                        "/progress",
                        new ObjectMapper()
                                .createObjectNode()
                                .put("percent", 40)
                                .put("mdMessage", ATTACK)
                                .toString())
                .expect(200);
        BrowserPage page = page(browser, jenkins, WIDE, build);
        page.await("document.querySelector('.armory-graph__node')?.innerText.includes('onerror')");
        callback.fail(ATTACK + " [a](javascript:window.attacked=4)");
        build.awaitResult("FAILURE");
        awaitText(page, card(), "Failed");

        assertThat(page.evaluate(card() + ".innerText").asText()).contains(ATTACK);
        assertThat(page.evaluate("document.querySelectorAll('#armory-build :is(img, script, iframe, object, style,"
                                + " [onerror], [onload], a[href^=\"javascript:\" i])').length")
                        .asInt())
                .isZero();
        hasNoTrouble(page);
    }
}
