package io.jenkins.plugins.armory.acceptance;

import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.DIALOG;

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
import java.util.List;
import org.junit.jupiter.api.Test;

/** Takes the pictures of the documentation, to be looked at first. */
@NeedsBrowser
class Pictures {

    /** Everything on the page, however high it is, and no more of what moves. */
    private static final String STILL =
            "document.getAnimations().forEach((each) => { try { each.finish(); } catch { } })";

    private final Path folder = Path.of("../../target/pictures");

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

    private void take(BrowserPage page, String name) {
        page.evaluate(STILL);
        page.screenshot(folder.resolve(name + ".png"));
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
            BrowserPage page = browser.open(Screens.WIDE, 800, controller.authorization());
            page.prefer("light");
            page.goTo(controller.url() + "armory/").await("document.querySelector('[data-decide]')");
            take(page, "approvals");
            page.click("[data-decide^=approve]", 1);
            page.await("document.querySelector('" + DIALOG + "')?.open");
            page.type("Checked with support.");
            take(page, "decision");
            page.goTo(shop.tab()).await("document.querySelector('.armory-graph__edge')");
            take(page, "build");
            shop.abort();
        }
    }
}
