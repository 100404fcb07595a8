package io.jenkins.plugins.armory.step.flow;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.ExtensionList;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.SeenCommits;
import java.util.logging.Level;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.LogRecorder;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;

/** Builds without anything of the plugin, on a controller that has it. */
@WithJenkins
class GuestJenkinsTest {

    private static WorkflowJob job(JenkinsRule j, String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job;
    }

    @Test
    void aPluginThatDoesNotWorkFailsNoStepOfThem(JenkinsRule j) throws Exception {
        WorkflowJob job = job(j, """
                stage('a') {
                    parallel x: { stage('b') { node { echo 'x' } } }, y: { catchError(buildResult: 'SUCCESS') { error 'y' } }
                }
                stage 'c'
                """);
        ExtensionList<ArmoryRuntime> runtimes = ExtensionList.lookup(ArmoryRuntime.class);
        ArmoryRuntime runtime = ArmoryRuntime.get();
        runtimes.remove(runtime);
        try (LogRecorder log = new LogRecorder().record("", Level.WARNING).capture(100)) {
            WorkflowRun run = j.buildAndAssertSuccess(job);
            j.waitUntilNoActivity();
            run.delete();

            assertThat(log.getRecords())
                    .noneMatch(each -> each.getThrown() != null
                            && String.valueOf(each.getThrown().getMessage()).contains("ArmoryRuntime"));
        } finally {
            runtimes.add(runtime);
        }
    }

    @Test
    void nothingIsKnownOfThemThoughSomebodyLooksAtTheirPages(JenkinsRule j) throws Exception {
        WorkflowRun run = job(j, "stage('a') { input 'Go?' }").scheduleBuild2(0).waitForStart();
        j.waitForMessage("Go?", run);

        j.createWebClient().getPage(run);
        j.createWebClient().getJSON(run.getUrl() + "api/json?depth=2");

        assertThat(ArmoryRuntime.get().runningBuilds().find(run)).isNull();
        assertThat(SeenCommits.find(run)).isNull();
        run.doKill();
        j.waitForCompletion(run);
    }
}
