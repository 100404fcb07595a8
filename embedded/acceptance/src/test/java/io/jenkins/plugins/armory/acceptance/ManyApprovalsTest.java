package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.net.http.HttpRequest;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * The page with many approvals. How long it takes is printed and not checked: with {@code -Dacceptance.approvals=5000} these
 * are the figures of docs/performance.md.
 */
@NeedsBrowser
class ManyApprovalsTest {

    private static final int APPROVALS = Integer.getInteger("acceptance.approvals", 250);
    private static final int PER_BUILD = 50;
    private static final int FIRST_ROWS = 100;

    /** Notes when the first rows are there, and when the number of what waits was last changed. */
    private static final String WATCHING = """
            new MutationObserver(() => {
              if (!window.firstRows && document.querySelector('#armory-approvals tbody tr')) {
                window.firstRows = performance.now();
                requestAnimationFrame(() => setTimeout(() => { window.firstPaint = performance.now(); }));
              }
              const count = document.querySelector('#armory-approvals-waiting .armory-approvals__count')?.textContent;
              if (count !== window.lastCount) {
                window.lastCount = count;
                window.counted = performance.now();
                window.answered = Math.max(...performance.getEntriesByType('resource')
                  .filter(({ name }) => name.endsWith('/api/json')).map(({ responseEnd }) => responseEnd));
                performance.clearResourceTimings();
              }
            }).observe(document, { childList: true, subtree: true, characterData: true });
            """;

    @Test
    void firstRowsAreThereAtOnceAndTheRestWhenScrolledTo() {
        try (Controller controller = Controller.create(Settings.CASC);
                ExternalProcess process = new ExternalProcess();
                Browser browser = new Browser()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Job job = jenkins.createJob("parallel "
                    + IntStream.range(0, PER_BUILD)
                            .mapToObj(i -> "b%d: { %s }".formatted(i, process.approval("environment: 'env-" + i + "'")))
                            .collect(Collectors.joining(", ")));
            Build build = null;
            for (int i = 0; i < APPROVALS / PER_BUILD; i++) {
                build = job.build().awaitWaiting(PER_BUILD);
            }
            showData(jenkins);
            BrowserPage page = browser.open(1280, 900, controller.authorization());
            page.watch(WATCHING);
            page.goTo(controller.url() + "armory/").await("window.firstPaint");
            show("rows are there", page.evaluate("window.firstRows").asDouble());
            show("they are painted", page.evaluate("window.firstPaint").asDouble());
            String rows = "document.querySelectorAll('#armory-approvals tbody tr').length";
            assertThat(page.evaluate(rows).asInt()).isEqualTo(FIRST_ROWS);
            assertThat(page.evaluate("window.lastCount").asText()).isEqualTo(String.valueOf(APPROVALS));

            Callback callback = process.awaitCallback();
            long before = System.nanoTime();
            callback.succeed("fine").expect(200);
            page.await("window.lastCount === '" + (APPROVALS - 1) + "'");
            show("from callback to page, asked every 3 s", (System.nanoTime() - before) / 1e6);
            show(
                    "from answer to page",
                    page.evaluate("window.counted - window.answered").asDouble());

            page.evaluate("(() => { const box = document.querySelector('#armory-approvals input[type=search]');"
                    + " const start = performance.now(); box.value = 'env-7'; box.dispatchEvent(new Event('input'));"
                    + " document.body.offsetHeight; window.filtered = performance.now() - start;"
                    + " box.value = ''; box.dispatchEvent(new Event('input')); })()");
            show("a search", page.evaluate("window.filtered").asDouble());

            Wait.until("all rows are there").until(() -> {
                page.evaluate(
                        "document.querySelector('#armory-approvals section > button:not([hidden])')?.scrollIntoView()");
                return page.evaluate(rows).asInt() > 2 * FIRST_ROWS;
            });
            assertThat(page.troubles()).isEmpty();
            assertThat(page.violations()).isEmpty();
            build.abort();
        }
    }

    /** The page of a build whose approvals are all in one step: while they wait, and when they have ended. */
    @Test
    void pageOfABuildHasOnePageOfThem() {
        try (Controller controller = Controller.create(Settings.CASC);
                Browser browser = new Browser()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Build build = jenkins.build("armoryWebhookApprovals((0..<" + APPROVALS
                    + ").collect { [manualApproval: [message: \"Release to r${it}?\".toString()]] })");
            Wait.until("all wait")
                    .until(() -> build.deployment().at("/counts/WAITING").asInt() == APPROVALS);
            showPage(browser, build, "waiting");
            build.decide(build.deployment().at("/approvals/0"), "reject", "").expect(200);
            build.awaitResult("FAILURE");
            showPage(browser, build, "over");
        }
    }

    private static void showPage(Browser browser, Build build, String when) {
        BrowserPage page = browser.open(1280, 900, build.job().jenkins().authorization());
        page.goTo(build.tab())
                .await("document.querySelectorAll('#armory-build tbody tr').length === " + FIRST_ROWS)
                .await("performance.getEntriesByName('first-contentful-paint').length === 1");
        show(
                "build's page, " + when + ", first contentful paint",
                page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
                        .asDouble());
        double start = System.nanoTime();
        int length = build.deploymentAnswer().body().length();
        show("build's data, " + when + ", " + length + " characters", (System.nanoTime() - start) / 1e6);
        assertThat(page.troubles()).isEmpty();
    }

    /** What the data of the page costs the controller, and the network. */
    private static void showData(Jenkins jenkins) {
        Answer answer = ask(jenkins, "none");
        String tag = answer.header("ETag").orElseThrow();
        System.out.println(
                "Data of the page: " + answer.body().length() + " characters for " + APPROVALS + " approvals");
        show("all of it, median of 20", median(jenkins, "none"));
        show("nothing new, median of 20", median(jenkins, tag));
    }

    private static double median(Jenkins jenkins, String tag) {
        double[] millis = IntStream.range(0, 20)
                .mapToDouble(i -> {
                    long before = System.nanoTime();
                    ask(jenkins, tag);
                    return (System.nanoTime() - before) / 1e6;
                })
                .sorted()
                .toArray();
        return Arrays.stream(millis).skip(millis.length / 2).findFirst().orElseThrow();
    }

    private static Answer ask(Jenkins jenkins, String tag) {
        HttpRequest.Builder request =
                Http.request(jenkins.controller().url() + "armory/api/json").header("If-None-Match", tag);
        jenkins.controller().authorization().ifPresent(value -> request.header("Authorization", value));
        return Http.send(request);
    }

    private static void show(String what, double millis) {
        System.out.printf("Page with %d approvals, %s: %.0f ms%n", APPROVALS, what, millis);
    }
}
