package io.jenkins.plugins.armory.flow;

import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.pipeline.modeldefinition.actions.ExecutionModelAction;
import org.jenkinsci.plugins.pipeline.modeldefinition.ast.ModelASTStage;
import org.jenkinsci.plugins.pipeline.modeldefinition.causes.RestartDeclarativePipelineCause;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Has a Declarative build that is restarted from a stage begin with the decisions of the build that it was restarted from. Only
 * where Declarative Pipelines are installed.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class RestartedStages extends FlowExecutionListener {

    private static final Logger LOGGER = Logger.getLogger(RestartedStages.class.getName());

    @Override
    public void onCreated(FlowExecution execution) {
        try {
            if (execution.getOwner().getExecutable() instanceof Run<?, ?> run) {
                RestartDeclarativePipelineCause cause = run.getCause(RestartDeclarativePipelineCause.class);
                Run<?, ?> origin = cause == null ? null : cause.getOriginal();
                if (origin != null) {
                    ArmoryRuntime.get()
                            .deployments()
                            .restart(run, origin, stagesBefore(cause.getOriginStage(), origin));
                }
            }
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "A Pipeline that begins has no build", x);
        }
    }

    /** The outermost stages before that one; all of them where it is not found. */
    private static Set<String> stagesBefore(String stage, Run<?, ?> origin) {
        Set<String> names = new LinkedHashSet<>();
        ExecutionModelAction model = origin.getAction(ExecutionModelAction.class);
        if (model != null && model.getStages() != null) {
            for (ModelASTStage each : model.getStages().getStages()) {
                if (each.getName().equals(stage)) {
                    break;
                }
                names.add(each.getName());
            }
        }
        return names;
    }
}
