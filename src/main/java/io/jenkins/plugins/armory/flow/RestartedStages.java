package io.jenkins.plugins.armory.flow;

import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.util.HashSet;
import java.util.List;
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
                    .restart(
                            run,
                            origin,
                            stagesBefore(cause.getOriginStage(), origin),
                            again(cause.getOriginStage(), origin),
                            leftOutBy(origin));
        }
    }

    /** Returns the names of the outermost stages that a build left out itself, none if it was not restarted from a stage. */
    private static Set<String> leftOutBy(Run<?, ?> run) {
        RestartDeclarativePipelineCause cause = run.getCause(CAUSE);
        return cause == null ? Set.of() : stagesBefore(cause.getOriginStage(), run);
    }

    /** Returns the names of the outermost stages before a stage, or of all if it is not found. */
    private static Set<String> stagesBefore(String stage, Run<?, ?> run) {
        return Set.copyOf(
                outermost(run).stream().takeWhile(each -> !each.equals(stage)).toList());
    }

    /** Returns the names of the outermost stages from a stage on, and what Declarative runs at the end. */
    private static Set<String> again(String stage, Run<?, ?> run) {
        Set<String> names = new HashSet<>(outermost(run));
        names.removeAll(stagesBefore(stage, run));
        names.add(CancelledStages.POST);
        return names;
    }

    private static List<String> outermost(Run<?, ?> run) {
        ExecutionModelAction model = run.getAction(ExecutionModelAction.class);
        return model == null || model.getStages() == null
                ? List.of()
                : model.getStages().getStages().stream()
                        .map(ModelASTStage::getName)
                        .toList();
    }
}
