package io.jenkins.plugins.armory.flow;

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
 * Stops the bodies of cancelled stages before their first instruction, and shows them as aborted. A stage that ends before it starts its body
 * would be missing in the views, so the engine starts it:
 * <ol>
 *   <li>It adds the node that starts the body. This listener notes which threads the program has, and pauses the program.
 *   <li>It adds the thread of the body, which is the first new one.
 *   <li>{@link Stop} hears of the node behind that. It stops the thread, and lets the program go on. Without the pause, a step that has
 *       ended in another branch could make the engine run the new thread before.
 *   <li>The body ends with what the thread was stopped with. This listener ends the stage before the engine ends it with the same.
 * </ol>
 * A stage outside of others ends without an error. One inside a stage that runs may hold the gate of what follows it there, so it fails that.
 *
 * <p>The views' own listener must find the warning, hence the ordinal.
 */
@Extension(ordinal = 100)
@Restricted(NoExternalUse.class)
public final class CancelledBodies implements GraphListener.Synchronous {

    private static final Logger LOGGER = Logger.getLogger(CancelledBodies.class.getName());

    /** The body of a cancelled stage, on its first node. It is written with that, so the thread is found after a crash too. */
    private static final class Begun extends InvisibleAction implements PersistentAction {

        /** Below the id of the body's thread, and above those of all threads before it. */
        private final int lastThread;

        private final transient boolean paused;

        Begun(int lastThread, boolean paused) {
            this.lastThread = lastThread;
            this.paused = paused;
        }
    }

    @Override
    public void onNewHead(FlowNode node) {
        try {
            if (node instanceof BlockStartNode body && CancelledStage.startOf(body) != null) {
                begin(body);
            } else if (node instanceof BlockEndNode<?> end) {
                BlockStartNode stage = CancelledStage.startOf(end.getStartNode());
                if (stage != null) {
                    end(stage, end);
                }
            }
        } catch (IOException | ExecutionException x) {
            LOGGER.log(Level.WARNING, "Cannot cancel a stage; the steps in it fail", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    private static void begin(BlockStartNode body) throws ExecutionException {
        CpsThreadGroup program = programOf(body.getExecution());
        if (program != null) {
            int last = -1;
            for (CpsThread thread : program.getThreads()) {
                last = Math.max(last, thread.id);
            }
            boolean runs = !program.isPaused(); // else a user has paused it, who will let it go on
            body.addAction(new Begun(last, runs));
            if (runs) {
                program.pause(false);
            }
        }
    }

    private static void end(BlockStartNode start, BlockEndNode<?> end)
            throws IOException, InterruptedException, ExecutionException {
        CancelledStage stage = start.getAction(CancelledStage.class);
        end.addAction(new WarningAction(Result.ABORTED).withMessage(stage.message()));
        StepContext context = contextOf(start);
        if (context != null && stage.isFatal()) {
            context.onFailure(stage.interruption());
        } else if (context != null) {
            context.onSuccess(null);
        }
    }

    @CheckForNull
    private static StepContext contextOf(BlockStartNode stage)
            throws IOException, InterruptedException, ExecutionException {
        CpsThreadGroup program = programOf(stage.getExecution());
        if (program != null) {
            for (CpsThread thread : program.getThreads()) {
                StepExecution step = thread.getStep();
                if (step != null && stage.equals(step.getContext().get(FlowNode.class))) {
                    return step.getContext();
                }
            }
        }
        return null;
    }

    @CheckForNull
    private static CpsThreadGroup programOf(FlowExecution execution) throws ExecutionException {
        return execution instanceof CpsFlowExecution cps ? Futures.getDone(cps.programPromise) : null;
    }

    /** Stops the bodies of cancelled stages that have done nothing yet. */
    private static void stopThoseThatBegin(FlowExecution execution, CpsThreadGroup program) {
        for (FlowNode head : execution.getCurrentHeads()) {
            Begun body = head.getAction(Begun.class);
            CancelledStage stage = CancelledStage.around(head);
            if (body != null && stage != null) {
                for (CpsThread thread : program.getThreads()) { // by their ids
                    if (thread.id > body.lastThread) {
                        thread.stop(stage.interruption());
                        break;
                    }
                }
            }
        }
    }

    /** Comes before all listeners that do something else. */
    @Extension(ordinal = 100)
    public static final class Stop implements GraphListener {

        @Override
        public void onNewHead(FlowNode node) {
            Begun body = node.getAction(Begun.class);
            if (body == null) {
                return;
            }
            try {
                CpsThreadGroup program = programOf(node.getExecution());
                try {
                    stopThoseThatBegin(node.getExecution(), program);
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

    /** Stops the bodies that had not been stopped when Jenkins was killed. The engine keeps the program paused until its steps are back. */
    @Extension(ordinal = 100)
    public static final class Resumption extends FlowExecutionListener {

        @Override
        public void onResumed(FlowExecution execution) {
            if (execution instanceof CpsFlowExecution cps && cps.programPromise != null) {
                cps.programPromise.addListener(
                        () -> {
                            try {
                                stopThoseThatBegin(execution, Futures.getDone(cps.programPromise));
                            } catch (ExecutionException | CancellationException x) {
                                LOGGER.log(Level.FINE, x, () -> execution + " cannot go on");
                            }
                        },
                        Runnable::run);
            }
        }
    }
}
