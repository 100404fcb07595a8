package io.jenkins.plugins.armory.acceptance;

import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.DIALOG;
import static io.jenkins.plugins.armory.acceptance.DeploymentFiles.pause;
import static io.jenkins.plugins.armory.acceptance.DeploymentFiles.run;
import static io.jenkins.plugins.armory.acceptance.DeploymentFiles.weight;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Screens;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Takes pictures of the pages, to be looked at, with {@code -Dacceptance.pictures=FOLDER}, which is relative to the folder of
 * the project. The README's is one of them.
 */
@NeedsBrowser
class Pictures {

    /** Everything on the page, however high it is, and no more of what moves. */
    private static final String STILL =
            "document.getAnimations().forEach((each) => { try { each.finish(); } catch { } })";

    /** Colours like those of the plugin dark-theme, for a page that has no theme. */
    private static final String DARK = """
            (() => {
              const { style } = document.documentElement;
              const colours = { "--background": "#15141a", "--text-color": "#eeeef2", "--text-color-secondary": "#a4a4b4",
                "--blue": "#4da9ff", "--green": "#40c463", "--red": "#ff6b6b", "--accent-color": "#4da9ff" };
              const isPlain = getComputedStyle(document.documentElement).getPropertyValue("--background") === "";
              if (isPlain) {
                Object.entries(colours).forEach(([name, colour]) => style.setProperty(name, colour));
                style.colorScheme = "dark";
                style.background = colours["--background"];
                style.color = colours["--text-color"];
              }
            })()
            """;

    private final Path folder = Path.of("../..").resolve(System.getProperty("acceptance.pictures", "target/pictures"));

    private Jenkins jenkins;

    private Build start(ExternalProcess process, String job, String script, String... values) {
        Object[] steps = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            String[] nameAndMore = values[i].split(" ", 2);
            String step = nameAndMore.length == 1 ? process.approval() : process.approval(nameAndMore[1]);
            steps[i] = step.replace("name: 'checks'", "name: '" + nameAndMore[0] + "'");
        }
        Build build = jenkins.createJob(job, script.formatted(steps), List.of()).build();
        Wait.until("an approval of " + build + " waits").until(() -> build.countWaiting() > 0);
        return build;
    }

    private static void report(Callback callback, int percent, String mdMessage) {
        String body = new ObjectMapper()
                .createObjectNode()
                .put("percent", percent)
                .put("mdMessage", mdMessage)
                .toString();
        callback.send("/progress", body).expect(200);
    }

    /** Every kind of approval that there is, and the build with the most to see. */
    private Build createBuilds(ExternalProcess process) {
        start(process, "deploy-blog", "%s", "smoke-tests environment: 'prod'");
        process.awaitCallback().succeed("All **42** smoke tests passed.");
        start(process, "deploy-mail", "%s", "load-tests environment: 'staging'");
        process.awaitCallback()
                .fail(
                        "p99 latency **840 ms** is above the limit of 500 ms, see [the report](https://ci.example.com/4711).");
        start(process, "deploy-search", "%s", "security-scan environment: 'prod-east'");
        report(process.awaitCallback(), 40, "17 of 42 images are scanned.");
        Build shop = start(
                process,
                "deploy-shop",
                """
                parallel(
                  dev: { armoryEnvironment(name: 'dev') { echo 'deployed' } },
                  qa: { armoryEnvironment(name: 'qa', dependsOn: ['dev']) { catchError { %s } } },
                  staging: { armoryEnvironment(name: 'staging', dependsOn: ['dev']) { echo 'deployed' } },
                  eu: { armoryEnvironment(name: 'prod-eu', dependsOn: ['staging']) { %s } },
                  us: { armoryEnvironment(name: 'prod-us', dependsOn: ['staging', 'qa']) { echo 'deployed' } })
                """,
                "regression-tests",
                "integration-tests manualApproval: [message: 'Release 2.7 to our European customers?']");
        for (int i = 0; i < 2; i++) {
            var call = process.awaitCall();
            Callback callback = call.callback();
            boolean ofQa = jenkins.approvals().stream()
                    .anyMatch(each -> each.get("id").asText().equals(callback.id())
                            && each.get("webhook").asText().equals("regression-tests"));
            callback.with("an old token").succeed("");
            if (ofQa) {
                callback.fail("**3** of 900 tests failed.");
            } else {
                callback.succeed("All **128** integration tests passed.");
            }
        }
        return shop;
    }

    private void take(BrowserPage page, String name, int width, String colours) {
        if (colours.equals("dark")) {
            page.evaluate(DARK);
        }
        page.evaluate(STILL);
        page.screenshot(folder.resolve("%s-%d-%s.png".formatted(name, width, colours)));
    }

    @Test
    void takesPictures() throws IOException {
        Files.createDirectories(folder);
        try (Controller controller = Controller.create(Settings.CASC);
                ExternalProcess process = new ExternalProcess();
                Browser browser = new Browser()) {
            controller.start();
            jenkins = new Jenkins(controller);
            Build shop = createBuilds(process);
            for (int width : Screens.WIDTHS) {
                for (String colours : Screens.COLOURS) {
                    BrowserPage page = browser.open(
                            width, width == Screens.WIDE ? 800 : Screens.HEIGHT, controller.authorization());
                    page.prefer(colours);
                    page.goTo(controller.url() + "armory/").await("document.querySelector('[data-decide]')");
                    take(page, "approvals", width, colours);
                    page.click("[data-decide^=approve]", 1);
                    page.await("document.querySelector('" + DIALOG + "')?.open");
                    page.type("Checked with support.");
                    take(page, "dialog", width, colours);
                    page.goTo(shop.tab()).await("document.querySelector('.armory-graph__edge')");
                    take(page, "tab", width, colours);
                    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; });"
                            + " document.querySelector('.armory-build__approvals').scrollIntoView()");
                    take(page, "tab-approvals", width, colours);
                    page.goTo(shop.tab().replaceFirst("armory/$", ""));
                    take(page, "build", width, colours);
                }
            }
            shop.abort();
        }
    }

    private static JsonNode approval(Build build, String webhook) {
        return Wait.until(webhook + " is called")
                .until(
                        () -> build.approvals().stream()
                                .filter(each -> each.get("webhook").asText().equals(webhook) && !each.has("decision"))
                                .toList(),
                        found -> !found.isEmpty())
                .get(0);
    }

    /** All that people are asked for, and what has come of it. */
    private Build createDecisions(ExternalProcess process, ExternalProcess chat) {
        Build build = jenkins.createJob(
                        "release-everything",
                        """
                        parallel(
                          several: { %s },
                          anyway: { %s })
                        """.formatted(
                                        process.approvalNamed(
                                                "integration-tests",
                                                "environment: 'prod'",
                                                "notify: ['chat', 'fixed-chat']",
                                                "context: [chat: '" + chat.url() + "']",
                                                "manualApproval: [message: 'Release 2.7?', required: 3, notByRequester: true]"),
                                        process.approvalNamed("licences", "environment: 'dev'")),
                        List.of())
                .build();
        awaitCalls(process, 2);
        build.as("alice").decide(approval(build, "integration-tests"), "approve", "looks good");
        build.override(approval(build, "licences"), "approve", "The scanner is down until Monday.");
        return build;
    }

    @Test
    void takesPicturesOfDecisions() throws IOException {
        Files.createDirectories(folder);
        try (Controller controller = Controller.create(Settings.CASC);
                ExternalProcess process = new ExternalProcess();
                ExternalProcess chat = new ExternalProcess();
                Browser browser = new Browser()) {
            controller.start();
            jenkins = new Jenkins(controller);
            Build build = createDecisions(process, chat);
            for (int width : Screens.WIDTHS) {
                for (String colours : Screens.COLOURS) {
                    BrowserPage page = browser.open(width, 1400, controller.authorization());
                    page.prefer(colours);
                    page.goTo(controller.url() + "armory/").await("document.querySelector('[data-decide^=approve]')");
                    take(page, "decisions", width, colours);
                    page.goTo(build.tab()).await("document.querySelector('[data-decide^=approve]')");
                    page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
                    take(page, "decisions-tab", width, colours);
                    for (String choice : List.of("approve", "override")) {
                        page.click("[data-decide^=" + choice + "]", 1);
                        page.await("document.querySelector('" + DIALOG + "')?.open");
                        take(page, "dialog-" + choice, width, colours);
                        page.escape();
                        page.await("!document.querySelector('" + DIALOG + "')");
                    }
                }
            }
            build.abort();
        }
    }

    private void takeDeployment(Browser browser, Build build, String name) {
        for (int width : Screens.WIDTHS) {
            for (String colours : Screens.COLOURS) {
                try (BrowserPage page = browser.open(
                        width, 900, build.job().jenkins().controller().authorization())) {
                    page.prefer(colours);
                    page.goTo(build.tab()).await("document.querySelector('.armory-tile')");
                    take(page, name, width, colours);
                }
            }
        }
    }

    /** The next calls by the names of their webhooks. */
    private static Map<String, Callback> awaitCalls(ExternalProcess process, int number) {
        Map<String, Callback> callbacks = new HashMap<>();
        for (int i = 0; i < number; i++) {
            ExternalProcess.Call call = process.awaitCall();
            callbacks.put(call.path().replaceFirst(".*/", ""), call.callback());
        }
        return callbacks;
    }

    private Build deploy(String job, String pipeline) {
        return jenkins.createJob(job, pipeline, List.of()).build();
    }

    private static DeploymentFiles shop(ExternalProcess process) {
        return DeploymentFiles.of(process)
                .target(
                        "staging",
                        "beforeDeployment: [%s], afterDeployment: [%s]"
                                .formatted(run("change-freeze"), run("smoke-tests")))
                .target(
                        "prod",
                        "dependsOn: [staging], beforeDeployment: [%s, %s]".formatted(run("change-ticket"), pause(600)))
                .steps(weight(25), run("error-rate"), pause(259_200), weight(100))
                .webhook("change-freeze", "smoke-tests", "change-ticket", "error-rate");
    }

    @Test
    void takesPicturesOfDeployments() throws IOException {
        Files.createDirectories(folder);
        try (Controller controller = Controller.create(Settings.CASC);
                ExternalProcess process = new ExternalProcess();
                Browser browser = new Browser()) {
            controller.start();
            jenkins = new Jenkins(controller);
            Build shop = deploy("deploy-shop", shop(process).pipeline());
            awaitCalls(process, 1).get("change-freeze").succeed("No freeze.");
            Callback rate = awaitCalls(process, 1).get("error-rate");
            report(rate, 40, "**0.2 %** errors so far, 4 of 10 minutes");
            shop.awaitWaiting(1);
            takeDeployment(browser, shop, "deployment-running");
            rate.succeed("0.2 % errors");
            Wait.until("the pause begins")
                    .until(() -> shop.deployment().toString().contains("staging/strategy/4\":{"));
            takeDeployment(browser, shop, "deployment-pause");
            shop.abort();

            Build mail = deploy("deploy-mail", shop(process).pipeline());
            awaitCalls(process, 1).get("change-freeze").succeed("No freeze.");
            awaitCalls(process, 1)
                    .get("error-rate")
                    .fail(
                            "**4.1 %** errors are above the limit of 1 %, see [the dashboard](https://ci.example.com/4711).");
            mail.awaitResult("FAILURE");
            takeDeployment(browser, mail, "deployment-rolled-back");

            Build blog = deploy(
                    "deploy-blog",
                    DeploymentFiles.of(process)
                            .target(
                                    "staging",
                                    "afterDeployment: [%s, %s]".formatted(run("smoke-tests"), run("licences")))
                            .target(
                                    "prod-eu",
                                    "dependsOn: [staging], beforeDeployment: [%s]".formatted(run("licences")))
                            .target("prod-us", "dependsOn: [staging]")
                            .target("archive", "dependsOn: [prod-eu, prod-us]")
                            .steps(weight(25), weight(100))
                            .webhook("smoke-tests", "licences")
                            .pipeline());
            awaitCalls(process, 2).get("smoke-tests").fail("**3** of 42 smoke tests failed.");
            blog.awaitResult("ABORTED");
            takeDeployment(browser, blog, "deployment-after-failure");

            Build search = deploy(
                    "deploy-search",
                    DeploymentFiles.of(process)
                            .target("staging", "")
                            .target("prod", "dependsOn: [staging]")
                            .steps(weight(50))
                            .pipelineDoing(process.approval(
                                    "manualApproval: [message: 'Half of the traffic to release 2.7?']")));
            awaitCalls(process, 1).get("checks").succeed("All **42** tests passed.");
            search.awaitWaiting(1);
            takeDeployment(browser, search, "deployment-person");
            search.abort();
        }
    }
}
