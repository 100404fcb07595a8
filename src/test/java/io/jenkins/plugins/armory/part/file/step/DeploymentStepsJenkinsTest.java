package io.jenkins.plugins.armory.part.file.step;

import static io.jenkins.plugins.armory.step.environment.DeploymentRestartJenkinsTest.awaitInput;
import static io.jenkins.plugins.armory.step.environment.DeploymentRestartJenkinsTest.failAfterDeployment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import hudson.EnvVars;
import hudson.model.ChoiceParameterDefinition;
import hudson.model.ParameterValue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.SimpleParameterDefinition;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.RunningBuilds;
import io.jenkins.plugins.armory.runtime.SeenCommits;
import io.jenkins.plugins.armory.step.BlockEnd;
import io.jenkins.plugins.armory.step.BlockExecution;
import io.jenkins.plugins.armory.step.BusyExecutor;
import io.jenkins.plugins.armory.step.HeldContext;
import io.jenkins.plugins.armory.step.approval.ArmoryApprovalStep;
import io.jenkins.plugins.armory.step.approval.ArmoryWebhookApprovalStep;
import io.jenkins.plugins.armory.step.environment.ArmoryEnvironmentExecution;
import io.jenkins.plugins.armory.step.environment.ArmoryEnvironmentStep;
import io.jenkins.plugins.armory.step.environment.ArmoryRollbackStep;
import io.jenkins.plugins.armory.step.environment.EnvironmentName;
import io.jenkins.plugins.armory.step.flow.EnclosingBody;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import jenkins.model.CauseOfInterruption;
import net.sf.json.JSONObject;
import org.htmlunit.html.HtmlOption;
import org.htmlunit.html.HtmlPage;
import org.htmlunit.html.HtmlSelect;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.cps.SnippetizerTester;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepConfigTester;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.jvnet.hudson.test.JenkinsRule;
import org.jvnet.hudson.test.junit.jupiter.WithJenkins;
import org.kohsuke.stapler.StaplerRequest2;

/** Tests of the forms of the deployment steps, and of cancelled stages whose body cannot be replaced. */
@WithJenkins
class DeploymentStepsJenkinsTest {

    private JenkinsRule j;

    @BeforeEach
    void start(JenkinsRule rule) {
        j = rule;
    }

    private static ArmoryEnvironmentStep environment(String name, String... dependsOn) {
        ArmoryEnvironmentStep step = new ArmoryEnvironmentStep(name);
        if (dependsOn.length > 0) {
            step.setDependsOn(
                    List.of(dependsOn).stream().map(EnvironmentName::new).toList());
        }
        return step;
    }

    @Test
    void snippetGeneratorWritesWhatRuns() throws Exception {
        SnippetizerTester tester = new SnippetizerTester(j);
        tester.assertRoundTrip(environment("dev"), "armoryEnvironment('dev') {\n    // some block\n}");
        tester.assertRoundTrip(
                environment("prod", "staging", "qa"),
                "armoryEnvironment(dependsOn: ['staging', 'qa'], name: 'prod') {\n    // some block\n}");
        tester.assertRoundTrip(new ArmoryRollbackStep("prod"), "armoryRollback('prod') {\n    // some block\n}");

        ArmoryWebhookApprovalStep approval = new ArmoryWebhookApprovalStep();
        approval.setWebhook("tests");
        approval.setPhase("afterDeployment");
        ManualApproval manual = new ManualApproval();
        manual.setMessage("Go?");
        manual.setSubmitters(List.of("alice", "ops"));
        approval.setManualApproval(manual);
        tester.assertRoundTrip(
                approval,
                "armoryWebhookApproval manualApproval: [message: 'Go?', submitters: ['alice', 'ops']],"
                        + " phase: 'afterDeployment', webhook: 'tests'");
        manual.setRequired(2);
        manual.setNotByRequester(true);
        tester.assertRoundTrip(
                approval,
                "armoryWebhookApproval manualApproval: [message: 'Go?', notByRequester: true, required: 2,"
                        + " submitters: ['alice', 'ops']],"
                        + " phase: 'afterDeployment', webhook: 'tests'");
        manual.setParameters(List.of(new ChoiceParameterDefinition("region", new String[] {"eu", "us"}, null)));
        tester.assertRoundTrip(
                approval,
                "armoryWebhookApproval manualApproval: [message: 'Go?', notByRequester: true,"
                        + " parameters: [choice(choices: ['eu', 'us'], name: 'region')], required: 2,"
                        + " submitters: ['alice', 'ops']],"
                        + " phase: 'afterDeployment', webhook: 'tests'");
    }

    /** The Snippet Generator makes the form without a step, so the defaults of the form count. */
    @Test
    void snippetGeneratorProposesThePhaseOfTheStep() throws Exception {
        HtmlPage page = j.createWebClient().getPage(j.createProject(WorkflowJob.class, "job"), "pipeline-syntax/");
        HtmlSelect steps = page.getFirstByXPath("//select[contains(@class, 'dropdownList')]");
        HtmlOption step = steps.getOptions().stream()
                .filter(option -> option.getText().startsWith("armoryApproval:"))
                .findFirst()
                .orElseThrow();
        steps.setSelectedAttribute(step, true);

        await().pollInSameThread().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
            HtmlSelect phases = page.getFirstByXPath("//select[@name='_.phase']");
            assertThat(phases).isNotNull();
            assertThat(phases.getOptions())
                    .extracting(HtmlOption::getValueAttribute)
                    .containsExactly("beforeDeployment", "strategy");
            assertThat(phases.getSelectedOptions())
                    .extracting(HtmlOption::getValueAttribute)
                    .containsExactly("beforeDeployment");
        });
    }

    /** As an option of a Declarative stage it is written in the same way, without the block. */
    @Test
    void snippetGeneratorWritesAnApprovalWithItsBlock() throws Exception {
        SnippetizerTester tester = new SnippetizerTester(j);
        ArmoryApprovalStep approval = new ArmoryApprovalStep();
        approval.setWebhook("tests");
        approval.setTimeout(2);
        tester.assertRoundTrip(approval, "armoryApproval(timeout: 2, webhook: 'tests') {\n    // some block\n}");

        approval.setPhase("strategy");
        ManualApproval manual = new ManualApproval();
        manual.setMessage("Go?");
        approval.setManualApproval(manual);
        tester.assertRoundTrip(
                approval,
                "armoryApproval(manualApproval: [message: 'Go?'], phase: 'strategy', timeout: 2, webhook: 'tests') {\n"
                        + "    // some block\n}");
        j.assertEqualDataBoundBeans(approval, new StepConfigTester(j).configRoundTrip(approval));
    }

    @Test
    void formsKeepWhatIsInThem() throws Exception {
        StepConfigTester tester = new StepConfigTester(j);
        ArmoryEnvironmentStep prod = environment("prod", "staging", "qa");
        j.assertEqualDataBoundBeans(prod, tester.configRoundTrip(prod));
        assertThat(tester.configRoundTrip(environment("dev")).getDependsOn())
                .as("all that come before")
                .isNull();
        ArmoryRollbackStep rollback = new ArmoryRollbackStep("prod");
        j.assertEqualDataBoundBeans(rollback, tester.configRoundTrip(rollback));
    }

    @Test
    void hasHelpForEveryField() throws Exception {
        JenkinsRule.WebClient client = j.createWebClient();
        for (String path : List.of(
                "step.environment.ArmoryEnvironmentStep/help",
                "step.environment.ArmoryEnvironmentStep/help/name",
                "step.environment.ArmoryEnvironmentStep/help/dependsOn",
                "step.environment.ArmoryRollbackStep/help",
                "step.environment.ArmoryRollbackStep/help/environment",
                "step.approval.ArmoryWebhookApprovalStep/help/phase",
                "step.approval.ArmoryWebhookApprovalStep/help/manualApproval",
                "config.form.ManualApproval/help/message",
                "config.form.ManualApproval/help/submitters",
                "config.form.ManualApproval/help/required",
                "config.form.ManualApproval/help/rules",
                "config.form.ApprovalRule/help/submitters",
                "config.form.ApprovalRule/help/required",
                "config.form.ManualApproval/help/notByRequester",
                "config.form.ManualApproval/help/parameters",
                "step.environment.EnvironmentName/help/name")) {
            String text = client.goTo("descriptor/io.jenkins.plugins.armory." + path, "text/html")
                    .getWebResponse()
                    .getContentAsString();
            assertThat(text).as(path).contains("<div>");
        }
    }

    /** The builds have nodes with the same ids, which Pipeline considers equal. */
    @Test
    void buildsThatRunAtTheSameTimeDoNotTakeEachOthersStepsForTheirOwn() throws Exception {
        List<WorkflowJob> jobs = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            WorkflowJob job = j.createProject(WorkflowJob.class);
            job.setDefinition(new CpsFlowDefinition("armoryEnvironment('dev') { echo 'deployed' }", true));
            job.scheduleBuild2(0);
            jobs.add(job);
        }

        // waitForCompletion waits for a future that Jenkins never completes if a build ends before its executor knows
        // of it.
        for (WorkflowJob job : jobs) {
            await().atMost(Duration.ofMinutes(1)).until(() -> {
                WorkflowRun run = job.getBuildByNumber(1);
                return run != null && !run.isLogUpdated();
            });
            j.assertBuildStatusSuccess(job.getBuildByNumber(1));
        }
    }

    private WorkflowRun start(String script) throws Exception {
        WorkflowJob job = j.createProject(WorkflowJob.class);
        job.setDefinition(new CpsFlowDefinition(script, true));
        return job.scheduleBuild2(0).waitForStart();
    }

    /** The ends of all branches are heads of the flow graph for a moment, before the Pipeline continues after them. */
    @Test
    void theEndOfAllBranchesIsNoDeadEnd() throws Exception {
        WorkflowRun run = start("""
                parallel(
                    staging: {
                        for (int i = 0; i < 100; i++) {
                            parallel x: { echo 'x' }, y: { echo 'y' }
                        }
                        armoryEnvironment('staging') {
                            for (int i = 0; i < 100; i++) {
                                parallel x: { echo 'x' }, y: { echo 'y' }
                            }
                        }
                    },
                    prod: { armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'deployed' } })
                """);

        j.assertBuildStatusSuccess(j.waitForCompletion(run));
        j.assertLogContains("deployed", run);
    }

    @Test
    void abortIsNotLostToAnEndThatComesWithIt() throws Exception {
        WorkflowRun run = start("armoryEnvironment('prod') { input id: 'Hold', message: 'Hold' }\necho 'never'");
        InputStepExecution hold = awaitInput(run);
        try (BusyExecutor busy = BusyExecutor.occupy()) {
            hold.proceed(null);
            await().until(() -> run.getExecution().getCurrentExecutions(true).get().stream()
                    .anyMatch(ArmoryEnvironmentExecution.class::isInstance));
            // Not run.doStop(), which has a timer do this at some time.
            run.getExecution().interrupt(Result.ABORTED, new CauseOfInterruption.UserInterruption("alice"));
            run.getExecution().getCurrentExecutions(true).get(); // after the stop, in the queue of the Pipeline engine
        }

        j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run));
        j.assertLogNotContains("never", run);
    }

    @Test
    void stepThatIsStoppedBeforeItHasBegunDoesNotBegin() throws Exception {
        HeldContext context = new HeldContext(Map.of(Run.class, j.waitForCompletion(start("echo 'over'"))));
        List<String> told = new CopyOnWriteArrayList<>();
        BlockExecution step = new BlockExecution(context) {
            @Override
            public boolean start() throws Exception {
                return beginOnceSaved();
            }

            @Override
            protected void begin() {
                told.add("begun");
            }

            @Override
            protected void end(BlockEnd end) {
                told.add("ended");
            }

            @Override
            protected void stopped(Throwable cause) {
                told.add("stopped");
            }
        };
        step.start();
        FlowInterruptedException cause = new FlowInterruptedException(Result.ABORTED, true);
        step.stop(cause);
        assertThat(context.failure().get(1, TimeUnit.MINUTES)).isSameAs(cause);
        context.saved().set(null);

        await().untilAsserted(() -> assertThat(told).containsExactly("stopped", "stopped"));
    }

    @Test
    void nothingIsKeptOfABuildThatWasEndedByForce() throws Exception {
        WorkflowRun run = start("""
                parallel(
                    prod: { stage('prod') { armoryEnvironment(name: 'prod', dependsOn: ['dev']) { echo 'never' } } },
                    other: { input id: 'Hold', message: 'Hold' })
                """);
        awaitInput(run);
        j.waitForMessage("Environment 'prod' waits for 'dev'.", run);
        RunningBuilds builds = ArmoryRuntime.get().runningBuilds();
        assertThat(builds.find(run)).isNotNull();
        run.doKill();

        j.assertBuildStatus(Result.ABORTED, j.waitForCompletion(run));
        await().until(() -> builds.find(run) == null);
        assertThat(builds.findOrCreate(run)).isNull();
    }

    @Test
    void stagesStayCancelledWhereTheDecisionsOfTheOriginalBuildAreUnknown() throws Exception {
        WorkflowRun origin = start("armoryEnvironment('prod') { echo 'deployed' }");
        j.assertBuildStatus(Result.SUCCESS, j.waitForCompletion(origin));
        await().until(() -> ArmoryRuntime.get().runningBuilds().find(origin) == null);
        Files.writeString(origin.getRootDir().toPath().resolve("armory.log"), "garbled");
        await().untilAsserted(() -> {
            System.gc(); // what is known of the build is in memory for as long as somebody uses it
            assertThat(ArmoryRuntime.get().deployments().of(origin).doubt()).isPresent();
        });
        WorkflowRun run = start("input id: 'Hold', message: 'Hold'\nstage('prod') { echo 'never' }");
        awaitInput(run);

        ArmoryRuntime.get().deployments().restart(run, origin, Set.of(), Set.of(), false);
        ArmoryRuntime.get().deployments().of(run); // as a page does
        awaitInput(run).proceed(null);

        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
        j.assertLogContains("Stage 'prod' is cancelled: The log of the build is in doubt: ", run);
        j.assertLogNotContains("never", run);
    }

    @Test
    void aStageWithoutABlockThrowsSinceWhatFollowsItIsNotInIt() throws Exception {
        WorkflowRun run = start("input id: 'Hold', message: 'Hold'\nstage 'prod'\necho 'never'");
        awaitInput(run);
        failAfterDeployment(run);
        awaitInput(run).proceed(null);

        j.assertBuildStatus(Result.FAILURE, j.waitForCompletion(run));
        j.assertLogContains("Stage 'prod' is cancelled: 2 of 42 failed", run);
        j.assertLogNotContains("never", run);
    }

    /**
     * Returns the context of a step beside the {@code input} at which a build waits in the environment {@code staging}.
     */
    private static HeldContext contextInStaging(WorkflowRun run) throws Exception {
        FlowNode waiting = awaitInput(run).getContext().get(FlowNode.class);
        Environment staging = ArmoryRuntime.get()
                .deployments()
                .of(run)
                .newest()
                .find("staging")
                .orElseThrow();
        return new HeldContext(Map.of(
                Run.class,
                run,
                FlowNode.class,
                waiting,
                EnvVars.class,
                new EnvVars(),
                EnclosingBody.class,
                new EnclosingBody(staging.step(), "staging", Map.of())));
    }

    private void assertThatStagingFails(WorkflowRun run) throws Exception {
        awaitInput(run).proceed(null);
        j.waitForCompletion(run);
        assertThat(ArmoryRuntime.get()
                        .deployments()
                        .of(run)
                        .deployment()
                        .find("staging")
                        .orElseThrow()
                        .state())
                .isEqualTo(Environment.State.FAILED);
    }

    /** It waits for an agent, for example. */
    @Test
    void aDeploymentThatIsStoppedWhileItsFileIsReadKeepsTheEnvironmentAroundItClosed() throws Exception {
        WorkflowRun run = start("armoryEnvironment('staging') { input id: 'Hold', message: 'Hold' }");
        HeldContext context = contextInStaging(run);
        FlowInterruptedException cause = new FlowInterruptedException(Result.ABORTED, true);

        new ArmoryDeploymentPlanStep().start(context).stop(cause);

        assertThat(context.failure().get(1, TimeUnit.MINUTES)).isSameAs(cause);
        assertThatStagingFails(run);
    }

    /** As that of another plugin may. */
    public static final class FaultyParameter extends SimpleParameterDefinition {
        private static final long serialVersionUID = 1L;

        FaultyParameter() {
            super("faulty", null);
        }

        @Override
        public ParameterValue getDefaultParameterValue() {
            throw new IllegalStateException("no default");
        }

        @Override
        public ParameterValue createValue(String value) {
            throw new IllegalStateException("no value");
        }

        @Override
        public ParameterValue createValue(StaplerRequest2 request, JSONObject form) {
            throw new IllegalStateException("no value");
        }
    }

    @Test
    void anApprovalWithAFaultyParameterKeepsItsEnvironmentClosed() throws Exception {
        WorkflowRun run = start("armoryEnvironment('staging') { input id: 'Hold', message: 'Hold' }");
        HeldContext context = contextInStaging(run);
        ArmoryWebhookApprovalStep step = new ArmoryWebhookApprovalStep();
        ManualApproval manual = new ManualApproval();
        manual.setParameters(List.of(new FaultyParameter()));
        step.setManualApproval(manual);

        step.start(context).start();
        context.saved().set(null);

        assertThat(context.failure().get(1, TimeUnit.MINUTES)).hasMessageContaining("no default");
        assertThatStagingFails(run);
    }

    @Test
    void environmentsOfABuildThatIsOverAreOver() throws Exception {
        WorkflowRun run = start("armoryEnvironment('prod') { echo 'deployed' }");
        j.assertBuildStatus(Result.SUCCESS, j.waitForCompletion(run));
        await().until(() ->
                ArmoryRuntime.get().deployments().of(run).deployment().ended());
        Path file = run.getRootDir().toPath().resolve("armory.log");
        String first = Files.readAllLines(file).get(0);
        Files.writeString(file, first + "\n"); // the log as it is if Jenkins stops before the build ends
        run.removeActions(SeenCommits.class);

        await().untilAsserted(() -> {
            System.gc(); // what is known of the build is in memory for as long as somebody uses it
            assertThat(ArmoryRuntime.get().deployments().of(run).deployment().find("prod"))
                    .hasValueSatisfying(prod -> assertThat(prod.state()).isEqualTo(Environment.State.FAILED));
        });
    }
}
