package io.jenkins.embedded;

import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.DataBoundConstructor;

/** {@code waitFor(id: 'x')}: a step as a plugin may bring it, which ends when a test says so. */
public final class WaitStep extends Step {
    private static final Map<String, Execution> WAITING = new ConcurrentHashMap<>();

    private final String id;

    @DataBoundConstructor
    public WaitStep(String id) {
        this.id = id;
    }

    /** Forgets the steps of earlier tests. */
    static void reset() {
        WAITING.clear();
    }

    /** The context of the step of that id, as soon as it waits; the test that takes it must end it. */
    static StepContext await(String id) {
        return Awaitility.await()
                .until(() -> WAITING.remove(id), execution -> execution != null)
                .getContext();
    }

    @Override
    public StepExecution start(StepContext context) {
        return new Execution(context, id);
    }

    /** Waits. */
    static final class Execution extends StepExecution {
        private static final long serialVersionUID = 1;

        private final String id;

        Execution(StepContext context, String id) {
            super(context);
            this.id = id;
        }

        @Override
        public boolean start() {
            WAITING.put(id, this);
            return false;
        }

        @Override
        public void onResume() {
            WAITING.put(id, this);
        }
    }

    /** Its descriptor. */
    @Extension
    public static final class DescriptorImpl extends StepDescriptor {

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class);
        }

        @Override
        public String getFunctionName() {
            return "waitFor";
        }
    }
}
