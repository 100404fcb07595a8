package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Answer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.RealJenkins;
import io.jenkins.plugins.armory.acceptance.driver.ScriptConsole;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What only a Jenkins with users, CSRF protection and its own checks of plugins can show. */
@AcceptanceTest
@NeedsRealJenkins
class RealJenkinsTest {

    @Test
    void callbackNeedsNoCrumbAlthoughEverythingElseDoes(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();
        String job = "job/" + build.job().name() + "/build";
        String approval = "armory/approvals/" + callback.id();

        for (String path : List.of(job, "armory/", "armory/api/json", "armory/approvals", approval + "/further")) {
            Answer answer = Http.send(request(jenkins, path)
                    .header("Authorization", RealJenkins.passwordAuthorization())
                    .POST(BodyPublishers.noBody()));
            assertThat(answer).as(path).returns(403, Answer::status);
            assertThat(answer.body()).as(path).contains("No valid crumb");
        }
        callback.succeed("without a crumb").expect(200);

        build.awaitResult("SUCCESS");
    }

    @ParameterizedTest
    @ValueSource(strings = {"armory/", "armory/api/json", "armory", "armory/index"})
    void whoHasNotLoggedInSeesNothing(String path, Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);

        Answer answer = Http.send(request(jenkins, path));

        assertThat(answer.status()).isIn(302, 403);
        assertThat(answer.body())
                .doesNotContain(build.job().name(), process.awaitCallback().id());
    }

    @Test
    void pluginGivesJenkinsNoCauseForWarnings(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval("context: [a: 'b']"));
        process.awaitCallback().succeed("fine");
        build.awaitResult("SUCCESS");

        assertThat(jenkins.controller().output().lines())
                .filteredOn(line -> line.contains("WARNING") || line.contains("SEVERE"))
                .noneMatch(line -> line.contains("io.jenkins.plugins.armory"));
    }

    @Test
    void anExecutorThatWaitsIsNamed(Jenkins jenkins, ExternalProcess process) {
        String step = process.approval();
        Build inside = jenkins.createJob("node { " + step + " }").build();
        Build outside = jenkins.createJob(step).build();
        inside.awaitWaiting(1);
        outside.awaitWaiting(1);
        for (int i = 0; i < 2; i++) {
            process.awaitCall().callback().succeed("fine");
        }

        assertThat(inside.awaitResult("SUCCESS"))
                .contains("so an executor of 'Built-In Node' waits with it. To free it");
        assertThat(outside.awaitResult("SUCCESS")).doesNotContain("executor");
    }

    @Test
    void lineInTheLogThatSaysWhatWaitsLeadsToIt(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval("manualApproval: [message: 'Go?']"))
                .awaitWaiting(1)
                .awaitLog("A person must approve too: Go? Approve or reject, or POST to ");
        String page = "/armory/#approval-" + build.approval().get("id").asText();

        assertThat(jenkins.get("job/" + build.job().name() + "/1/logText/progressiveHtml")
                        .body())
                .containsPattern("<a href='[^']*/1" + page + "'>Waiting</a>")
                .containsPattern("<a href='[^']*/1" + page + "'>Approve or reject</a>");
        build.abort();
    }

    /** The graph shows the log of a step, and its error below that. */
    @Test
    void theGraphSaysOnceWhyAStepFailed(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(
                        "try { %s } catch (e) { echo \"caught: ${e.message}\" }".formatted(process.approval()))
                .awaitLog("Waiting");
        process.awaitCallback().fail("**1** failed");
        String reason = "Webhook approval 'checks' failed (callback token): 1 failed";

        assertThat(build.awaitResult("SUCCESS")).contains("[armory] ERROR: " + reason, "caught: " + reason);
        String log = jenkins.get("job/" + build.job().name() + "/1/stages/log?nodeId=3")
                .body();
        assertThat(log).contains("Waiting", reason).doesNotContain("ERROR").containsOnlyOnce("1 failed");
    }

    /** A stage in a lock, one with a lock, and one that calls what was loaded, as a library's steps are. */
    @Test
    void nothingOfACancelledStageRuns(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build("""
                ran = 'nothing'
                node {
                    writeFile file: 'release.groovy', text: "def call() { ran = 'never'; echo ran }; return this"
                    release = load 'release.groovy'
                }
                %s
                lock('production') { stage('locked') { ran = 'never' } }
                stage('locks') { lock('production') { ran = 'never' } }
                stage('loaded') { release() }
                echo "ran: ${ran}"
                """.formatted(process.approval("phase: 'afterDeployment'")));
        process.awaitCallback().fail("2 of 42 failed");

        assertThat(build.awaitResult("FAILURE"))
                .contains("Stage 'locked' is cancelled", "Stage 'locks' is cancelled", "Stage 'loaded' is cancelled")
                .contains("ran: nothing");
    }

    @Test
    void callIsPartOfTheTraceOfItsBuild(Jenkins jenkins, ExternalProcess process) {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        Build build = jenkins.build("""
                withEnv(['TRACEPARENT=%s']) {
                    %s
                }
                withEnv(['TRACEPARENT=none\\r\\nX-Other: header']) {
                    %s
                }
                """.formatted(trace, process.approval(), process.approval()));

        Call traced = process.awaitCall();
        assertThat(traced.header("traceparent")).isEqualTo(trace);
        traced.callback().succeed("fine");
        Call untraced = process.awaitCall();
        assertThat(untraced.header("traceparent")).isNull();
        untraced.callback().succeed("fine");
        build.awaitResult("SUCCESS");
    }

    @Test
    void questionForTheStatusIsPartOfTheTraceToo(Jenkins jenkins, ExternalProcess process) {
        String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        try (ExternalProcess service = new ExternalProcess()) {
            service.onCall(call -> new Reply(200, Map.of(), "{\"state\": \"passed\"}"));
            String status =
                    "status: [uriTemplate: '" + service.url() + "', every: 5, pointer: '/state', success: ['passed']]";

            jenkins.build("withEnv(['TRACEPARENT=%s']) { %s }".formatted(trace, process.approval(status)))
                    .awaitResult("SUCCESS");

            assertThat(service.awaitCall().header("traceparent")).isEqualTo(trace);
        }
    }

    @Test
    void pluginThatIsUploadedIsKnownWithoutARestart(ExternalProcess process) throws IOException {
        try (Controller jenkins = Controller.create("");
                ExternalProcess service = new ExternalProcess()) {
            String file = "armory-webhook-approval.hpi";
            Files.move(
                    jenkins.home().resolve("plugins").resolve(file),
                    jenkins.home().resolve(file));
            jenkins.start();

            assertThat(new ScriptConsole(jenkins).run("""
                            def jenkins = jenkins.model.Jenkins.get()
                            jenkins.pluginManager.dynamicLoad(new File(jenkins.rootDir, '%s'))
                            def web = 'io.jenkins.plugins.armory.web.ArmoryPermissions.'
                            println(['Approve', 'Reject'].collect { hudson.security.Permission.fromId(web + it) != null })
                            def metrics = jenkins.pluginManager.uberClassLoader.loadClass('jenkins.metrics.api.Metrics')
                            println metrics.metricRegistry().names.contains('armory.approvals.waiting')
                            def settings = jenkins.pluginManager.uberClassLoader.loadClass('io.jenkins.plugins.armory.config.ArmoryConfiguration')
                            settings.get().allowedHosts = ['127.0.0.1']
                            null // which is not printed
                            """.formatted(file)).lines())
                    .containsExactly("[true, true]", "true");

            service.onCall(call -> new Reply(200, Map.of(), "{\"state\": \"passed\"}"));
            String status =
                    "status: [uriTemplate: '" + service.url() + "', every: 5, pointer: '/state', success: ['passed']]";
            new Jenkins(jenkins).build(process.approval(status)).awaitResult("SUCCESS");
        }
    }

    /** Nothing is pending, and a failed approval may hold back what the build does later. */
    @Test
    void scriptOfTheDocumentationPrintsTheBuildsToWaitForBeforeThePluginIsDisabled(
            Jenkins jenkins, ExternalProcess process) throws IOException {
        String page = Files.readString(Path.of(System.getProperty("acceptance.examples"), "..", "operations.md"));
        int start = page.lastIndexOf("```groovy", page.indexOf("FlowExecutionList")) + "```groovy".length();
        String script = page.substring(start, page.indexOf("```", start));
        Build other = jenkins.build("echo 'begun'; sleep 600").awaitLog("begun");
        Build build = jenkins.build(process.approval() + "; echo 'begun'; sleep 600");
        process.awaitCallback().succeed("fine");
        build.awaitLog("begun");

        List<String> printed =
                new ScriptConsole(jenkins.controller()).run(script).lines().toList();

        assertThat(printed)
                .contains(build.job().name() + " #1")
                .doesNotContain(other.job().name() + " #1");
        build.abort();
        other.abort();
    }

    /** A crash ends builds of low durability as soon as Jenkins reads them, and their approvals some time later. */
    @Test
    void callbackForABuildThatACrashHasEndedComesTooLate() {
        try (Controller controller = Controller.createLean(Settings.CASC);
                ExternalProcess process = new ExternalProcess();
                ExternalProcess canceller = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);
            Job job = jenkins.createJob(process.approval(CancelWebhookTest.cancel(canceller)));
            new ScriptConsole(controller).run("""
                    def hint = org.jenkinsci.plugins.workflow.flow.FlowDurabilityHint.PERFORMANCE_OPTIMIZED
                    jenkins.model.Jenkins.get().getItemByFullName('%s').addProperty(
                        new org.jenkinsci.plugins.workflow.job.properties.DurabilityHintJobProperty(hint))
                    """.formatted(job.name()));
            int builds = 20;
            var callbacks = new ArrayList<Callback>();
            for (int i = 0; i < builds; i++) {
                job.build().awaitWaiting(1);
                callbacks.add(process.awaitCallback());
            }
            controller.kill();
            controller.launch();

            Collections.reverse(callbacks); // the approvals that end last
            for (Callback callback : callbacks) {
                callback.succeedOnceUp("late").expect(410);
            }

            Wait.until("the calls of the cancel webhook")
                    .until(() -> canceller.calls().size() == builds);
            assertThat(canceller.calls())
                    .allMatch(call -> call.json().get("outcome").asText().equals("ABORTED"));
        }
    }

    private static HttpRequest.Builder request(Jenkins jenkins, String path) {
        return Http.request(jenkins.controller().url() + path);
    }
}
