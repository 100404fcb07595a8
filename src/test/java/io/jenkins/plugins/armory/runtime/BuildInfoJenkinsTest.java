package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.PasswordParameterDefinition;
import hudson.model.PasswordParameterValue;
import hudson.model.Queue;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import java.util.Map;
import org.jenkinsci.plugins.pipeline.modeldefinition.actions.RestartDeclarativePipelineAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.replay.ReplayAction;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

@WithJenkins
class BuildInfoJenkinsTest {

    @Test
    void hasCausesAndParametersWithoutSecrets(JenkinsRule rule) throws Exception {
        WorkflowJob job = rule.createProject(WorkflowJob.class, "deploy");
        job.setDefinition(new CpsFlowDefinition("echo 'x'", true));
        job.addProperty(new ParametersDefinitionProperty(
                new StringParameterDefinition("VERSION"), new PasswordParameterDefinition("KEY", "s3cret", "")));

        WorkflowRun run = rule.assertBuildStatusSuccess(job.scheduleBuild2(
                0,
                new CauseAction(new Cause.RemoteCause("ci.example.com", "for the release")),
                new ParametersAction(
                        new StringParameterValue("VERSION", "2.7" + "x".repeat(1100)),
                        new PasswordParameterValue("KEY", "s3cret"))));

        BuildInfo info = BuildInfo.of(run);
        assertThat(info.causes()).singleElement().asString().contains("ci.example.com");
        assertThat(info.parameters())
                .singleElement()
                .satisfies(each -> assertThat(each.value()).startsWith("2.7x").hasSize(1024));
        assertThat(info.replay()).isFalse();
        assertThat(info.commits()).isEmpty();
        assertThat(info.toString()).doesNotContain("s3cret");
    }

    @Test
    void aRestartFromAStageOfAReplayIsAReplayToo(JenkinsRule rule) throws Exception {
        String script = "pipeline { agent none; stages { stage('prod') { steps { echo 'x' } } } }";
        WorkflowJob job = rule.createProject(WorkflowJob.class, "deploy");
        job.setDefinition(new CpsFlowDefinition(script, true));
        WorkflowRun first = rule.buildAndAssertSuccess(job);
        WorkflowRun restarted = restarted(rule, first);
        WorkflowRun replay =
                ended(rule, first.getAction(ReplayAction.class).run2(script.replace("echo 'x'", "echo 'y'"), Map.of()));
        WorkflowRun ofReplay = restarted(rule, replay);
        WorkflowRun again = restarted(rule, ofReplay);
        rule.assertLogContains("y", again);

        assertThat(BuildInfo.of(restarted).replay()).isFalse();
        assertThat(BuildInfo.of(replay).replay()).isTrue();
        assertThat(BuildInfo.of(ofReplay).replay()).isTrue();
        assertThat(BuildInfo.of(again).replay()).isTrue();
        first.delete();
        assertThat(BuildInfo.of(restarted).replay())
                .as("of a build that may have been one")
                .isTrue();
    }

    private static WorkflowRun restarted(JenkinsRule rule, WorkflowRun run) throws Exception {
        return ended(rule, run.getAction(RestartDeclarativePipelineAction.class).run("prod"));
    }

    private static WorkflowRun ended(JenkinsRule rule, Queue.Item build) throws Exception {
        return rule.assertBuildStatusSuccess((WorkflowRun) build.getFuture().get());
    }
}
