package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import hudson.ExtensionList;
import hudson.cli.CLICommandInvoker;
import hudson.model.AdministrativeMonitor;
import hudson.model.Item;
import io.jenkins.plugins.armory.TestCaller;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.EnvironmentDefinition;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.storage.ApprovalStoreTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import jenkins.metrics.api.Metrics;
import jenkins.model.Jenkins;
import jenkins.model.JenkinsLocationConfiguration;
import net.sf.json.JSONObject;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.MockAuthorizationStrategy;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of the commands, the metrics and the administrative monitor. */
@WithJenkins
class OperationsJenkinsTest {

    private JenkinsRule j;
    private String id;

    @BeforeEach
    void createApproval(JenkinsRule rule) throws Exception {
        j = rule;
        WorkflowJob job = j.createProject(WorkflowJob.class, "deploy");
        job.updateNextBuildNumber(2);
        id = create(job, "prod\u001b[2J\tand more", Instant.now());
    }

    private static String create(WorkflowJob job, String environment, Instant startedAt) throws Exception {
        String newId = ArmoryRuntime.get().tokens().newId();
        ArmoryRuntime.get()
                .approvals()
                .create(ApprovalTerms.of(newId, new BuildRef(job.getFullName(), 1))
                        .environment(environment)
                        .webhook("tests")
                        .timeout(startedAt, Duration.ofHours(1))
                        .start());
        return newId;
    }

    private int callBack(String token) throws Exception {
        return new TestCaller(j.getURL())
                .post(id, token, "{\"success\": false}")
                .statusCode();
    }

    private String token() {
        return ArmoryRuntime.get().tokens().tokenFor(id);
    }

    private String list(String... arguments) {
        CLICommandInvoker.Result result = new CLICommandInvoker(j, "list-armory-approvals").invokeWithArgs(arguments);
        assertThat(result.returnCode()).as(result.stderr()).isZero();
        return result.stdout();
    }

    @Test
    void commandListsWhatWaits() throws Exception {
        assertThat(list().strip().split("\t"))
                .hasSize(6)
                .startsWith("SENDING", id)
                .endsWith("deploy #1", "prod [2J and more", "tests");

        callBack(token());

        assertThat(list()).isEmpty();
        assertThat(list("--all")).startsWith("FAILURE\t" + id);
        assertThat(JSONObject.fromObject(list("--json"))
                        .getJSONArray("approvals")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void commandSaysHowManyItLeavesOut() throws Exception {
        WorkflowJob job = j.jenkins.getItemByFullName("deploy", WorkflowJob.class);
        for (int i = 0; i < 101; i++) {
            create(job, "prod", Instant.now());
        }

        CLICommandInvoker.Result result = new CLICommandInvoker(j, "list-armory-approvals").invoke();

        assertThat(result.stdout().lines()).hasSize(100);
        assertThat(result.stderr()).startsWith("2 more pending approvals are not listed");
    }

    @Test
    void commandListsWhatTheUserMaySeeAlone() {
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ)
                .everywhere()
                .to("visitor", "reader")
                .grant(Item.READ)
                .everywhere()
                .to("reader"));

        assertThat(new CLICommandInvoker(j, "list-armory-approvals")
                        .asUser("visitor")
                        .invoke()
                        .stdout())
                .isEmpty();
        assertThat(new CLICommandInvoker(j, "list-armory-approvals")
                        .asUser("reader")
                        .invoke()
                        .stdout())
                .contains(id);
    }

    @Test
    void commandDecidesAsItsUserWithTheAnswersOfTheHttpContract() throws Exception {
        j.jenkins.setSecurityRealm(j.createDummySecurityRealm());
        j.jenkins.setAuthorizationStrategy(new MockAuthorizationStrategy()
                .grant(Jenkins.READ, Item.READ)
                .everywhere()
                .to("reader")
                .grant(Jenkins.READ, Item.READ, Item.BUILD)
                .everywhere()
                .to("alice", "bob"));
        ArmoryRuntime.get()
                .approvals()
                .create(ApprovalTerms.of(id + "2", new BuildRef("deploy", 1))
                        .environment("prod")
                        .webhook("tests")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .manual(new ManualRequirement("Go?", List.of(), 1))
                        .start());

        assertThat(decide("reader", id + "2", "--approve")).returns(6, CLICommandInvoker.Result::returnCode);
        assertThat(decide("alice", id + "2", "--approve", "--comment", "looks good"))
                .returns(0, CLICommandInvoker.Result::returnCode)
                .extracting(result -> JSONObject.fromObject(result.stdout()).getJSONObject("decision"))
                .returns("user alice", decision -> decision.getString("decidedBy"))
                .returns("looks good", decision -> decision.getString("mdMessage"));
        assertThat(decide("bob", id + "2", "--approve"))
                .returns(0, CLICommandInvoker.Result::returnCode)
                .extracting(result -> JSONObject.fromObject(result.stdout()))
                .returns(true, answer -> answer.getBoolean("duplicate"))
                .returns(
                        "user alice", answer -> answer.getJSONObject("decision").getString("decidedBy"));
        assertThat(decide("bob", id + "2", "--reject"))
                .as("the callback is awaited, so a rejection counts")
                .returns(0, CLICommandInvoker.Result::returnCode)
                .extracting(result -> JSONObject.fromObject(result.stdout()).getJSONObject("decision"))
                .returns("user bob", decision -> decision.getString("decidedBy"));
        assertThat(decide("alice", id + "2", "--approve"))
                .returns(4, CLICommandInvoker.Result::returnCode)
                .extracting(CLICommandInvoker.Result::stdout)
                .asString()
                .contains("already_decided", "bob");
        assertThat(decide("bob", id, "--reject").stdout()).as("nobody is asked").contains("not_awaited");
        assertThat(decide("bob", "nosuchapproval", "--reject").returnCode()).isEqualTo(3);
    }

    @Test
    void noJsonOfACommandSteersATerminalOrTurnsTheOrder() throws Exception {
        String steering = "\u001b\u009b2J\u202e";
        ArmoryConfiguration.get().setEnvironments(List.of(new EnvironmentDefinition("prod\u00e9", "**")));
        ArmoryRuntime.get()
                .approvals()
                .create(ApprovalTerms.of(id + "2", new BuildRef("deploy", 1))
                        .environment("prod")
                        .webhook("tests")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .manual(new ManualRequirement("Go?" + steering, List.of(), 1))
                        .start());

        String decided = decide("admin", id + "2", "--approve", "--comment", "good" + steering)
                .stdout();
        String environments = new CLICommandInvoker(j, "list-armory-environments")
                .invokeWithArgs("--json")
                .stdout();

        assertThat(decided).matches("\\p{ASCII}*").contains("good").contains("\\u202E");
        assertThat(list("--json")).matches("\\p{ASCII}*").contains("Go?").contains("\\u009B2J\\u202E");
        assertThat(environments).matches("\\p{ASCII}*").contains("prod\\u00E9");
    }

    @Test
    void commandWantsOneChoice() {
        assertThat(decide("admin", id))
                .returns(3, CLICommandInvoker.Result::returnCode)
                .extracting(CLICommandInvoker.Result::stderr)
                .asString()
                .contains("Give one of --approve, --reject, --take-back, --run-again and --give-up.");
        assertThat(decide("admin", id, "--approve", "--reject").returnCode()).isEqualTo(2);
        assertThat(decide("admin").returnCode()).isEqualTo(2);
    }

    private CLICommandInvoker.Result decide(String user, String... arguments) {
        CLICommandInvoker invoker = new CLICommandInvoker(j, "decide-armory-approval");
        return (user.equals("admin") ? invoker : invoker.asUser(user)).invokeWithArgs(arguments);
    }

    @Test
    void metricsCountWhatWaitsIsDecidedAndIsRefused() throws Exception {
        MetricRegistry registry = Metrics.metricRegistry();
        long failed = registry.counter("armory.approvals.decided.failure").getCount();
        long timed = registry.timer("armory.approvals.timeToDecision").getCount();
        assertThat(registry.getGauges().get("armory.approvals.waiting").getValue())
                .isEqualTo(1);

        assertThat(callBack("no such token")).isEqualTo(401);
        assertThat(callBack(token())).isEqualTo(200);
        assertThat(callBack(token())).isEqualTo(200);

        assertThat(registry.getGauges().get("armory.approvals.waiting").getValue())
                .isEqualTo(0);
        assertThat(registry.getGauges().get("armory.callbacks.refused").getValue())
                .isEqualTo(1L);
        assertThat(registry.counter("armory.approvals.decided.failure").getCount())
                .isEqualTo(failed + 1);
        assertThat(registry.timer("armory.approvals.timeToDecision").getCount()).isEqualTo(timed + 1);
    }

    @Test
    void administratorsAreWarnedOfApprovalsThatCannotBeWritten() throws Exception {
        ApprovalsMonitor monitor = AdministrativeMonitor.all().get(ApprovalsMonitor.class);
        assertThat(monitor.isActivated()).isFalse();

        Path folder = j.jenkins.getRootDir().toPath().resolve("armory-approvals");
        await().atMost(Duration.ofMinutes(1))
                .until(() -> isEmpty(folder.resolve("journal"))); // then the next change begins a file
        ApprovalStoreTest.breakJournal(folder);

        ExtensionList.lookupSingleton(Metrics.HealthChecker.class).run();
        await().atMost(Duration.ofMinutes(1)).until(() -> Metrics.getHealthCheckData() != null);

        assertThat(health().isHealthy()).isTrue();
        assertThat(health().getMessage()).startsWith("1 pending, the oldest since ");
        assertThat(callBack(token())).isEqualTo(503);
        assertThat(health().isHealthy()).isFalse();
        assertThat(health().getMessage()).contains("could not be written");
        assertThat(monitor.isActivated()).isTrue();
        assertThat(j.createWebClient().goTo("manage/").asNormalizedText())
                .contains("A webhook approval could not be written.");
    }

    private static HealthCheck.Result health() {
        return Metrics.healthCheckRegistry().runHealthCheck("armory-approvals");
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.findAny().isEmpty();
        }
    }

    @Test
    void administratorsAreWarnedOfAMissingUrl() throws Exception {
        JenkinsLocationConfiguration.get().setUrl(null);

        assertThat(AdministrativeMonitor.all().get(ApprovalsMonitor.class).isActivated())
                .isTrue();
        assertThat(j.createWebClient().goTo("manage/").asNormalizedText()).contains("Jenkins does not know its URL");
    }
}
