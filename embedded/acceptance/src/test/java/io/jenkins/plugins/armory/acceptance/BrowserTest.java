package io.jenkins.plugins.armory.acceptance;

import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.ATTACK;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.DIALOG;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.QUOTED_ATTACK;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.awaitRows;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.hasNoTrouble;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.rows;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.search;
import static io.jenkins.plugins.armory.acceptance.driver.Screens.HEIGHT;
import static io.jenkins.plugins.armory.acceptance.driver.Screens.WIDE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Screens;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The page of all approvals in a browser. */
@AcceptanceTest
@NeedsBrowser
class BrowserTest {

    private static BrowserPage page(Browser browser, Jenkins jenkins, int width, Job job) {
        return ApprovalsPage.open(browser, jenkins, width, HEIGHT, job);
    }

    @Test
    void showsWhatWaitsAndThenWhatWasDecidedWithoutAReload(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Job job = jenkins.createJob(process.approval("environment: 'staging'"));
        Build build = job.build();
        Callback callback = process.awaitCallback();
        build.awaitWaiting(1);
        BrowserPage page = page(browser, jenkins, WIDE, job);
        awaitRows(page, 1, 0);
        page.evaluate("window.thisDocument = true");
        assertThat(page.evaluate(rows("waiting") + "[0]").asText())
                .contains("Waiting", job.name() + " #1", "staging", "checks", "answered 202")
                .containsPattern("1 d|23 h");
        assertThat(page.evaluate("document.querySelector('#armory-approvals progress').position")
                        .asDouble())
                .isGreaterThan(0.9);

        callback.with("no such token").succeed("refused");
        page.await(rows("waiting") + "[0]?.includes('Refused callbacks: 1')");
        callback.succeed("**All** passed, see [the report](https://ci.example.com/7).");

        awaitRows(page, 0, 1);
        assertThat(page.evaluate(rows("decided") + "[0]").asText())
                .contains("Succeeded", job.name() + " #1", "All passed, see the report.", "callback token");
        assertThat(page.evaluate("document.querySelector('#armory-approvals td strong').textContent")
                        .asText())
                .isEqualTo("All");
        assertThat(page.evaluate(
                                "document.querySelector('#armory-approvals td.armory-approvals__cell--message a').href")
                        .asText())
                .isEqualTo("https://ci.example.com/7");
        assertThat(page.evaluate("document.querySelector('#armory-approvals td.armory-approvals__cell--build a').href")
                        .asText())
                .isEqualTo(jenkins.controller().url() + "job/" + job.name() + "/1/");
        assertThat(page.evaluate("window.thisDocument").asBoolean()).isTrue();
        assertThat(page.troubles()).isEmpty();
    }

    @Test
    void firstRowsAreThereAtOnceAndTheRestWhenAskedFor(Jenkins jenkins, Browser browser) {
        Job job = jenkins.createJob(
                "armoryWebhookApprovals((0..<70).collect { [manualApproval: [message: \"Release to r${it}?\".toString()]] })");
        List<Build> builds = List.of(job.build().awaitWaiting(70), job.build().awaitWaiting(70));
        BrowserPage page = page(browser, jenkins, WIDE, job);
        awaitRows(page, 100, 0);

        page.evaluate("document.querySelector('#armory-approvals section > button:not([hidden])').click()");

        awaitRows(page, 140, 0);
        assertThat(page.troubles()).isEmpty();
        builds.forEach(Build::abort);
        awaitRows(page, 0, 20);
    }

    @Test
    void findsByWordsStateJobAndEnvironment(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Job job = jenkins.createJob("parallel a: { %s }, b: { %s }"
                .formatted(
                        process.approval("environment: 'env-of-one'"),
                        process.approval("environment: 'env-of-other'")));
        Build build = job.build().awaitWaiting(2);
        BrowserPage page = page(browser, jenkins, WIDE, job);
        awaitRows(page, 2, 0);

        search(page, job.name() + " env-of-OTHER");
        awaitRows(page, 1, 0);
        choose(page, "environment", "env-of-one");
        awaitRows(page, 0, 0);
        search(page, " ");
        awaitRows(page, 1, 0);
        choose(page, "environment", "");
        choose(page, "job", job.name());
        awaitRows(page, 2, 0);
        choose(page, "state", "WAITING");
        awaitRows(page, 2, 0);
        process.awaitCallback().succeed("");
        awaitRows(page, 1, 0);
        choose(page, "state", "SUCCESS");
        awaitRows(page, 0, 1);
        process.awaitCallback().succeed("");
        awaitRows(page, 0, 2);
        build.awaitResult("SUCCESS");
    }

    @Test
    void aFailureStandsThereOnceAndAnEntryOfAListSaysWhichItIs(
            Jenkins jenkins, ExternalProcess process, Browser browser) {
        process.onCall(call -> Reply.of(401));
        Job job = jenkins.createJob("""
                armoryWebhookApprovals(name: 'checks', uriTemplate: '%s', approvals: [[context: [region: 'eu']]])
                """.formatted(process.url()));
        job.build().awaitResult("FAILURE");

        BrowserPage page = page(browser, jenkins, WIDE, job);
        awaitRows(page, 0, 1);
        assertThat(page.evaluate(rows("decided") + "[0]").asText())
                .contains("(approvals[0])\nchecks\n", "no. 1: failed")
                .containsOnlyOnce("answered 401");
        search(page, job.name() + " approvals[0]");
        awaitRows(page, 0, 1);
        assertThat(page.troubles()).isEmpty();
    }

    @Test
    void questionsAreToldApart(Jenkins jenkins, Browser browser) {
        Job job = jenkins.createJob("""
                parallel a: { armoryWebhookApproval(manualApproval: [message: 'Is it announced?\\nTo whom?']) },
                         b: { armoryWebhookApproval(manualApproval: [message: 'Is it tested?']) },
                         c: { armoryWebhookApproval(manualApproval: [:]) }
                """);
        Build build = job.build().awaitWaiting(3);

        BrowserPage page = page(browser, jenkins, WIDE, job);
        awaitRows(page, 3, 0);
        String rows = page.evaluate(rows("waiting") + ".join()").asText();
        assertThat(rows).contains("manual approval").containsOnlyOnce("Is it tested?");
        assertThat(rows.split("Is it announced\\?"))
                .as("the name, and all of the question")
                .hasSize(3);
        BrowserPage tab = browser.open(WIDE, HEIGHT, jenkins.authorization())
                .goTo(build.tab())
                .await("document.querySelectorAll('.armory-build__heading').length === 3");
        assertThat(tab.evaluate(
                                "[...document.querySelectorAll('.armory-build__heading')].map((each) => each.innerText)")
                        .toString())
                .contains("Is it announced?", "Is it tested?", "manual approval");
        build.abort();
        assertThat(build.awaitResult("ABORTED")).contains("Manual approval 'Is it tested?' was stopped");
    }

    /** As after an upgrade of the plugin, while the page has the old scripts. */
    @Test
    void saysAsLongAsItIsTrueThatItCannotShowAnAnswer(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Job job = jenkins.createJob(process.approval());
        Build build = job.build().awaitWaiting(1);
        BrowserPage page = page(browser, jenkins, WIDE, job);
        page.evaluate("""
                (() => {
                  window.asked = 0;
                  window.fetch = async (url, { headers }) => {
                    window.asked++;
                    return headers['If-None-Match'] === '"odd"'
                      ? new Response(null, { status: 304 })
                      : new Response(JSON.stringify({ now: new Date().toISOString(), approvals: null }),
                          { headers: { ETag: '"odd"' } });
                  };
                })()
                """);
        page.await("window.asked >= 3");
        assertThat(page.evaluate("document.querySelector('.armory-approvals__trouble').checkVisibility()")
                        .asBoolean())
                .isTrue();
        build.abort();
    }

    /** As when a network is gone without a word: nothing says so, and no answer ever comes. */
    @Test
    void saysThatJenkinsDoesNotAnswer(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Job job = jenkins.createJob(process.approval());
        Build build = job.build().awaitWaiting(1);
        BrowserPage page = page(browser, jenkins, WIDE, job);
        page.evaluate("""
                (() => {
                  const timeout = AbortSignal.timeout;
                  AbortSignal.timeout = () => timeout.call(AbortSignal, 100);
                  window.fetch = (url, { signal }) => new Promise((answer, fail) =>
                    signal?.addEventListener('abort', () => fail(signal.reason)));
                })()
                """);
        page.await("document.querySelector('.armory-approvals__trouble').checkVisibility()");
        build.abort();
    }

    private static void choose(BrowserPage page, String filter, String value) {
        page.evaluate("""
                (() => {
                  const box = document.getElementById('armory-approvals-filter-%1$s');
                  box.value = '%2$s';
                  box.dispatchEvent(new Event('change'));
                })()
                """.formatted(filter, value));
    }

    @Test
    void runsNothingThatComesFromOutside(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Job job = jenkins.createJob(process.approval(
                        "environment: '" + QUOTED_ATTACK + "'",
                        "context: [key: '" + QUOTED_ATTACK + "']",
                        "manualApproval: [message: '" + QUOTED_ATTACK + "']")
                .replace("name: 'checks'", "name: '" + QUOTED_ATTACK + "'"));
        Build build = job.build();
        Callback callback = process.awaitCallback();
        build.awaitWaiting(1);
        BrowserPage page = page(browser, jenkins, WIDE, job);
        awaitRows(page, 1, 0);
        assertThat(page.evaluate(rows("waiting") + "[0]").asText()).contains(ATTACK);
        page.click("[data-decide^=reject]", 1);
        page.await("document.querySelector('" + DIALOG + "')?.innerText.includes('onerror')");
        page.escape();

        callback.fail(ATTACK + "\n\n[a](javascript:window.attacked=4) [b](https://a/\"onmouseover=window.attacked=5)"
                + " ![c](x\"onerror=\"window.attacked=6) <javascript:window.attacked=7>\n\n" + ATTACK);

        awaitRows(page, 0, 1);
        assertThat(page.evaluate(rows("decided") + "[0]").asText()).contains(ATTACK);
        page.evaluate("document.querySelectorAll('#armory-approvals td *').forEach((each) =>"
                + " each.dispatchEvent(new MouseEvent('mouseover', { bubbles: true })))");
        assertThat(page.evaluate("document.querySelectorAll('#armory-approvals :is(img, script, iframe, object, style,"
                                + " [onerror], [onload], [onmouseover], [style], a[href^=\"javascript:\" i])').length")
                        .asInt())
                .isZero();
        hasNoTrouble(page);
    }

    @Test
    void isForKeyboardsAndScreenReaders(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Job job = jenkins.createJob("parallel a: { %s }, b: { %s }".formatted(process.approval(), process.approval()));
        job.build().awaitWaiting(2);
        process.awaitCallback().succeed("- *fine*\n\n" + "word ".repeat(100));
        for (int width : Screens.WIDTHS) {
            BrowserPage page = page(browser, jenkins, width, job);
            awaitRows(page, 1, 1);
            Screens.assertAccessible(page, "#armory-approvals");
            assertThat(page.evaluate("[...document.querySelectorAll('#armory-approvals [hidden]')]"
                                    + ".filter((each) => each.checkVisibility()).length")
                            .asInt())
                    .as("what is hidden and can be seen")
                    .isZero();
            assertThat(
                            page.evaluate(
                                    "[...document.querySelectorAll('#armory-approvals tbody td')]"
                                            + ".filter((cell) => cell.scrollHeight > cell.clientHeight + 1).map((cell) => cell.outerHTML)"))
                    .as("cells at %s px that are lower than what is in them", width)
                    .isEmpty();
            List<String> reached = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                reached.add(page.evaluate("document.activeElement.id || document.activeElement.type"
                                + " || document.activeElement.textContent || document.activeElement.tagName")
                        .asText());
                page.tab();
            }
            assertThat(reached)
                    .startsWith(
                            "search",
                            "armory-approvals-filter-state",
                            "armory-approvals-filter-job",
                            "armory-approvals-filter-environment",
                            job.name() + " #1");
        }
        process.awaitCallback().succeed("");
    }
}
