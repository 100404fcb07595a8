package io.jenkins.plugins.armory.builds;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.ParametersAction;
import hudson.model.ParametersDefinitionProperty;
import hudson.model.PasswordParameterDefinition;
import hudson.model.PasswordParameterValue;
import hudson.model.StringParameterDefinition;
import hudson.model.StringParameterValue;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
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
                        new StringParameterValue("VERSION", "2.7" + "x".repeat(1000)),
                        new PasswordParameterValue("KEY", "s3cret"))));

        BuildInfo info = BuildInfo.of(run);
        assertThat(info.causes()).singleElement().asString().contains("ci.example.com");
        assertThat(info.parameters())
                .singleElement()
                .satisfies(each -> assertThat(each.value()).startsWith("2.7x").hasSize(255));
        assertThat(info.replay()).isFalse();
        assertThat(info.commits()).isEmpty();
        assertThat(info.toString()).doesNotContain("s3cret");
    }
}
