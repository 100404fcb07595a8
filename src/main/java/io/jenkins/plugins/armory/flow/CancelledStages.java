package io.jenkins.plugins.armory.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.ExtensionList;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.StageCancelled;
import io.jenkins.plugins.armory.flow.cps.EmptyBody;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.flow.StepListener;
import org.jenkinsci.plugins.workflow.graph.BlockEndNode;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Leaves out the stages that come after a failed {@code afterDeployment} approval where the Pipeline has no environments, and
 * shows them as aborted. A stage gets an empty body before it starts, and the warning that views look for at the body's end.
 * (To end the stage before it starts would be simpler, but then there is no stage in the views.) Where its body cannot be
 * replaced, the first step in it fails instead, and the stage ends without an error when that has ended the body.
 *
 * <p>The views' own listener must find the warning, so this one comes first. What is called on the engine's thread looks at
 * memory alone.
 */
@Extension(ordinal = 100)
@Restricted(NoExternalUse.class)
public final class CancelledStages implements StepListener, GraphListener.Synchronous {

    private static final Logger LOGGER = Logger.getLogger(CancelledStages.class.getName());
    private static final String STAGE = "org.jenkinsci.plugins.workflow.support.steps.StageStep";
    /** Names of stages that Declarative Pipelines have for what is around those of the Jenkinsfile begin so. */
    private static final String SYNTHETIC = "Declarative: ";

    /**
     * A stage that is left out, while it comes to its end.
     *
     * @param context where its first step has to end it, {@code null} where its body is empty
     */
    private record Cancelled(
            Run<?, ?> run, String message, @CheckForNull StepContext context) {}

    /** By the node that a stage starts with. */
    private final Map<NodeKey, Cancelled> stages = new ConcurrentHashMap<>();

    /** Set by a test of what is done where bodies cannot be replaced. */
    static volatile boolean withoutEmptyBodies;

    /** A build has ended, and with it its stages. */
    static void forget(Run<?, ?> run) {
        ExtensionList.lookupSingleton(CancelledStages.class).stages.values().removeIf(known -> known.run.equals(run));
    }

    /** A step with a body that is not to be run: at the end of its body there will be what shows that as a cancelled stage. */
    public static void await(StepContext context, String message) throws IOException, InterruptedException {
        ExtensionList.lookupSingleton(CancelledStages.class)
                .stages
                .put(NodeKey.of(context.get(FlowNode.class)), new Cancelled(context.get(Run.class), message, null));
    }

    /** What ends something in a cancelled stage. */
    public static FlowInterruptedException interruption(String message) {
        return new FlowInterruptedException(Result.ABORTED, false, new StageIsCancelled(message));
    }

    public static boolean isInterruption(Throwable thrown) {
        return thrown instanceof FlowInterruptedException interruption
                && interruption.getCauses().stream().anyMatch(StageIsCancelled.class::isInstance);
    }

    @Override
    public void notifyOfNewStep(Step step, StepContext context) {
        try {
            if (!isInCancelled(context) && STAGE.equals(step.getClass().getName())) {
                stage(step, context);
            }
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot tell whether a stage is cancelled", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    private void stage(Step step, StepContext context) throws IOException, InterruptedException {
        Run<?, ?> run = context.get(Run.class);
        String name = nameOf(step);
        String outermost = Stages.outermost(context.get(FlowNode.class));
        String message = cancel(run, outermost == null ? name : outermost, name, context.get(TaskListener.class));
        if (message != null) {
            boolean empty = !withoutEmptyBodies && EmptyBody.replace(context);
            stages.put(NodeKey.of(context.get(FlowNode.class)), new Cancelled(run, message, empty ? null : context));
        }
    }

    /**
     * Cancels a stage that begins, if it has to be: the log says so, and the build is ABORTED. To leave out the stage's body is up to
     * the caller. The embedded controller calls this too.
     *
     * @param outermost name of the outermost stage around it, or its own
     * @return why the stage is not to be run, {@code null} when it is
     */
    @CheckForNull
    public static String cancel(Run<?, ?> run, String outermost, String name, TaskListener listener) {
        String reason = ArmoryRuntime.get().deployments().reasonToCancel(run, outermost);
        if (reason == null || name.startsWith(SYNTHETIC)) {
            return null;
        }
        String message = "Stage '" + name + "' is cancelled: " + reason;
        listener.getLogger().println(LogText.PREFIX + LogText.continued(message));
        run.setResult(Result.ABORTED);
        ArmoryRuntime.get().executor().execute(() -> {
            try {
                ArmoryRuntime.get().deployments().apply(run, new StageCancelled(name));
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write that stage " + name + " of " + run + " is cancelled", x);
            }
        });
        return message;
    }

    private static String nameOf(Step stage) {
        try {
            return String.valueOf(stage.getClass().getField("name").get(stage));
        } catch (ReflectiveOperationException x) {
            LOGGER.log(Level.FINE, "A stage has no name", x);
            return "";
        }
    }

    /** Whether the step is in a stage whose body is not empty though it should be; it fails then. */
    private boolean isInCancelled(StepContext context) throws IOException, InterruptedException {
        if (stages.isEmpty()) {
            return false;
        }
        for (BlockStartNode block : context.get(FlowNode.class).getEnclosingBlocks()) {
            Cancelled cancelled = stages.get(NodeKey.of(block));
            if (cancelled != null && cancelled.context != null) {
                context.onFailure(interruption(cancelled.message));
                return true;
            }
        }
        return false;
    }

    @Override
    public void onNewHead(FlowNode node) {
        if (stages.isEmpty() || !(node instanceof BlockEndNode<?> end)) {
            return;
        }
        Cancelled cancelled = stages.remove(
                new NodeKey(node.getExecution(), end.getStartNode().getEnclosingId()));
        if (cancelled != null) {
            node.addAction(new WarningAction(Result.ABORTED).withMessage(cancelled.message));
            if (cancelled.context != null) {
                cancelled.context.onSuccess(null); // before the engine passes on what the body failed with
            }
        }
    }

    /** Why the first step in a stage fails, or a body before its first step. */
    private static final class StageIsCancelled extends CauseOfInterruption {

        private static final long serialVersionUID = 1L;

        private final String message;

        StageIsCancelled(String message) {
            this.message = message;
        }

        @Override
        public String getShortDescription() {
            return message;
        }
    }

    /** Has in memory what stages of a build may ask for after a restart. */
    @Extension
    public static final class Resumption extends FlowExecutionListener {

        @Override
        public void onResumed(FlowExecution execution) {
            try {
                if (execution.getOwner().getExecutable() instanceof Run<?, ?> run) {
                    ArmoryRuntime.get().deployments().resume(run);
                }
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "A Pipeline that goes on has no build", x);
            }
        }
    }
}
