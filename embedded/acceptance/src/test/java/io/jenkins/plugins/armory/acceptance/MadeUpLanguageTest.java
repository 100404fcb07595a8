package io.jenkins.plugins.armory.acceptance;

import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.DIALOG;
import static io.jenkins.plugins.armory.acceptance.ApprovalsPage.SEND;
import static io.jenkins.plugins.armory.acceptance.DeploymentFiles.pause;
import static io.jenkins.plugins.armory.acceptance.DeploymentFiles.run;
import static io.jenkins.plugins.armory.acceptance.DeploymentFiles.weight;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Browser;
import io.jenkins.plugins.armory.acceptance.driver.BrowserPage;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.MadeUpLanguage;
import io.jenkins.plugins.armory.acceptance.driver.Screens;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The pages in a language that nobody speaks, of which {@code PageTextsTest} is the counterpart for the sources. What they say in English
 * all the same does not come from a file of texts. The record of an approval is no text of a page: what its decision, its environment or a
 * call says of itself was written once, for the log and all readers, and stays as it is.
 */
@NeedsBrowser
class MadeUpLanguageTest {

    private static final Pattern WORD = Pattern.compile("\\p{L}{2}");

    /** Times, as the browser writes them in its own language. */
    private static final Pattern TIME =
            Pattern.compile("(\\w{3} \\d+, \\d{4}, )?\\d+:\\d\\d:\\d\\d(\\s[AP]M)?( [A-Z]{3,4}(?![A-Za-z]))?");

    /** Returns all texts below an element: those that are seen, and those that are heard. */
    private static final String TEXTS = """
            (() => {
              const roots = [...document.querySelectorAll(%s)];
              const all = roots.flatMap((root) => [root, ...root.querySelectorAll("*")]);
              return all.flatMap((each) => [
                ...[...each.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ textContent }) => textContent),
                ...["aria-label", "title", "placeholder", "alt", "data-title"].map((name) => each.getAttribute(name) ?? ""),
              ]);
            })()
            """;

    @TempDir
    private Path folder;

    private Jenkins jenkins;

    /** All texts of the data that the pages are made of, the longest first. */
    private List<String> data(Build... builds) {
        List<String> data = new ArrayList<>();
        jenkins.approvals().forEach(approval -> addTexts(approval, data));
        for (Build build : builds) {
            addTexts(build.deployment(), data);
        }
        data.removeIf(text -> text.length() < 2);
        data.sort(Comparator.comparing(String::length).reversed());
        return data;
    }

    private static void addTexts(JsonNode json, List<String> texts) {
        if (json.isTextual()) {
            texts.add(json.asText());
        }
        json.forEach(each -> addTexts(each, texts));
    }

    private void assertSpeaks(BrowserPage page, String selector, Build... builds) {
        List<String> data = data(builds);
        TreeSet<String> found = new TreeSet<>();
        int[] translated = {0};
        page.evaluate(TEXTS.formatted('"' + selector + '"')).forEach(text -> {
            translated[0] += text.asText().contains("⟦") ? 1 : 0;
            String rest =
                    MadeUpLanguage.untranslated(TIME.matcher(text.asText()).replaceAll(" "), data);
            // Markdown comes in pieces, each of which is in the data.
            if (WORD.matcher(rest).find()
                    && data.stream()
                            .noneMatch(each -> each.contains(text.asText().strip()))) {
                found.add(text.asText());
            }
        });
        assertThat(found).as("English in " + selector).isEmpty();
        assertThat(translated[0]).as("translated texts in " + selector).isPositive();
    }

    private static void report(Callback callback) {
        callback.send("/progress", "{\"percent\": 40, \"mdMessage\": \"17 of 42\"}")
                .expect(200);
    }

    private Build environments(ExternalProcess process) {
        Build build = jenkins.build("""
                        parallel(
                          people: { %s },
                          sent: { %s },
                          late: { catchError { %s } },
                          dev: { armoryEnvironment(name: 'env-1') { catchError { %s } } },
                          prod: { armoryEnvironment(name: 'env-2', dependsOn: ['env-1']) { echo 'deployed' } })
                        """.formatted(
                process.approvalNamed(
                        "w1", "manualApproval: [message: '', required: 2]", "heartbeat: 1", "heartbeatUnit: 'HOURS'"),
                process.approvalNamed("w3", "disableCallback: true"),
                process.approvalNamed("w4", "timeout: 1", "unit: 'SECONDS'"),
                process.approvalNamed("w5", "cancel: [uriTemplate: '" + process.url() + "/stop']")));
        List<ExternalProcess.Call> calls = new ArrayList<>();
        while (calls.size() < 4) { // an approval that starts after another one has failed is not called at all
            calls.add(process.awaitCall());
        }
        for (ExternalProcess.Call call : calls) {
            if (call.path().endsWith("w1")) {
                assertThat(call.callback().with("no such token").succeed("").toString())
                        .as("the answer to an external process")
                        .contains("token")
                        .doesNotContain("⟦");
                report(call.callback());
            } else if (call.path().endsWith("w5")) {
                call.callback().fail("");
            }
        }
        Wait.until("all is decided that can be without a person")
                .until(() -> build.approvals().stream()
                                .filter(each -> each.has("decision"))
                                .count()
                        == 3);
        return build;
    }

    private Build deployment(ExternalProcess process) {
        Build build = jenkins.build(DeploymentFiles.of(process)
                .target("t1", "beforeDeployment: [%s, %s]".formatted(run("w1"), pause(1)))
                .target("t2", "dependsOn: [t1], afterDeployment: [%s]".formatted(run("w2")))
                .steps(weight(25), run("w2"))
                .webhook("w1", "w2")
                .pipeline());
        process.awaitCallback().succeed("");
        process.awaitCallback().fail("**no**");
        build.awaitResult("FAILURE");
        return build;
    }

    @Test
    void pagesSpeakNothingElse() {
        try (Controller controller = Controller.create(Settings.CASC, MadeUpLanguage.speakingOptions(folder));
                ExternalProcess process = new ExternalProcess();
                Browser browser = new Browser()) {
            controller.start();
            jenkins = new Jenkins(controller);
            BrowserPage page = browser.open(
                            Screens.WIDE, Screens.HEIGHT, jenkins.as("admin").authorization())
                    .speak(MadeUpLanguage.NAME)
                    .goTo(controller.url() + "armory/")
                    .await("document.querySelector('#armory-approvals :not([hidden])')");
            assertSpeaks(page, "#armory-approvals");

            Build deployment = deployment(process);
            Build environments = environments(process);
            page.await("document.querySelector('[data-decide^=approve]')");
            assertSpeaks(page, "#armory-approvals", environments, deployment);
            for (Build build : List.of(environments, deployment)) {
                page.goTo(build.tab()).await("document.querySelector('.armory-graph__node')");
                page.evaluate("document.querySelectorAll('.armory-tile__toggle').forEach((each) => each.click())");
                page.evaluate("document.querySelectorAll('details').forEach((each) => { each.open = true; })");
                assertSpeaks(page, "#armory-build", environments, deployment);
            }

            page.goTo(environments.tab()).await("document.querySelector('[data-decide^=approve]')");
            for (String choice : List.of("approve", "reject", "override")) {
                page.click("[data-decide^=" + choice + "]", 1);
                page.await("document.querySelector('" + DIALOG + "')?.open");
                assertSpeaks(page, DIALOG, environments);
                page.click(DIALOG + " [type=button]", 1);
                page.await("!document.querySelector('" + DIALOG + "')");
            }
            page.click("[data-decide^=approve]", 1);
            page.await("document.querySelector('" + DIALOG + "')?.open");
            page.click(SEND, 1);
            page.await("!document.querySelector('" + DIALOG + "')");
            assertSpeaks(page, ".armory-decision__notice", environments);

            // Logs are for everybody who looks for a line of them, and are not half in one language and half in
            // another.
            for (Build build : List.of(environments, deployment)) {
                assertThat(build.log()).contains("Webhook approval '").doesNotContain("⟦");
            }

            // What Jenkins answers is shown too: here it has forgotten the approval, and the page does not know yet.
            page.evaluate("Object.defineProperty(document, 'hidden', { get: () => true })");
            page.click("[data-decide^=reject]", 1);
            page.await("document.querySelector('" + DIALOG + "')?.open");
            environments.abort();
            environments.delete();
            page.click(SEND, 1);
            page.await("document.querySelector('" + DIALOG + " [role=alert]:not([hidden])')");
            assertSpeaks(page, DIALOG + " [role=alert]", deployment);
        }
    }
}
