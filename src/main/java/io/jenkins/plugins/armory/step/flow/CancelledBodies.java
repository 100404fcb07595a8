package io.jenkins.plugins.armory.step.flow;

import com.google.common.util.concurrent.Futures;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.InvisibleAction;
import hudson.model.Result;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.actions.PersistentAction;
import org.jenkinsci.plugins.workflow.actions.WarningAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.cps.CpsThread;
import org.jenkinsci.plugins.workflow.cps.CpsThreadGroup;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.BlockEndNode;
import org.jenkinsci.plugins.workflow.graph.BlockStartNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Stops the bodies of cancelled stages before their first instruction, and shows them as aborted. A stage that ends
 * before it starts its body would be missing in the views, so the engine starts it:
 * <ol>
 * <li>It adds the node that starts the body. This listener notes which threads the program has, and pauses the program.
 * <li>It adds the thread of the body, which is the first new one.
 * <li>{@link Stop} hears of the node. It stops the thread, and lets the program go on. Without the pause, a step that
 * ended in another branch could make the engine run the new thread before. A user who pauses the build in between has
 * to do so again.
 * <li>The body ends with what the thread was stopped with. This listener ends the stage before the engine ends it with
 * the same. </ol> A stage outside of others ends without an error. One inside a stage that runs fails that stage, since
 * what follows there may wait for its approval.
 *
 * <p>The views' own listener must find the warning, hence the ordinal.
 */
@Extension(ordinal = 100)
@Restricted(NoExternalUse.class)
public final class CancelledBodies implements GraphListener.Synchronous {

    private static final Logger LOGGER = Logger.getLogger(CancelledBodies.class.getName());

    /**
     * The thread of a cancelled stage's body, on the node that starts the stage, so that it is found after a crash too.
     */
    private static final class Body extends InvisibleAction implements PersistentAction {

        /** The highest id of the threads before it. */
        private final int before;

        /** Its id, as soon as that is known. Ids are not used again. */
        private int upTo = Integer.MAX_VALUE;

        private final transient boolean paused;

        Body(int before, boolean paused) {
            this.before = before;
            this.paused = paused;
        }
    }

    @Override
    public void onNewHead(FlowNode node) {
        if (Builds.ours(node.getExecution()) == null) {
            return;
        }
        try {
            if (node instanceof BlockStartNode body) {
                begin(CancelledStage.startOf(body));
            } else if (node instanceof BlockEndNode<?> end) {
                end(CancelledStage.startOf(end.getStartNode()), end);
            }
        } catch (IOException | ExecutionException x) {
            LOGGER.log(Level.WARNING, "Cannot cancel a stage; the steps in it fail", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    private static void begin(@CheckForNull BlockStartNode stage) throws ExecutionException {
        CpsThreadGroup program = stage == null ? null : programOf(stage.getExecution());
        if (program != null) {
            int last = -1;
            for (CpsThread thread : program.getThreads()) {
                last = Math.max(last, thread.id);
            }
            boolean runs = !program.isPaused(); // else a user has paused it, who will let it go on
            stage.addAction(new Body(last, runs));
            if (runs) {
                program.pause(false);
            }
        }
    }

    private static void end(@CheckForNull BlockStartNode stage, BlockEndNode<?> end)
            throws IOException, InterruptedException, ExecutionException {
        CancelledStage cancelled = stage == null ? null : stage.getAction(CancelledStage.class);
        if (cancelled == null) {
            return;
        }
        end.addAction(new WarningAction(Result.ABORTED).withMessage(cancelled.message()));
        StepContext context = isInterrupted(stage.getExecution()) ? null : contextOf(stage);
        if (context != null && cancelled.isFatal()) {
            context.onFailure(cancelled.interruption());
        } else if (context != null) {
            context.onSuccess(null);
        }
    }

    /**
     * Returns whether a build is interrupted: with ABORTED by a user, with NOT_BUILT for a newer build. The engine ends
     * the stage with that then. Steps may have set a better result.
     */
    private static boolean isInterrupted(FlowExecution execution) {
        return execution instanceof CpsFlowExecution cps && cps.getResult().isWorseThan(Result.FAILURE);
    }

    @CheckForNull
    private static StepContext contextOf(BlockStartNode stage)
            throws IOException, InterruptedException, ExecutionException {
        CpsThreadGroup program = programOf(stage.getExecution());
        if (program != null) {
            for (CpsThread thread : program.getThreads()) {
                if (stage.equals(nodeOf(thread))) {
                    return thread.getStep().getContext();
                }
            }
        }
        return null;
    }

    /** Returns the node of the step that a thread waits for, {@code null} for none. */
    @CheckForNull
    private static FlowNode nodeOf(CpsThread thread) throws IOException, InterruptedException {
        StepExecution step = thread.getStep();
        return step == null ? null : step.getContext().get(FlowNode.class);
    }

    @CheckForNull
    private static CpsThreadGroup programOf(FlowExecution execution) throws ExecutionException {
        return execution instanceof CpsFlowExecution cps ? Futures.getDone(cps.programPromise) : null;
    }

    /**
     * Stops the bodies of all cancelled stages, as found by the steps of the program: the graph that Jenkins saved may
     * be older.
     */
    private static void stopBodies(CpsThreadGroup program) {
        for (CpsThread stage : program.getThreads()) {
            try {
                FlowNode node = nodeOf(stage);
                Body body = node == null ? null : node.getAction(Body.class);
                CancelledStage cancelled = node == null ? null : node.getAction(CancelledStage.class);
                if (body != null && cancelled != null && stop(program, body, cancelled)) {
                    node.save();
                }
            } catch (IOException
                    | RuntimeException x) { // the flow graph throws a RuntimeException for a node that it cannot read
                LOGGER.log(Level.WARNING, "Cannot tell whether a step is a cancelled stage", x);
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Returns whether the body has a thread, which is stopped. */
    private static boolean stop(CpsThreadGroup program, Body body, CancelledStage cancelled) {
        for (CpsThread thread : program.getThreads()) { // by their ids
            if (body.before < thread.id && thread.id <= body.upTo) {
                thread.stop(cancelled.interruption());
                body.upTo = thread.id;
                return true;
            }
        }
        return false;
    }

    /** Comes before all listeners that do something else. */
    @Extension(ordinal = 100)
    public static final class Stop implements GraphListener {

        @Override
        public void onNewHead(FlowNode node) {
            BlockStartNode stage = node instanceof BlockStartNode start && Builds.ours(node.getExecution()) != null
                    ? CancelledStage.startOf(start)
                    : null;
            Body body = stage == null ? null : stage.getAction(Body.class);
            if (body == null) {
                return;
            }
            try {
                CpsThreadGroup program = programOf(node.getExecution());
                if (program == null) {
                    return;
                }
                try {
                    stopBodies(program);
                } finally {
                    if (body.paused) {
                        program.unpause();
                    }
                }
            } catch (ExecutionException x) {
                LOGGER.log(Level.WARNING, "Cannot stop the body of a cancelled stage; the steps in it fail", x);
            }
        }
    }

    /**
     * Stops the bodies that had not been stopped when Jenkins was killed. The engine keeps the program paused until its
     * steps are back.
     */
    @Extension(ordinal = 100)
    public static final class Resumption extends FlowExecutionListener {

        @Override
        public void onResumed(FlowExecution execution) {
            if (Builds.ours(execution) != null
                    && execution instanceof CpsFlowExecution cps
                    && cps.programPromise != null) {
                cps.programPromise.addListener(
                        () -> {
                            try {
                                stopBodies(Futures.getDone(cps.programPromise));
                            } catch (ExecutionException | CancellationException x) {
                                LOGGER.log(Level.FINE, x, () -> execution + " cannot go on");
                            }
                        },
                        Runnable::run);
            }
        }
    }
}
