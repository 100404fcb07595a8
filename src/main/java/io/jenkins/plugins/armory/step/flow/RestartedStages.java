package io.jenkins.plugins.armory.step.flow;

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
 * Gives a Declarative build that is restarted from a stage the decisions of the original build. It is an extension only
 * where Declarative Pipelines are installed.
 */
@Extension(optional = true)
@Restricted(NoExternalUse.class)
public final class RestartedStages extends FlowExecutionListener {

    /**
     * The cause of such builds. Without Declarative Pipelines this class cannot be initialized, so Jenkins leaves out
     * the extension. A reference in the method alone would fail each Pipeline of that Jenkins as it starts.
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
            return;
        }
        List<String> stages = outermost(origin);
        int first = first(stages, cause);
        Set<String> again = new HashSet<>(stages.subList(first, stages.size()));
        again.add(DeclaredStages.POST);
        RestartDeclarativePipelineCause earlier = origin.getCause(CAUSE);
        boolean originLeftOut = earlier != null && first(stages, earlier) > 0;
        ArmoryRuntime.get()
                .deployments()
                .restart(run, origin, Set.copyOf(stages.subList(0, first)), again, originLeftOut);
    }

    /** Returns the place of the stage that a build is restarted from, behind all others if it is not found. */
    private static int first(List<String> stages, RestartDeclarativePipelineCause cause) {
        int first = stages.indexOf(cause.getOriginStage());
        return first < 0 ? stages.size() : first;
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
