package io.jenkins.plugins.armory.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import io.jenkins.plugins.armory.builds.RunningBuild;
import io.jenkins.plugins.armory.deployment.Deployment;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.flow.cps.EmptyBody;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.Deployments;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.actions.ErrorAction;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.flow.StepListener;
import org.jenkinsci.plugins.workflow.graph.BlockEndNode;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowEndNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graphanalysis.DepthFirstScanner;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Cancels the stages that depend on what is closed, see {@link Deployment#reasonToCancel}, and shows them as
 * aborted. A cancelled stage gets an empty body before it starts, and at the body's end the warning that views look for. (A
 * stage that ends before it starts is missing in the views.) Where the body cannot be replaced, see {@link EmptyBody}, the
 * first step in it fails instead. That ends the body, and then the stage ends without an error.
 *
 * <p>The body of a stage inside one that runs throws instead: the stage may hold the gate of what follows it there. What is thrown fails
 * the outer stage, as any error does: Declarative makes the result of an exception that of the build. Nothing is cancelled in an
 * {@link EnclosingBody}.
 *
 * <p>The views' own listener must find the warning, hence the ordinal. The methods that the engine's thread calls look at
 * memory alone.
 */
@Extension(ordinal = 100)
@Restricted(NoExternalUse.class)
public final class CancelledStages implements StepListener, GraphListener.Synchronous {

    private static final Logger LOGGER = Logger.getLogger(CancelledStages.class.getName());
    private static final String STAGE = "org.jenkinsci.plugins.workflow.support.steps.StageStep";
    /** The stage in which a Declarative Pipeline runs its {@code post}, behind those of the Jenkinsfile. */
    static final String POST = "Declarative: Post Actions";

    /**
     * A cancelled stage that has not ended yet.
     *
     * @param shown the warning at its end
     * @param hasBody whether it has its own body, whose first step must fail
     * @param end ends the stage, before the engine does with the result of its own body
     */
    private record Cancelled(WarningAction shown, boolean hasBody, Runnable end) {}

    /**
     * The cancelled stages of one build.
     *
     * @param byNode by the id of the node that starts the stage
     */
    private record OfBuild(Map<String, Cancelled> byNode) {}

    private static void remember(StepContext context, Cancelled cancelled) throws IOException, InterruptedException {
        RunningBuild build = ArmoryRuntime.get().runningBuilds().findOrCreate(context.get(Run.class));
        if (build != null) {
            build.findOrCreate(OfBuild.class, () -> new OfBuild(new ConcurrentHashMap<>()))
                    .byNode
                    .put(context.get(FlowNode.class).getId(), cancelled);
        }
    }

    /** Has the body of a step shown as a cancelled stage once it ends. For a step that ends its body at once. */
    public static void await(StepContext context, String message) throws IOException, InterruptedException {
        remember(context, new Cancelled(new WarningAction(Result.ABORTED).withMessage(message), false, () -> {}));
    }

    /** Returns what a stage in one that runs ends with. Declarative makes the result of an exception that of the build. */
    public static FlowInterruptedException interruption(String message) {
        return interruption(message, Result.FAILURE);
    }

    /**
     * Returns what a step in a cancelled stage fails with, or a body before its first step.
     *
     * @param result ABORTED where nothing but the stage itself ends with it
     */
    public static FlowInterruptedException interruption(String message, Result result) {
        return new FlowInterruptedException(result, false, new StageIsCancelled(message));
    }

    /** Returns whether something is an {@link #interruption}. */
    public static boolean isInterruption(Throwable thrown) {
        return thrown instanceof FlowInterruptedException interruption
                && interruption.getCauses().stream().anyMatch(StageIsCancelled.class::isInstance);
    }

    @Override
    public void notifyOfNewStep(Step step, StepContext context) {
        try {
            if (!failInCancelled(context) && STAGE.equals(step.getClass().getName())) {
                stage(step, context);
            }
        } catch (Exception
                | LinkageError x) { // the flow graph throws a RuntimeException for a node that it cannot read
            if (x instanceof InterruptedException) {
                Thread.currentThread().interrupt();
            }
            LOGGER.log(Level.WARNING, "Cannot tell whether a stage is cancelled; its step fails", x);
            context.onFailure(x); // else the engine starts the step, and a stage behind a failed approval would run
        }
    }

    private static void stage(Step step, StepContext context) throws IOException, InterruptedException {
        CancelledStage cancelled = cancel(context, nameOf(step));
        if (cancelled == null) {
            return;
        }
        flush(context.get(Run.class));
        FlowInterruptedException interruption = interruption(cancelled.getMessage());
        if (!(context.get(FlowNode.class) instanceof BlockStartNode)) {
            context.onFailure(interruption); // else all that follows would run
        } else {
            FlowInterruptedException thrown = isInStage(context) ? interruption : null;
            boolean hasBody = !EmptyBody.replace(context, thrown);
            Runnable end = () -> {};
            if (hasBody && thrown != null) {
                end = () -> context.onFailure(thrown);
            } else if (hasBody) {
                end = () -> context.onSuccess(null);
            }
            remember(context, new Cancelled(cancelled, hasBody, end));
        }
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
     * Cancels a stage that depends on what is closed: logs and notes it. The caller has that written, leaves out the stage's body, and ends
     * the stage with an {@link #interruption} if it {@link #isInStage}. The embedded controller calls this too.
     *
     * @param context of the stage
     * @return how the stage is shown, {@code null} if it may run
     */
    @CheckForNull
    public static CancelledStage cancel(StepContext context, String name) throws IOException, InterruptedException {
        Run<?, ?> run = context.get(Run.class);
        Deployments deployments = ArmoryRuntime.get().deployments();
        Place place = Stages.placeOf(context, null);
        String reason = deployments.reasonToCancel(run, place, false);
        if (reason == null || name.equals(POST) || place.body() != null || isLeftOut(context, name)) {
            return null;
        }
        List<String> around = Stages.namesAround(context.get(FlowNode.class));
        if (DeclaredStages.areEnvironments(run, name, around)) {
            return null;
        }
        if (DeclaredStages.choose(run, name, around)) {
            reason = deployments.reasonToCancel(run, place, true);
            if (reason == null) {
                return null;
            }
        }
        String message = "Stage '" + name + "' is cancelled: " + reason;
        context.get(TaskListener.class).getLogger().println(LogText.PREFIX + LogText.continued(message));
        deployments.noteCancelled(run, name, place, reason);
        return new CancelledStage(name, reason, message);
    }

    /** Returns whether a stage that begins is in a stage that runs. A restarted build has others, which it leaves out. */
    public static boolean isInStage(StepContext context) throws IOException, InterruptedException {
        String outermost = Stages.outermost(context.get(FlowNode.class));
        return outermost != null && !leavesOut(context, outermost);
    }

    /**
     * Returns whether a stage that begins is an outermost one that a restarted build leaves out, so that it is not cancelled. The stages in
     * it are: Declarative runs one there that has the name of the stage that the build is restarted from, and those behind it.
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

    /** Fails a step in a cancelled stage whose body could not be replaced, and returns whether it did. */
    private static boolean failInCancelled(StepContext context) throws IOException, InterruptedException {
        FlowNode node = context.get(FlowNode.class);
        OfBuild stages = Builds.partOf(node.getExecution(), OfBuild.class);
        if (stages == null || stages.byNode.isEmpty()) {
            return false;
        }
        for (BlockStartNode block : node.getEnclosingBlocks()) {
            Cancelled cancelled = stages.byNode.get(block.getId());
            if (cancelled != null && cancelled.hasBody) {
                context.onFailure(interruption(cancelled.shown.getMessage(), Result.ABORTED));
                return true;
            }
        }
        return false;
    }

    @Override
    public void onNewHead(FlowNode node) {
        if (node instanceof FlowEndNode) {
            end(node);
        }
        if (!(node instanceof BlockEndNode<?> end)) {
            return;
        }
        concludeBeforePost(end.getStartNode());
        OfBuild stages = Builds.partOf(node.getExecution(), OfBuild.class);
        if (stages == null) {
            return;
        }
        // The body's block ends, and the stage's is the one around it. The outermost block has none.
        Cancelled cancelled =
                stages.byNode.remove(String.valueOf(end.getStartNode().getEnclosingId()));
        if (cancelled != null) {
            node.addAction(cancelled.shown);
            cancelled.end.run();
        }
    }

    /** Sets the result as the body of the last stage of a Declarative Pipeline ends: right behind it, conditions of {@code post} look at it. */
    private static void concludeBeforePost(BlockStartNode ended) {
        Run<?, ?> run = Builds.of(ended.getExecution());
        if (run == null || ArmoryRuntime.get().runningBuilds().find(run) == null) {
            return; // nothing is known of the build, as of most builds of a controller
        }
        String stage = Stages.beginningWith(ended);
        FlowNode around = Stages.innermost(ended);
        if (stage != null && DeclaredStages.endWith(run, stage, around == null ? null : Stages.beginningWith(around))) {
            ArmoryRuntime.get().deployments().conclude(run);
        }
    }

    /** Sets the result of a build whose Pipeline is over, and says why it is no success if the Pipeline went on to its end. */
    private static void end(FlowNode node) {
        Run<?, ?> run = Builds.of(node.getExecution());
        List<String> reasons =
                run == null ? List.of() : ArmoryRuntime.get().deployments().conclude(run);
        if (node.getAction(ErrorAction.class) != null) {
            return; // which says it
        }
        try {
            PrintStream log = node.getExecution().getOwner().getListener().getLogger();
            reasons.forEach(reason -> log.println(LogText.PREFIX
                    + LogText.continued("This build is " + run.getResult() + " although its Pipeline ended without an"
                            + " error: " + reason)));
        } catch (IOException x) {
            LOGGER.log(Level.FINE, x, () -> "Cannot write to the log of " + run);
        }
    }

    /** The warning of a cancelled stage, and the record of it that is left if Jenkins is killed before it has written another one. */
    public static final class CancelledStage extends WarningAction {

        private final String stage;
        private final String reason;

        CancelledStage(String stage, String reason, String message) {
            super(Result.ABORTED);
            this.stage = stage;
            this.reason = reason;
            withMessage(message);
        }
    }

    /** The cause of an {@link #interruption}. */
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

    /** Reads what later stages ask for when a build continues after a restart of Jenkins. */
    @Extension
    public static final class Resumption extends FlowExecutionListener {

        @Override
        public void onResumed(FlowExecution execution) {
            Run<?, ?> run = Builds.of(execution);
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
         * Notes the stages that were cancelled when Jenkins was killed, and whose notes were not written yet: Jenkins saves the flow graph
         * before the program. A graph may be large, so it is not read where nothing is cancelled.
         */
        private static void noteAgain(Run<?, ?> run, FlowExecution execution) {
            Deployments deployments = ArmoryRuntime.get().deployments();
            if (deployments.reasonToCancel(run, Place.OUTERMOST, false) == null) {
                return;
            }
            for (FlowNode node : new DepthFirstScanner().allNodes(execution)) {
                CancelledStage cancelled = node.getAction(CancelledStage.class);
                if (cancelled != null && node instanceof BlockEndNode<?> end) {
                    Place place = Stages.placeOutsideBodies(end.getStartNode());
                    deployments.noteCancelled(run, cancelled.stage, place, cancelled.reason);
                }
            }
        }
    }
}
