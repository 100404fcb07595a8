package io.jenkins.embedded;

import com.cloudbees.groovy.cps.Outcome;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** {@code stage}: runs its body in a thread of its own, as on Jenkins. */
public final class StageExecution extends StepExecution {
    private static final long serialVersionUID = 1;

    private final String name;
    /** How it ended, or null. */
    private Outcome end;

    public StageExecution(StepContext context, String name) {
        super(context);
        this.name = name;
    }

    @Override
    public boolean start() {
        getContext()
                .newBodyInvoker()
                .withContext(EnvironmentExpander.constant(Map.of("STAGE_NAME", name)))
                .withDisplayName(name)
                .withCallback(new Callback(this))
                .start();
        return false;
    }

    /** The body may have ended when the program was saved, and the controller have died before the step did. */
    @Override
    public void onResume() {
        if (end != null && end.isSuccess()) {
            getContext().onSuccess(end.getNormal());
        } else if (end != null) {
            getContext().onFailure(end.getAbnormal());
        }
    }

    private static final class Callback extends BodyExecutionCallback {
        private static final long serialVersionUID = 1;

        private final StageExecution stage;

        Callback(StageExecution stage) {
            this.stage = stage;
        }

        @Override
        public void onSuccess(StepContext body, Object result) {
            stage.getContext().onSuccess(result);
            ended();
        }

        @Override
        public void onFailure(StepContext body, Throwable thrown) {
            stage.getContext().onFailure(thrown);
            ended();
        }

        /** Of all that the context was told, the first counts. */
        private void ended() {
            stage.end = ((BuildStepContext) stage.getContext()).outcome();
            ((BuildStepContext) stage.getContext())
                    .thread()
                    .program()
                    .build()
                    .log()
                    .println("[Pipeline] // stage");
        }
    }
}
