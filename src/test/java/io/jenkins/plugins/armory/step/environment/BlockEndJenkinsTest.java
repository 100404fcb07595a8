package io.jenkins.plugins.armory.step.environment;

import static io.jenkins.plugins.armory.step.environment.DeploymentRestartJenkinsTest.awaitInput;
import static org.awaitility.Awaitility.await;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import io.jenkins.plugins.armory.step.BusyExecutor;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.job.WorkflowJob;
import org.jenkinsci.plugins.workflow.job.WorkflowRun;
import org.jenkinsci.plugins.workflow.pickles.Pickle;
import org.jenkinsci.plugins.workflow.support.pickles.SingleTypedPickleFactory;
import org.jenkinsci.plugins.workflow.support.steps.input.InputStepExecution;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.jvnet.hudson.test.TestExtension;
import org.jvnet.hudson.test.junit.jupiter.JenkinsSessionExtension;

/** Tests what the body of a step has returned when Jenkins stops before the step has ended. */
class BlockEndJenkinsTest {

    @RegisterExtension
    private final JenkinsSessionExtension sessions = new JenkinsSessionExtension();

    /** Something that only a pickle can keep, as an agent's workspace. */
    public static final class Workspace {
        private final String name;

        public Workspace(String name) {
            this.name = name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    public static final class Kept extends Pickle {
        private static final long serialVersionUID = 1L;

        private final String name;

        Kept(String name) {
            this.name = name;
        }

        @Override
        public ListenableFuture<?> rehydrate(FlowExecutionOwner owner) {
            return Futures.immediateFuture(new Workspace(name + " again"));
        }
    }

    @TestExtension
    public static final class Factory extends SingleTypedPickleFactory<Workspace> {
        @Override
        protected Pickle pickle(Workspace workspace) {
            return new Kept(workspace.name);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "text, x",
        "[new io.jenkins.plugins.armory.step.environment.BlockEndJenkinsTest.Workspace(text)], [x again]",
        "text =~ text, null" // nobody may use it: it is the value of a body that ends so
    })
    void whatThePipelineCanKeepIsKept(String value, String kept) throws Throwable {
        List<BusyExecutor> busy = new ArrayList<>();
        sessions.then(j -> {
            WorkflowJob job = j.createProject(WorkflowJob.class, "job");
            job.setDefinition(new CpsFlowDefinition("""
                    def text = 'x'
                    def value = armoryEnvironment('staging') { input id: 'Hold', message: 'Hold'; %s }
                    echo "value: ${value}"
                    """.formatted(value), false));
            WorkflowRun run = job.scheduleBuild2(0).waitForStart();
            InputStepExecution hold = awaitInput(run);
            busy.add(BusyExecutor.occupy());
            hold.proceed(null);
            await().until(() -> run.getExecution().getCurrentExecutions(true).get().stream()
                    .anyMatch(ArmoryEnvironmentExecution.class::isInstance));
        });
        busy.forEach(BusyExecutor::close);
        sessions.then(j -> {
            WorkflowRun run =
                    j.jenkins.getItemByFullName("job", WorkflowJob.class).getBuildByNumber(1);
            j.assertBuildStatusSuccess(j.waitForCompletion(run));
            j.assertLogContains("value: " + kept, run);
        });
    }
}
