package io.jenkins.plugins.armory.flow.cps;

import io.jenkins.plugins.armory.flow.NodeKey;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Run;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jenkinsci.plugins.workflow.cps.CpsStepContext;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Tells steps that the engine is done with what it was running when it started them. By then it has saved the program, unless
 * another branch can go on.
 */
@Extension
public final class StartedSteps implements GraphListener {

    /** A step that is to be told. */
    private record Started(Run<?, ?> run, Runnable next) {}

    private final Map<NodeKey, Started> steps = new ConcurrentHashMap<>();

    private static StartedSteps get() {
        return ExtensionList.lookupSingleton(StartedSteps.class);
    }

    /**
     * Called on the engine's thread by a step that is being started.
     *
     * @param next what the step is told with, on the same thread
     * @return whether it will be told; another engine than Jenkins's does not say when it is done
     */
    public static boolean tell(StepContext context, Runnable next) throws IOException, InterruptedException {
        boolean says = context instanceof CpsStepContext;
        if (says) {
            get().steps.put(NodeKey.of(context.get(FlowNode.class)), new Started(context.get(Run.class), next));
        }
        return says;
    }

    /** A build has ended, and with it its steps. */
    public static void forget(Run<?, ?> run) {
        get().steps.values().removeIf(started -> started.run.equals(run));
    }

    /** The engine puts this off until it is done with what it runs. */
    @Override
    public void onNewHead(FlowNode node) {
        Started started = steps.isEmpty() ? null : steps.remove(NodeKey.of(node));
        if (started != null) {
            started.next.run();
        }
    }
}
