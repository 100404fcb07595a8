package io.jenkins.plugins.armory.acceptance;

import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.DIALOG;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.SEND;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.awaitRows;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.hasNoTrouble;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.rows;
import static io.jenkins.plugins.armory.acceptance.driver.Screens.HEIGHT;
import static io.jenkins.plugins.armory.acceptance.driver.Screens.NARROW;
import static io.jenkins.plugins.armory.acceptance.driver.Screens.WIDE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Screens;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A person who approves and rejects on the page of all approvals, in a browser. */
@AcceptanceTest
@NeedsBrowser
class DecisionPageTest {

    private static final String APPROVE = "[data-decide^=approve]";
    private static final String REJECT = "[data-decide^=reject]";
    private static final String OVERRIDE = "[data-decide^=override]";
    private static final String CANCEL = DIALOG + " [type=button]";
    private static final String COMMENT = DIALOG + " textarea";

    private static Build start(Jenkins jenkins, ExternalProcess process, String message) {
        return jenkins.build(process.approval("environment: 'prod'", "manualApproval: [message: '" + message + "']"))
                .awaitWaiting(1);
    }

    private static BrowserPage page(Browser browser, Jenkins jenkins, int width, Build build) {
        BrowserPage page = ApprovalsPage.open(browser, jenkins, width, HEIGHT, build.job());
        awaitRows(page, 1, 0);
        return page;
    }

    private static String textOf(BrowserPage page, String selector) {
        return page.evaluate("document.querySelector('" + selector + "').innerText")
                .asText();
    }

    private static BrowserPage awaitDialog(BrowserPage page) {
        return page.await("document.querySelector('" + DIALOG + "')?.open");
    }

    private static BrowserPage awaitNoDialog(BrowserPage page) {
        return page.await("!document.querySelector('" + DIALOG + "')");
    }

    private static String alertOf(BrowserPage page) {
        page.await("document.querySelector('" + DIALOG + " [role=alert]:not([hidden])')");
        return textOf(page, DIALOG + " [role=alert]");
    }

    private static JsonNode person(Build build) {
        return build.approval().get("manualApproval");
    }

    @Test
    void approvesWithACommentAndSaysWhatIsStillAwaited(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = start(jenkins, process, "Go to production?");
        BrowserPage page = page(browser, jenkins, WIDE, build);
        assertThat(page.evaluate(rows("waiting") + "[0]").asText()).contains("Go to production?", "Approve", "Reject");

        page.click(APPROVE, 1);
        awaitDialog(page);
        assertThat(textOf(page, DIALOG))
                .contains("Approve " + build.job().name() + " #1, prod?", "checks", "Go to production?");
        page.type("looks *good*");
        page.click(SEND, 1);

        awaitNoDialog(page);
        assertThat(textOf(page, ".armory-decision__notice"))
                .contains("Approved: " + build.job().name() + " #1, prod.", "still pending");
        page.await("!document.querySelector('" + APPROVE + "')");
        String user = person(build).get("user").asText();
        assertThat(user).isIn("admin", "anonymous");
        assertThat(person(build).get("comment").asText()).isEqualTo("looks *good*");
        page.await(rows("waiting") + "[0].includes('" + user + ": Approved\\n\\nlooks good')");
        process.awaitCallback().succeed("fine");
        build.awaitResult("SUCCESS");
        awaitRows(page, 0, 1);
        hasNoTrouble(page);
    }

    @Test
    void doubleClickOpensOneDialogAndDecidesOnce(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = start(jenkins, process, "");
        BrowserPage page = page(browser, jenkins, WIDE, build);
        page.evaluate("""
                (() => {
                  const send = window.fetch;
                  window.posts = 0;
                  window.fetch = (url, options) => {
                    window.posts += options.method === 'POST' ? 1 : 0;
                    return send(url, options);
                  };
                })()
                """);
        page.click(APPROVE, 2);
        awaitDialog(page);
        assertThat(page.evaluate("document.querySelectorAll('" + DIALOG + "').length")
                        .asInt())
                .isEqualTo(1);
        page.click(SEND, 2);

        awaitNoDialog(page);
        assertThat(page.evaluate("window.posts").asInt()).isEqualTo(1);
        assertThat(textOf(page, ".armory-decision__notice")).startsWith("Approved: ");
        process.awaitCallback().succeed("");
        build.awaitResult("SUCCESS");
        hasNoTrouble(page);
    }

    /** Before the page has heard of it: Jenkins is asked, and says who was first. */
    @Test
    void whoApprovesSecondIsToldWhoWasFirst(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = start(jenkins, process, "");
        BrowserPage page = page(browser, jenkins, WIDE, build);
        page.click(APPROVE, 1);
        awaitDialog(page);
        page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })"); // so it does not ask by itself
        build.as("alice").decide(build.approval(), "approve", "I was first").expect(200);
        page.click(SEND, 1);

        assertThat(alertOf(page)).contains("Decided first by user alice: Approved", "I was first");
        assertThat(page.evaluate("document.querySelector('" + SEND + "').checkVisibility()")
                        .asBoolean())
                .isFalse();
        page.enter(); // the button that closes has the focus
        awaitNoDialog(page);
        assertThat(person(build).get("comment").asText()).isEqualTo("I was first");
        process.awaitCallback().succeed("");
        build.awaitResult("SUCCESS");
        hasNoTrouble(page);
    }

    @Test
    void severalPeopleApproveOneAfterAnother(Jenkins jenkins, Browser browser) {
        try (Browser other = new Browser()) { // a page in the background takes no clicks
            severalPeopleApprove(jenkins, browser, other);
        }
    }

    private static void severalPeopleApprove(Jenkins jenkins, Browser browser, Browser other) {
        Build build = jenkins.build(
                        "armoryWebhookApproval(environment: 'prod', manualApproval: [message: 'Go?', required: 2])")
                .awaitWaiting(1);
        BrowserPage alice = page(browser, jenkins.as("alice"), WIDE, build);
        BrowserPage bob = page(other, jenkins.as("bob"), NARROW, build);
        assertThat(alice.evaluate(rows("waiting-you") + "[0]").asText()).contains("0 of 2 have approved");
        alice.click(APPROVE, 1);
        awaitDialog(alice);
        alice.type("looks good");
        alice.click(SEND, 1);
        awaitNoDialog(alice);
        assertThat(textOf(alice, ".armory-decision__notice"))
                .isEqualTo("Approved: " + build.job().name() + " #1, prod. 1 of 2 have approved.");
        for (BrowserPage page : List.of(alice, bob)) {
            page.await(rows("waiting") + "[0].includes('1 of 2 have approved')");
            assertThat(page.evaluate(rows("waiting") + "[0]").asText()).contains("alice: Approved\n\nlooks good");
        }
        alice.await(rows("waiting-you") + ".length === 0");
        bob.click(APPROVE, 1);
        awaitDialog(bob);
        bob.click(SEND, 1);
        awaitNoDialog(bob);

        assertThat(build.awaitResult("SUCCESS")).contains("Manual approval 'Go?' succeeded (users alice and bob)");
        awaitRows(alice, 0, 1);
        hasNoTrouble(alice);
        hasNoTrouble(bob);
    }

    @Test
    void anAdministratorDecidesAnywayWithAReason(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build(process.approval("environment: 'prod'")).awaitWaiting(1);
        BrowserPage page = page(browser, jenkins, WIDE, build);
        page.click(OVERRIDE, 1);
        Screens.assertAccessible(awaitDialog(page), DIALOG);
        assertThat(textOf(page, DIALOG))
                .contains(
                        "Override " + build.job().name() + " #1, prod?",
                        "whatever is missing",
                        "Reason (required)",
                        "Approve anyway",
                        "Reject anyway");
        page.click(SEND, 1); // without a reason, the browser sends nothing
        assertThat(page.evaluate("document.querySelector('" + COMMENT + "').matches(':invalid')")
                        .asBoolean())
                .isTrue();
        assertThat(build.isBuilding()).isTrue();
        page.type("CI is down");
        page.click(SEND, 1);
        awaitNoDialog(page);

        assertThat(build.awaitResult("SUCCESS")).contains("(override by user ", "): CI is down");
        awaitRows(page, 0, 1);
        assertThat(page.evaluate(rows("decided") + "[0]").asText())
                .contains("Succeeded", "override by user", "CI is down");
        assertThat(textOf(page, ".armory-decision__notice"))
                .isEqualTo("Decided by override: " + build.job().name() + " #1, prod.");
        hasNoTrouble(page);
    }

    @Test
    void showsWhatIsDecidedAbout(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = jenkins.build(process.approval("manualApproval: [message: 'Go?', required: 2]"));
        process.awaitCallback().succeed("All **42** passed");
        build.awaitWaiting(1);
        Wait.until("the callback is on record").until(() -> build.approval().has("callback"));
        build.as("alice").decide(build.approval(), "approve", "looks good");
        BrowserPage page = page(browser, jenkins, WIDE, build);
        page.await("document.querySelector('" + REJECT + "')");
        page.click(REJECT, 1);
        awaitDialog(page);

        assertThat(textOf(page, DIALOG))
                .contains("Go?", "All 42 passed", "1 of 2 have approved", "alice: Approved\n\nlooks good");
        build.abort();
    }

    /**
     * Puts parameters into what Jenkins says, since the embedded controller has no kinds of them, and keeps what the
     * page sends in {@code window.sent}. Jenkins does not get the inputs, which it would refuse. {@code window.form} is
     * their form, if it is set; it comes with the promise {@code window.formComes}, or at once.
     */
    private static void fakeParameters(BrowserPage page) {
        page.evaluate("""
                (() => {
                  const send = window.fetch;
                  window.fetch = async (url, options) => {
                    if (options?.method === 'POST') {
                      window.sent = options.body.toString();
                      options.body.delete('inputs');
                      return send(url, options);
                    }
                    if (String(url).endsWith('/inputs')) {
                      await window.formComes;
                      return window.form ? new Response(window.form) : new Response('', { status: 404 });
                    }
                    const data = await (await send(url, { cache: 'no-store' })).json();
                    data.approvals.filter(({ manualApproval }) => manualApproval).forEach(({ manualApproval }) =>
                      Object.assign(manualApproval, { parameters: ['region'], message: 'Where to?' }));
                    return new Response(JSON.stringify(data));
                  };
                })()
                """);
        page.await(rows("waiting") + "[0].includes('Where to?')");
    }

    private static Build askAPerson(Jenkins jenkins) {
        return jenkins.build("armoryWebhookApproval(manualApproval: [message: 'Go?'])")
                .awaitWaiting(1);
    }

    private static String region(String fields) {
        return "<div name=parameter><input type=hidden name=name value=region>" + fields + "</div>";
    }

    private static void askWith(BrowserPage page, String form) {
        fakeParameters(page);
        page.evaluate("window.form = '" + form + "'");
        page.click(APPROVE, 1);
        awaitDialog(page).await("!document.querySelector('" + SEND + "').disabled");
    }

    /**
     * The second is that of the parameter {@code credentials}: Jenkins leaves out the prefix of a field that is bound
     * to a property.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "<select name=value><option>eu<option selected>us</select>",
                "<select name=_.value><option>eu<option selected>us</select>",
                "<input type=radio name=value value=eu><input type=radio name=value value=us checked>",
            })
    void sendsWhatIsChosenHoweverTheFormIsMade(String fields, Jenkins jenkins, Browser browser) {
        Build build = askAPerson(jenkins);
        BrowserPage page = page(browser, jenkins, WIDE, build);
        askWith(page, region(fields));
        page.click(SEND, 1);
        awaitNoDialog(page);

        assertThat(page.evaluate("new URLSearchParams(window.sent).get('inputs')")
                        .asText())
                .isEqualTo("{\"region\":\"us\"}");
        build.awaitResult("SUCCESS");
        hasNoTrouble(page);
    }

    /** The rest of the comment would choose another region. */
    @Test
    void aFormThatComesLateLeavesWhoeverWritesACommentAlone(Jenkins jenkins, Browser browser) {
        Build build = askAPerson(jenkins);
        BrowserPage page = page(browser, jenkins, WIDE, build);
        fakeParameters(page);
        page.evaluate("window.form = '" + region("<select name=value><option>eu<option>us</select>") + "'");
        page.evaluate("window.formComes = new Promise((come) => { window.come = come; }), 0");
        page.click(APPROVE, 1);
        awaitDialog(page);
        page.type("looks go");
        page.evaluate("window.come(), 0");
        page.await("!document.querySelector('" + SEND + "').disabled");
        page.type("od");

        assertThat(page.evaluate("document.querySelector('" + COMMENT + "').value")
                        .asText())
                .isEqualTo("looks good");
        build.abort();
    }

    /** Jenkins would take the default for it. */
    @Test
    void decidesNothingIfTheValueCannotBeTold(Jenkins jenkins, Browser browser) {
        Build build = askAPerson(jenkins);
        BrowserPage page = page(browser, jenkins, WIDE, build);
        fakeParameters(page);
        for (String fields : List.of(
                "<input type=checkbox name=value value=eu checked><input type=checkbox name=value value=us checked>",
                "<select name=value multiple><option>eu<option selected>us</select>",
                "<input name=other value=us>")) {
            page.evaluate("window.form = '" + region(fields) + "'");
            page.click(APPROVE, 1);
            awaitDialog(page).await("!document.querySelector('" + SEND + "').disabled");
            page.click(SEND, 1);

            assertThat(alertOf(page))
                    .isEqualTo("Nothing was decided: This page cannot read what is filled in for region."
                            + " Approve over HTTP, with the parameter inputs.");
            page.escape();
            awaitNoDialog(page);
        }
        assertThat(page.evaluate("window.sent === undefined").asBoolean()).isTrue();
        assertThat(build.approval().has("decision")).isFalse();
        build.abort();
    }

    /** A rejection needs nothing of the form, which Jenkins cannot make without the plugin of a parameter. */
    @Test
    void anAdministratorRejectsAnywayWhereThereIsNoForm(Jenkins jenkins, Browser browser) {
        Build build = askAPerson(jenkins);
        BrowserPage page = page(browser, jenkins, WIDE, build);
        fakeParameters(page);
        page.click(OVERRIDE, 1);
        awaitDialog(page).await("document.querySelector('" + DIALOG + " [role=alert]:not([hidden])')");
        assertThat(page.evaluate("document.querySelector('" + SEND + "[value=approve]').disabled")
                        .asBoolean())
                .isTrue();
        page.type("not without the plugin");
        page.click(SEND + "[value=reject]", 1);
        awaitNoDialog(page);

        assertThat(build.awaitResult("FAILURE")).contains("was rejected (override by user ");
        assertThat(page.evaluate("new URLSearchParams(window.sent).has('inputs')")
                        .asBoolean())
                .isFalse();
        hasNoTrouble(page);
    }

    /** As when Jenkins restarts, a connection breaks, or a proxy answers with the page of its login. */
    @ParameterizedTest
    @CsvSource({
        "'throw new TypeError(\"Failed to fetch\")', Failed to fetch",
        "'return new Response(null, { status: 502 })', Jenkins answered 502",
        "'return new Response(\"<p>Log in</p>\", { status: 200 })', Jenkins answered 200",
    })
    void claimsNeitherThatItWasDecidedNorThatItWasNotIfTheAnswerIsLost(
            String loss, String said, Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = start(jenkins, process, "");
        BrowserPage page = page(browser, jenkins, WIDE, build);
        page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })"); // so it does not ask by itself
        page.evaluate("""
                (() => {
                  const send = window.fetch;
                  window.fetch = async (url, options) => {
                    const answer = await send(url, options);
                    if (options?.method !== 'POST') {
                      return answer;
                    }
                    %s;
                  };
                })()
                """.formatted(loss));
        page.click(APPROVE, 1);
        awaitDialog(page);
        page.click(SEND, 1);

        assertThat(alertOf(page)).isEqualTo("This may count or not: " + said + ". Reload the page to see.");
        assertThat(person(build).get("approved").asBoolean()).isTrue();
        build.abort();
    }

    @Test
    void whoApprovesAfterTheEndIsToldHowItEnded(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = start(jenkins, process, "");
        BrowserPage page = page(browser, jenkins, WIDE, build);
        page.click(APPROVE, 1);
        awaitDialog(page);
        process.awaitCallback().fail("1 of 42 failed");
        build.awaitResult("FAILURE");
        page.click(SEND, 1);

        assertThat(alertOf(page)).contains("Decided without you: Failed (callback token)", "1 of 42 failed");
        assertThat(page.evaluate("document.querySelector('" + SEND + "').checkVisibility()")
                        .asBoolean())
                .isFalse();
        page.escape();
        awaitNoDialog(page);
        hasNoTrouble(page);
    }

    @Test
    void keyboardAloneApprovesAndRejects(Jenkins jenkins, ExternalProcess process, Browser browser) {
        for (String button : List.of(APPROVE, REJECT)) {
            Build build = start(jenkins, process, "Go?");
            BrowserPage page = page(browser, jenkins, WIDE, build);
            page.tabTo(button);
            page.enter();
            awaitDialog(page);
            assertThat(page.evaluate("document.activeElement.matches('" + COMMENT + "')")
                            .asBoolean())
                    .isTrue();
            for (int i = 0; i < 6; i++) {
                page.tab();
                assertThat(page.evaluate("document.activeElement.closest('" + DIALOG + "') !== null"
                                        + " || document.activeElement === document.body")
                                .asBoolean())
                        .as("the focus stays in the dialog")
                        .isTrue();
            }
            page.escape();
            awaitNoDialog(page);
            assertThat(page.evaluate("document.activeElement.matches('" + button + "')")
                            .asBoolean())
                    .as("the focus returns")
                    .isTrue();
            assertThat(person(build).has("user")).isFalse();

            page.enter();
            awaitDialog(page);
            page.type("by keyboard");
            page.tabTo(SEND);
            page.enter();
            awaitNoDialog(page);
            assertThat(page.evaluate("document.activeElement.matches('.armory-decision__notice')")
                            .asBoolean())
                    .isTrue();
            assertThat(person(build).get("comment").asText()).isEqualTo("by keyboard");
            process.awaitCallback().succeed("");
            build.awaitResult(button.equals(APPROVE) ? "SUCCESS" : "FAILURE");
            hasNoTrouble(page);
        }
    }

    @Test
    void dialogIsForEverybodyAtEveryWidth(Jenkins jenkins, ExternalProcess process, Browser browser) {
        Build build = start(jenkins, process, "Go to production, with " + "a-very-long-name".repeat(10) + "?");
        for (int width : Screens.WIDTHS) {
            BrowserPage page = page(browser, jenkins, width, build);
            Screens.assertAccessible(page, "#armory-approvals");
            page.click(APPROVE, 1);
            Screens.assertAccessible(awaitDialog(page), DIALOG);
            assertThat(page.evaluate("(() => { const { left, right } = document.querySelector('" + DIALOG
                                    + "').getBoundingClientRect(); return left >= 0 && right <= innerWidth; })()")
                            .asBoolean())
                    .as("the dialog is within %s px", width)
                    .isTrue();
        }
        build.abort();
    }
}
