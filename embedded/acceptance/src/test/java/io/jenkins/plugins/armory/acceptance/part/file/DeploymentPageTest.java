package io.jenkins.plugins.armory.acceptance.part.file;

import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.hasNoTrouble;
import static io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles.pause;
import static io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles.run;
import static io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles.weight;
import static io.jenkins.plugins.armory.acceptance.driver.Screens.HEIGHT;
import static io.jenkins.plugins.armory.acceptance.driver.Screens.WIDE;
import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.AcceptanceTest;
import io.jenkins.plugins.armory.acceptance.ApprovalsPage;
import io.jenkins.plugins.armory.acceptance.NeedsBrowser;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Screens;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The page of a build that runs a deployment file: a tile for each target. */
@AcceptanceTest
@NeedsBrowser
class DeploymentPageTest {

    /** Stops all requests of the page's scripts. */
    private static final String NO_REQUESTS = "window.fetch = () => new Promise(() => {});";

    /** Notes the status of each answer to a script. */
    private static final String STATUSES = """
            window.statuses = [];
            const send = window.fetch;
            window.fetch = async (...request) => {
              const response = await send(...request);
              window.statuses.push(response.status);
              return response;
            };
            """;

    private static BrowserPage open(Browser browser, Jenkins jenkins, int width) {
        return browser.open(width, HEIGHT, jenkins.controller().authorization());
    }

    private static BrowserPage page(Browser browser, Jenkins jenkins, Build build) {
        return open(browser, jenkins, WIDE).goTo(build.tab()).await("document.querySelector('.armory-tile')");
    }

    /** An expression: the tile of a target. */
    private static String tile(String name) {
        return "[...document.querySelectorAll('.armory-tile')].find((tile) => tile.querySelector('h3').textContent === '"
                + name + "')";
    }

    /** An expression: a step of a target. */
    private static String step(String target, String label) {
        return "[...(" + tile(target) + "?.querySelectorAll('.armory-step') ?? [])].find((step) =>"
                + " step.querySelector('.armory-step__label').textContent === '" + label + "')";
    }

    private static void awaitText(BrowserPage page, String element, String text) {
        page.await("(" + element + ")?.innerText.includes(" + quoted(text) + ")");
    }

    /** Shows the steps of all parts, also of those in which nothing runs or has failed. */
    private static void unfold(BrowserPage page) {
        page.evaluate("document.querySelectorAll('.armory-tile > details').forEach((each) => { each.open = true; })");
    }

    private static String text(BrowserPage page, String element) {
        return page.evaluate("(" + element + ").innerText").asText();
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "\\'") + "'";
    }

    /** The next calls by the names of their webhooks. */
    private static Map<String, Callback> awaitCalls(ExternalProcess process, int number) {
        Map<String, Callback> callbacks = new HashMap<>();
        for (int i = 0; i < number; i++) {
            Call call = process.awaitCall();
            callbacks.put(call.path().replaceFirst(".*/", ""), call.callback());
        }
        return callbacks;
    }

    private static DeploymentFiles stagingAndProd(ExternalProcess process) {
        return DeploymentFiles.of(process)
                .target(
                        "staging",
                        "beforeDeployment: [%s, %s], afterDeployment: [%s]"
                                .formatted(run("approval"), run("freeze"), run("tests")))
                .target("prod", "dependsOn: [staging], beforeDeployment: [%s]".formatted(run("gate")))
                .steps(weight(25), run("health"), pause(3600), weight(100))
                .webhook("approval", "freeze", "tests", "gate", "health");
    }

    @Test
    void showsWhereATargetStands(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build(stagingAndProd(process).pipeline()).awaitWaiting(2);
        Map<String, Callback> before = awaitCalls(process, 2);
        BrowserPage page = page(browser, jenkins, build);
        page.evaluate("window.thisDocument = true");
        awaitText(page, tile("staging"), "0 of 2 conditions met before deployment");
        assertThat(text(page, tile("staging")))
                .contains("Awaiting approval", "0 of 5 steps done", "0 of 1 conditions met after deployment")
                .doesNotContain("To come");
        assertThat(text(page, tile("prod"))).contains("Waiting for dependencies", "after staging");
        unfold(page);

        before.get("freeze").succeed("no freeze");
        awaitText(page, tile("staging"), "1 of 2 conditions met before deployment");
        assertThat(text(page, step("staging", "webhook freeze"))).contains("Succeeded");
        assertThat(page.evaluate(step("staging", "webhook approval") + ".getAttribute('aria-current')")
                        .asText())
                .isEqualTo("step");
        assertThat(text(page, step("staging", "deploy"))).contains("To come");

        before.get("approval").succeed("");
        Callback health = awaitCalls(process, 1).get("health");
        awaitText(page, step("staging", "webhook health"), "Waiting");
        assertThat(text(page, step("staging", "set weight 25"))).contains("Done");
        assertThat(text(page, step("staging", "set weight 100"))).contains("To come");
        assertThat(text(page, tile("staging"))).contains("2 of 5 steps done");
        health.send("/progress", "{\"percent\": 40, \"mdMessage\": \"**4** of 10 minutes\"}")
                .expect(200);
        awaitText(page, step("staging", "webhook health"), "4 of 10 minutes");
        assertThat(page.evaluate("document.querySelectorAll('.armory-build__approvals > *').length")
                        .asInt())
                .as("approvals outside of the tiles")
                .isZero();

        health.succeed("");
        page.await("/59 min( \\d+ s)? left/.test((" + step("staging", "pause 3600 seconds") + ")?.innerText)");
        String left = text(page, step("staging", "pause 3600 seconds"));
        page.await("(" + step("staging", "pause 3600 seconds") + ").innerText !== "
                + quoted(left).replace("\n", "\\n"));

        build.abort();
        awaitText(page, step("staging", "pause 3600 seconds"), "Stopped");
        awaitText(page, step("staging", "set weight 100"), "Not run");
        assertThat(page.evaluate("window.thisDocument").asBoolean()).isTrue();
        hasNoTrouble(page);
    }

    @Test
    void failureInTheStrategyIsRolledBack(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build(stagingAndProd(process).pipeline()).awaitWaiting(2);
        awaitCalls(process, 2).values().forEach(callback -> callback.succeed(""));
        Callback health = awaitCalls(process, 1).get("health");
        BrowserPage page = page(browser, jenkins, build);

        health.fail("p99 is **840 ms**");

        awaitText(page, tile("staging"), "Rolled back");
        unfold(page);
        awaitText(page, step("staging", "roll back"), "Done");
        assertThat(text(page, step("staging", "webhook health"))).contains("Failed", "p99 is 840 ms");
        assertThat(text(page, step("staging", "pause 3600 seconds"))).contains("Not run");
        assertThat(text(page, tile("staging"))).contains("2 of 5 steps done", "Rollback");
        awaitText(page, tile("prod"), "cancelled because of staging");
        build.awaitResult("FAILURE");
        hasNoTrouble(page);
    }

    @Test
    void failureAfterTheDeploymentCancelsDependents(Jenkins jenkins, ExternalProcess process, Browser browser) {
        String pipeline = DeploymentFiles.of(process)
                .target("staging", "afterDeployment: [%s]".formatted(run("tests")))
                .target("prod", "dependsOn: [staging]")
                .steps(weight(100))
                .webhook("tests")
                .pipeline();
        Build build = jenkins.build(pipeline);
        awaitCalls(process, 1).get("tests").fail("1 of 42 failed");
        build.awaitResult("FAILURE");

        BrowserPage page = page(browser, jenkins, build);

        assertThat(text(page, tile("staging")))
                .contains("Deployed, checks failed", "2 of 2 steps done", "0 of 1 conditions met after deployment")
                .doesNotContain("Rollback");
        assertThat(text(page, step("staging", "webhook tests"))).contains("Failed", "1 of 42 failed");
        assertThat(text(page, tile("prod"))).contains("Cancelled", "cancelled because of staging");
        assertThat(page.evaluate("document.querySelectorAll('.armory-graph__edge--cancelled').length")
                        .asInt())
                .isEqualTo(1);
        hasNoTrouble(page);
    }

    /** An approval in the body of an action belongs to the action. */
    @Test
    void personDecidesInTheTile(Jenkins jenkins, ExternalProcess process, Browser browser) {
        String pipeline = DeploymentFiles.of(process)
                .target("staging", "")
                .steps(weight(100))
                .pipelineDoing(process.approval("manualApproval: [message: 'Fifty percent?']"));
        Build build = jenkins.build(pipeline).awaitWaiting(1);
        Callback callback = process.awaitCallback();
        String id = build.approval().get("id").asText();
        BrowserPage page = open(browser, jenkins, WIDE)
                .goTo(build.tab() + "#approval-" + id)
                .await("document.activeElement.id === 'approval-" + id + "'");
        assertThat(text(page, step("staging", "set weight 100"))).contains("Running", "Fifty percent?");

        ApprovalsPage.decide(page, ".armory-tile [data-decide^=approve]", "fine");
        awaitText(page, step("staging", "set weight 100"), "Approved\\n\\nfine");
        callback.succeed("");

        build.awaitResult("SUCCESS");
        awaitText(page, tile("staging"), "Complete");
        awaitText(page, step("staging", "set weight 100"), "Done");
        page.evaluate("(" + step("staging", "set weight 100") + ").querySelector('summary').focus()");
        page.enter();
        awaitText(page, step("staging", "set weight 100"), "Attempts: 1");
        hasNoTrouble(page);
    }

    @Test
    void firstDataComeWithThePages(Jenkins jenkins, ExternalProcess process, Browser browser) {
        String attack = "</script><!-- \"quoted\" & 'quoted' \\u2028 \\u0000 \\\\";
        Build build = jenkins.build(DeploymentFiles.of(process)
                .target("staging", "")
                .steps(run("health"))
                .webhook("health")
                .pipeline());
        Callback health = awaitCalls(process, 1).get("health");
        health.send("/progress", "{\"mdMessage\": \"" + attack.replace("\"", "\\\"") + "\"}")
                .expect(200);
        BrowserPage page = open(browser, jenkins, WIDE);
        page.watch(STATUSES);
        page.goTo(build.tab()).await("window.statuses.length > 0");
        assertThat(page.evaluate("window.statuses[0]").asInt()).isEqualTo(304);
        page.goTo(jenkins.controller().url() + "armory/").await("window.statuses.length > 0");
        assertThat(page.evaluate("window.statuses[0]").asInt()).isEqualTo(304);
        page.watch(NO_REQUESTS);

        page.goTo(build.tab()).await("document.querySelector('.armory-tile')");
        assertThat(text(page, step("staging", "webhook health")))
                .contains("Waiting", "</script><!-- \"quoted\" & 'quoted'");
        hasNoTrouble(page);

        page.goTo(jenkins.controller().url() + "armory/").await("document.querySelector('#armory-approvals td')");
        ApprovalsPage.search(page, build.job().name() + " #");
        assertThat(page.evaluate(ApprovalsPage.rows("waiting") + "[0]").asText())
                .contains("Waiting", "</script><!-- \"quoted\" & 'quoted'");
        hasNoTrouble(page);
        build.abort();
    }

    @Test
    void isForEverybodyAtEveryWidth(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build(stagingAndProd(process).pipeline()).awaitWaiting(2);
        Map<String, Callback> before = awaitCalls(process, 2);
        before.get("freeze").with("no such token").succeed("");
        before.get("freeze").succeed("**fine**");
        for (int width : Screens.WIDTHS) {
            BrowserPage page = open(browser, jenkins, width).goTo(build.tab());
            awaitText(page, tile("staging"), "1 of 2 conditions met");
            page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
            Screens.assertAccessible(page, "#armory-build");
            hasNoTrouble(page);
        }
        build.abort();
    }

    @Test
    void stepsSideBySideAndWhatIsBesideThePlan(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build("armoryEnvironment(name: 'by-hand') { " + process.approval() + " }")
                .awaitWaiting(1);
        BrowserPage page = open(browser, jenkins, WIDE);
        page.watch("""
                const send = window.fetch;
                window.fetch = async (...request) => {
                  request[1].headers = {};
                  const answer = await (await send(...request)).json();
                  const began = answer.now;
                  const step = (id, label) => ({ id, label, action: "analysis" });
                  answer.plan = [{ name: "prod", before: [], after: [], rollback: step("r", "roll back"),
                    strategy: [[step("1", "deploy")], [step("2", "errors"), step("3", "latency")]] }];
                  answer.environments.push({ name: "prod", dependsOn: ["by-hand"], state: "DEPLOYING", since: began, reason: null,
                    afterDeploymentFailure: null, cancelledBy: null, steps: {
                      1: { began, ended: began, failure: null, approval: null },
                      2: { began, ended: null, failure: null, approval: null },
                      3: { began, ended: began, failure: null, approval: null } } });
                  return new Response(JSON.stringify(answer));
                };
                """);

        page.goTo(build.tab()).await(tile("prod"));

        assertThat(page.evaluate("[..." + tile("prod") + ".querySelectorAll('ul[aria-label=\"Side by side\"] > li')]"
                                + ".map((step) => step.innerText.replace(/\\s+/g, ' ')).join()")
                        .asText())
                .matches("errors Running since .*,latency Done");
        assertThat(text(page, tile("prod"))).contains("2 of 3 steps done", "after by-hand");
        assertThat(page.evaluate("[...document.querySelectorAll('.armory-graph__node:not(.armory-tile)')]"
                                + ".map((box) => box.querySelector('h3').textContent).join()")
                        .asText())
                .isEqualTo("by-hand");
        assertThat(text(page, "document.querySelector('.armory-build__approval')"))
                .contains("checks (by-hand)");
        hasNoTrouble(page);
        build.abort();
    }

    /** The decisions of the page's script without a page: {@code plan.js}. */
    @Test
    void statesFollowFromTheData(Jenkins jenkins, Browser browser) {
        BrowserPage page =
                open(browser, jenkins, WIDE).goTo(jenkins.controller().url() + "armory/");
        page.evaluate("import('/plugin/armory-webhook-approval/plan.js').then((plan) => { window.plan = plan; })");
        page.evaluate("""
                window.of = (record, state = "DEPLOYING", approval, more = {}) => {
                  const steps = { ...(record ? { a: { began: "2026-01-01T00:00:00Z", ended: null, failure: null, approval: null, ...record } } : {}), ...more };
                  return plan.stepState({ id: "a", label: "a" }, { state, steps }, [{ id: "a" }, { id: "b" }], approval);
                };
                window.decided = (outcome) => ({ decision: { outcome } });
                """);
        String ended = "{ ended: '2026-01-01T00:00:10Z', failure: 'no' }";
        String other = "{ b: { ended: '2026-01-01T00:00:%s Z', failure: 'no' } }".replace(" ", "");
        Map.ofEntries(
                        Map.entry("of(null)", "toCome"),
                        Map.entry("of(null, 'ROLLED_BACK')", "notRun"),
                        Map.entry("of(null, 'COMPLETE')", "notRun"),
                        Map.entry("of({})", "running"),
                        Map.entry("of({}, 'FAILED')", "stopped"),
                        Map.entry("of({ ended: '2026-01-01T00:00:10Z' }, 'FAILED')", "done"),
                        Map.entry("of(" + ended + ", 'FAILED')", "failed"),
                        Map.entry("of(" + ended + ", 'CANCELLED')", "stopped"),
                        Map.entry("of(" + ended + ", 'FAILED', decided('FAILURE'))", "failed"),
                        Map.entry("of(" + ended + ", 'FAILED', decided('TIMED_OUT'))", "failed"),
                        Map.entry("of(" + ended + ", 'FAILED', decided('OTHER_FAILED'))", "stopped"),
                        Map.entry("of(" + ended + ", 'FAILED', undefined, " + other.formatted("09") + ")", "stopped"),
                        Map.entry("of(" + ended + ", 'FAILED', undefined, " + other.formatted("11") + ")", "failed"),
                        Map.entry("plan.rollbackState({ over: false, failure: null })", "running"),
                        Map.entry("plan.rollbackState({ over: true, failure: null })", "done"),
                        Map.entry("plan.rollbackState({ over: true, failure: 'no' })", "failed"))
                .forEach((expression, expected) -> assertThat(
                                page.evaluate(expression).asText())
                        .as(expression)
                        .isEqualTo(expected));
    }
}
