package io.jenkins.plugins.armory.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.codahale.metrics.MetricRegistry;
import com.codahale.metrics.health.HealthCheck;
import hudson.ExtensionList;
import hudson.model.AdministrativeMonitor;
import io.jenkins.plugins.armory.TestCaller;
import io.jenkins.plugins.armory.approval.TestApproval;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.store.TestBuilds;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import jenkins.metrics.api.Metrics;
import jenkins.model.JenkinsLocationConfiguration;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Tests of the metrics and the administrative monitor. */
@WithJenkins
class OperationsJenkinsTest {

    private JenkinsRule j;
    private String id;

    @BeforeEach
    void createApproval(JenkinsRule rule) throws Exception {
        j = rule;
        WorkflowJob job = j.createProject(WorkflowJob.class, "deploy");
        id = ArmoryRuntime.get().tokens().newId();
        TestBuilds.create(
                ArmoryRuntime.get().approvals(),
                TestApproval.of(id, ArmoryRootActionJenkinsTest.running(job.getFullName()))
                        .environment("prod")
                        .webhook("tests")
                        .timeout(Instant.now(), Duration.ofHours(1))
                        .start());
    }

    private int callBack(String token) throws Exception {
        return new TestCaller(j.getURL())
                .post(id, token, "{\"success\": false}")
                .statusCode();
    }

    private String token() {
        return ArmoryRuntime.get().tokens().tokenFor(id);
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

        Path folder = j.jenkins.getRootDir().toPath();
        Path log = folder.resolve("jobs/deploy/builds/1/armory.log");
        Files.move(log, log.resolveSibling("away"));
        Files.createDirectory(log);

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

    @Test
    void administratorsAreWarnedOfAMissingUrl() throws Exception {
        JenkinsLocationConfiguration.get().setUrl(null);

        assertThat(AdministrativeMonitor.all().get(ApprovalsMonitor.class).isActivated())
                .isTrue();
        assertThat(j.createWebClient().goTo("manage/").asNormalizedText()).contains("Jenkins does not know its URL");
    }
}
