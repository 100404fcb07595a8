package io.jenkins.plugins.armory.flow;

import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jenkinsci.plugins.pipeline.modeldefinition.actions.ExecutionModelAction;
import org.jenkinsci.plugins.pipeline.modeldefinition.ast.ModelASTStage;
import org.jenkinsci.plugins.pipeline.modeldefinition.causes.RestartDeclarativePipelineCause;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Gives a Declarative build that is restarted from a stage the decisions of the original build. It is an extension only where
 * Declarative Pipelines are installed.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class RestartedStages extends FlowExecutionListener {

    /**
     * The cause of such builds. Without Declarative Pipelines this class cannot be initialized, so Jenkins leaves out the
     * extension. A reference in the method alone would fail each Pipeline of that Jenkins as it starts.
     */
    private static final Class<RestartDeclarativePipelineCause> CAUSE = RestartDeclarativePipelineCause.class;

    @Override
    public void onCreated(FlowExecution execution) {
        Run<?, ?> run = Builds.of(execution);
        RestartDeclarativePipelineCause cause = run == null ? null : run.getCause(CAUSE);
        if (cause == null) {
            return;
        }
        Run<?, ?> origin = cause.getOriginal();
        if (origin == null) { // deleted while this build was in the queue
            ArmoryRuntime.get().deployments().restartWithoutOrigin(run);
        } else {
            ArmoryRuntime.get()
                    .deployments()
                    .restart(run, origin, stagesBefore(cause.getOriginStage(), origin), leftOutBy(origin));
        }
    }

    /** Returns the names of the outermost stages that a build left out itself, none if it was not restarted from a stage. */
    private static Set<String> leftOutBy(Run<?, ?> run) {
        RestartDeclarativePipelineCause cause = run.getCause(CAUSE);
        return cause == null ? Set.of() : stagesBefore(cause.getOriginStage(), run);
    }

    /** Returns the names of the outermost stages before a stage, or of all if it is not found. */
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
