package io.jenkins.plugins.armory.acceptance;

import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.DIALOG;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Takes pictures of the pages, to be looked at, with {@code -Dacceptance.pictures=FOLDER}, which is relative to the folder of
 * the project. The README's is one of them.
 */
@EnabledIfSystemProperty(named = "acceptance.pictures", matches = ".+", disabledReason = "needs a folder for them")
@NeedsBrowser
class PicturesTest {

    /** Everything on the page, however high it is, and no more of what moves. */
    private static final String STILL =
            "document.getAnimations().forEach((each) => { try { each.finish(); } catch { } })";

    private final Path folder = Path.of("../..").resolve(System.getProperty("acceptance.pictures", ""));

    private Jenkins jenkins;

    private Build start(ExternalProcess process, String job, String script, String... values) {
        Object[] steps = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            String[] nameAndMore = values[i].split(" ", 2);
            String step = nameAndMore.length == 1 ? process.approval() : process.approval(nameAndMore[1]);
            steps[i] = step.replace("name: 'checks'", "name: '" + nameAndMore[0] + "'");
        }
        return jenkins.createJob(job, script.formatted(steps), List.of())
                .build()
                .awaitWaiting(1);
    }

    private static void report(Callback callback, int percent, String mdMessage) {
        String body = new ObjectMapper()
                .createObjectNode()
                .put("percent", percent)
                .put("mdMessage", mdMessage)
                .toString();
        assertThat(callback.send("/progress", body)).returns(200, Answer::status);
    }

    /** Every kind of approval that there is, and the build with the most to see. */
    private Build createBuilds(ExternalProcess process) {
        start(process, "deploy-blog", "%s", "smoke-tests environment: 'prod'");
        process.awaitCall().callback().succeed("All **42** smoke tests passed.");
        start(process, "deploy-mail", "%s", "load-tests environment: 'staging'");
        process.awaitCall()
                .callback()
                .fail(
                        "p99 latency **840 ms** is above the limit of 500 ms, see [the report](https://ci.example.com/4711).");
        start(process, "deploy-search", "%s", "security-scan environment: 'prod-east'");
        report(process.awaitCall().callback(), 40, "17 of 42 images are scanned.");
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
            for (int width : new int[] {1280, 400}) {
                for (String colours : List.of("light", "dark")) {
                    BrowserPage page = browser.open(width, width == 1280 ? 800 : 900, controller.authorization());
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
}
