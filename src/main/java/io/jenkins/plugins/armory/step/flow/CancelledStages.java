package io.jenkins.plugins.armory.step.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.Deployments;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.io.IOException;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.jenkinsci.plugins.workflow.flow.StepListener;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Cancels the stages that depend on what is closed, see {@link Deployment#reasonToCancel}: a stage that begins gets the
 * mark {@link CancelledStage}. {@link CancelledBodies} stops its body before the first instruction, and ends the stage.
 * A step that begins in it all the same fails here. Nothing is cancelled in an {@link EnclosingBody}.
 *
 * <p>The methods that the engine's thread calls look at memory alone.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class CancelledStages implements StepListener {

    private static final Logger LOGGER = Logger.getLogger(CancelledStages.class.getName());
    private static final String STAGE = "org.jenkinsci.plugins.workflow.support.steps.StageStep";

    @Override
    public void notifyOfNewStep(Step step, StepContext context) {
        if (Builds.ours(context) != null) {
            begins(step, context);
        }
    }

    static void begins(Step step, StepContext context) {
        try {
            CancelledStage around = CancelledStage.around(context.get(FlowNode.class));
            if (around != null) {
                context.onFailure(around.interruption());
            } else if (STAGE.equals(step.getClass().getName())) {
                begin(step, context);
            }
        } catch (Throwable x) { // the flow graph throws a RuntimeException for a node that it cannot read
            if (x instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOGGER.log(Level.WARNING, "Cannot tell whether a stage is cancelled; its step fails", x);
            context.onFailure(x); // else the engine starts the step, and a stage behind a failed approval would run
        }
    }

    private static void begin(Step step, StepContext context) throws IOException, InterruptedException {
        String name = nameOf(step);
        Place place = Stages.placeOf(context, null);
        String reason = reasonToCancel(context, name, place);
        if (reason == null) {
            return;
        }
        Run<?, ?> run = context.get(Run.class);
        FlowNode node = context.get(FlowNode.class);
        boolean hasBody = node instanceof BlockStartNode;
        var cancelled =
                new CancelledStage(name, reason, !hasBody || isInStage(context)); // without, all that follows would run
        context.get(TaskListener.class).getLogger().println(LogText.PREFIX + LogText.continued(cancelled.message()));
        ArmoryRuntime.get().deployments().noteCancelled(run, name, place, reason);
        flush(run);
        if (hasBody) {
            node.addAction(cancelled);
        } else {
            context.onFailure(cancelled.interruption());
        }
    }

    @CheckForNull
    private static String reasonToCancel(StepContext context, String name, Place place)
            throws IOException, InterruptedException {
        Run<?, ?> run = context.get(Run.class);
        Deployments deployments = ArmoryRuntime.get().deployments();
        String reason = deployments.reasonToCancel(run, place);
        if (reason == null || name.equals(DeclaredStages.POST) || place.body() != null || isLeftOut(context, name)) {
            return null;
        }
        List<String> around = Stages.namesAround(context.get(FlowNode.class));
        return DeclaredStages.areEnvironments(run, name, around) ? null : reason;
    }

    /** Writes that a stage is cancelled at once, and not with the next event: the build may have none any more. */
    private static void flush(Run<?, ?> run) {
        ArmoryRuntime runtime = ArmoryRuntime.get();
        runtime.buildExecutor().execute(() -> {
            try {
                runtime.deployments().flush(run);
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write that a stage of " + run + " is cancelled", x);
            }
        });
    }

    /**
     * Returns whether a stage that begins is in a stage that runs. A restarted build has others, which it leaves out.
     */
    private static boolean isInStage(StepContext context) throws IOException, InterruptedException {
        String outermost = Stages.outermost(context.get(FlowNode.class));
        return outermost != null && !leavesOut(context, outermost);
    }

    /**
     * Returns whether a stage that begins is an outermost one that a restarted build leaves out, so that it is not
     * cancelled. The stages in it are: Declarative runs one there that has the name of the stage that the build is
     * restarted from, and those behind it.
     */
    private static boolean isLeftOut(StepContext context, String name) throws IOException, InterruptedException {
        return Stages.outermost(context.get(FlowNode.class)) == null && leavesOut(context, name);
    }

    private static boolean leavesOut(StepContext context, String outermost) throws IOException, InterruptedException {
        return ArmoryRuntime.get().deployments().leavesOut(context.get(Run.class), outermost);
    }

    private static String nameOf(Step stage) {
        try {
            return String.valueOf(stage.getClass().getField("name").get(stage));
        } catch (ReflectiveOperationException x) {
            LOGGER.log(Level.FINE, "A stage has no name", x);
            return "";
        }
    }

    /** Reads what later stages ask for when a build continues after a restart of Jenkins. */
    @Extension(ordinal = 200)
    public static final class Resumption extends FlowExecutionListener {

        @Override
        public void onResumed(FlowExecution execution) {
            Run<?, ?> run = Builds.ours(execution);
            if (run != null) {
                ArmoryRuntime.get().deployments().resume(run);
                try {
                    noteAgain(run, execution);
                } catch (RuntimeException x) { // the graph lacks a node, or has one that it cannot read
                    LOGGER.log(Level.WARNING, x, () -> "Cannot read which stages of " + run + " are cancelled");
                    String reason = "Which stages were cancelled before the restart cannot be read: " + x;
                    ArmoryRuntime.get().deployments().noteCancelled(run, "before the restart", Place.OUTERMOST, reason);
                }
            }
        }

        /**
         * Notes the stages that were cancelled when Jenkins was killed, and whose notes were not written yet: Jenkins
         * saves the flow graph before the program. A graph may be large, so it is not read where nothing is cancelled.
         */
        private static void noteAgain(Run<?, ?> run, FlowExecution execution) {
            Deployments deployments = ArmoryRuntime.get().deployments();
            if (deployments.reasonToCancel(run, Place.OUTERMOST) == null) {
                return;
            }
            for (FlowNode node : new DepthFirstScanner().allNodes(execution)) {
                CancelledStage cancelled = node.getAction(CancelledStage.class);
                if (cancelled != null) {
                    Place place = Stages.placeOutsideBodies(node);
                    deployments.noteCancelled(run, cancelled.stage(), place, cancelled.reason());
                }
            }
        }
    }
}
