package io.jenkins.plugins.armory.step.flow;

import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.util.List;
import org.jenkinsci.plugins.workflow.actions.ErrorAction;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.BlockEndNode;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowEndNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Sets the result of a build once its stages are over. It looks at memory alone, since the engine's thread calls it.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class Conclusion implements GraphListener.Synchronous {

    @Override
    public void onNewHead(FlowNode node) {
        Run<?, ?> run = node instanceof BlockEndNode ? Builds.ours(node.getExecution()) : null;
        if (run != null && node instanceof FlowEndNode) {
            end(run, node);
        } else if (run != null) {
            concludeBeforePost(run, ((BlockEndNode<?>) node).getStartNode());
        }
    }

    /**
     * Sets the result as the body of the last stage of a Declarative Pipeline ends: right behind it, conditions of
     * {@code post} look at it.
     */
    private static void concludeBeforePost(Run<?, ?> run, BlockStartNode ended) {
        String stage = Stages.beginningWith(ended);
        FlowNode around = Stages.innermost(ended);
        if (stage != null && DeclaredStages.endWith(run, stage, around == null ? null : Stages.beginningWith(around))) {
            ArmoryRuntime.get().deployments().conclude(run);
        }
    }

    /**
     * Sets the result of a build whose Pipeline is over, and says why it is no success if the Pipeline went on to its
     * end.
     */
    private static void end(Run<?, ?> run, FlowNode node) {
        List<String> reasons = ArmoryRuntime.get().deployments().conclude(run);
        if (node.getAction(ErrorAction.class) != null) {
            return; // which says it
        }
        reasons.forEach(reason -> Builds.print(
                node.getExecution(),
                LogText.continued("This build is " + run.getResult() + " although its Pipeline ended without an error: "
                        + reason)));
    }
}
