package io.jenkins.plugins.armory.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.builds.RunningBuild;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.util.concurrent.atomic.AtomicReference;
import org.jenkinsci.plugins.workflow.cps.CpsThread;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.flow.StepListener;
import org.jenkinsci.plugins.workflow.graph.BlockEndNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Closes what a call may guard that the engine refuses: for an argument without a name, or without the block that the step has. The
 * engine throws before there is a step, so nothing else hears of it, and the Pipeline may catch that. It asks the step's descriptor about
 * its block right before it reads the arguments, and for the step right behind that. A call is refused if something else comes first: a
 * step, or the end of a block.
 *
 * <p>The ordinal is above that of {@link CancelledStages}, which has to find it closed.
 */
@Extension(ordinal = 101)
@Restricted(NoExternalUse.class)
public final class RefusedCalls implements StepListener, GraphListener.Synchronous {

    /** What reads the arguments. */
    private static final String READER = "org.jenkinsci.plugins.workflow.cps.DSL.parseArgs";
    /** This class, the descriptor and the engine. */
    private static final int NEAREST = 4;

    /** The step of a build that the engine calls, {@code null} for none. */
    private record Called(AtomicReference<String> function) {}

    /** Hears that a step's descriptor is asked about its block. */
    public static void begin(String function) {
        CpsThread thread = CpsThread.current(); // none in a form or a validation, and on the embedded controller
        if (thread != null && areArgumentsRead()) {
            closeIfRefused(thread.getExecution());
            Called called = find(thread.getExecution());
            if (called != null) {
                called.function.set(function);
            }
        }
    }

    /** The engine asks again before it says that the block is missing, and Declarative when it reads a Jenkinsfile. */
    private static boolean areArgumentsRead() {
        return StackWalker.getInstance()
                .walk(frames -> frames.limit(NEAREST)
                        .anyMatch(frame -> (frame.getClassName() + '.' + frame.getMethodName()).equals(READER)));
    }

    @CheckForNull
    private static Called find(FlowExecution execution) {
        Run<?, ?> run = Builds.of(execution);
        RunningBuild build =
                run == null ? null : ArmoryRuntime.get().runningBuilds().findOrCreate(run);
        return build == null ? null : build.findOrCreate(Called.class, () -> new Called(new AtomicReference<>()));
    }

    /** Hears that the engine has read the arguments. */
    public static void end() {
        CpsThread thread = CpsThread.current();
        Called called = thread == null ? null : Builds.partOf(thread.getExecution(), Called.class);
        if (called != null) {
            called.function.set(null);
        }
    }

    private static void closeIfRefused(FlowExecution execution) {
        Called called = Builds.partOf(execution, Called.class);
        String function = called == null ? null : called.function.getAndSet(null);
        if (function != null) {
            LeftOutCalls.close(
                    execution,
                    function,
                    function
                            + ": the Pipeline engine has refused a call, so nobody was asked. Each argument needs a name, and a"
                            + " step that has a block needs that");
        }
    }

    @Override
    public void notifyOfNewStep(Step step, StepContext context) {
        CpsThread thread = CpsThread.current();
        if (thread != null) {
            closeIfRefused(thread.getExecution());
        }
    }

    @Override
    public void onNewHead(FlowNode node) {
        if (node instanceof BlockEndNode) {
            closeIfRefused(node.getExecution());
        }
    }
}
