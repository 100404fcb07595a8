package io.jenkins.plugins.armory.flow;

import com.google.common.util.concurrent.ListenableFuture;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.Work;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Saves the program of a build for its steps that start. Steps that ask before a save has begun share it.
 *
 * <p>The engine starts steps and saves programs on the same thread. So while a step asks on that thread, a save that has not
 * ended has not begun either.
 */
@Restricted(NoExternalUse.class)
public final class ProgramSaves {

    private static final Map<FlowExecution, ListenableFuture<Void>> ASKED_FOR = new ConcurrentHashMap<>();

    private ProgramSaves() {}

    /**
     * Saves the program with the step as it is now, then does the work on the runtime's executor. The engine's thread calls
     * this.
     *
     * @param runner runs the work, and ends the step if the work throws or the program could not be saved
     */
    public static void afterSave(StepContext context, Consumer<Work> runner, Work next)
            throws IOException, InterruptedException {
        ListenableFuture<Void> save = save(context);
        save.addListener(
                () -> runner.accept(() -> {
                    try {
                        save.get();
                    } catch (ExecutionException x) {
                        throw x.getCause() instanceof Exception cause ? cause : x;
                    }
                    next.run();
                }),
                ArmoryRuntime.get().executor());
    }

    private static ListenableFuture<Void> save(StepContext context) throws IOException, InterruptedException {
        FlowExecution execution = context.get(FlowExecution.class);
        if (execution == null) {
            return context.saveState();
        }
        ListenableFuture<Void> askedFor = ASKED_FOR.get(execution);
        if (askedFor != null) {
            return askedFor;
        }
        ListenableFuture<Void> save = context.saveState();
        ASKED_FOR.put(execution, save);
        save.addListener(() -> ASKED_FOR.remove(execution, save), Runnable::run); // directly, on the engine's thread
        return save;
    }
}
