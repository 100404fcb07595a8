package io.jenkins.plugins.armory.flow;

import com.cloudbees.groovy.cps.impl.CpsCallableInvocation;
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation.MismatchHandler;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.armory.flow.cps.PresentHandler;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jenkinsci.plugins.workflow.cps.CpsThread;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Makes it an error that the engine would leave out a step. If an argument is a text such as <code>"${release}"</code>, and only the engine can
 * call the object's {@code toString()}, the engine calls that in place of the step, and the Pipeline goes on: through a gate that nobody
 * was asked about (JENKINS-31314). It tells the handler of its thread before, which by default writes a line into the log.
 */
@Restricted(NoExternalUse.class)
public final class LeftOutCalls {

    private static final Set<String> FUNCTIONS = ConcurrentHashMap.newKeySet();

    private LeftOutCalls() {}

    /**
     * Makes the engine's thread throw instead of leaving out a call of a step, and closes the environments of the build, since
     * the Pipeline may catch that. The thread asks the step's descriptor about its block right before it reads the arguments,
     * and calls this there. The handler is the thread's until it has nothing more to run.
     */
    public static void refuse(String function) {
        CpsThread thread = CpsThread.current();
        if (thread == null) {
            return; // a form or a validation asks
        }
        FUNCTIONS.add(function);
        MismatchHandler present = PresentHandler.find();
        if (!(present instanceof Refusal)) {
            CpsCallableInvocation.registerMismatchHandler(new Refusal(thread.getExecution(), present));
        }
    }

    /**
     * @param execution what the thread runs
     * @param others what the engine does about the calls of others, {@code null} if that is unknown
     */
    private record Refusal(
            FlowExecution execution, @CheckForNull MismatchHandler others) implements MismatchHandler {

        @Override
        public void handle(Object receiver, String expected, Object actualReceiver, String actual) {
            if (FUNCTIONS.contains(expected)) {
                String method = (actualReceiver instanceof Class<?> type ? type : actualReceiver.getClass()).getName()
                        + "." + actual;
                String reason = expected + ": an argument needs " + method
                        + "(), which only the Pipeline can call. Give the step a text instead, such as \"${x.toString()}\" for"
                        + " \"${x}\", or annotate the method with @NonCPS";
                Run<?, ?> run = Builds.of(execution);
                if (run != null) {
                    ArmoryRuntime.get().deployments().close(run, expected, reason);
                }
                throw new IllegalStateException(reason);
            } else if (others != null) {
                others.handle(receiver, expected, actualReceiver, actual);
            }
        }
    }
}
