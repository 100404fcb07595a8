package io.jenkins.plugins.armory.step;

import com.google.common.util.concurrent.ListenableFuture;
import io.jenkins.plugins.armory.ArmoryApprovals;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** Something that a step does on another thread than the Pipeline engine's. */
interface Work {

    void run() throws Exception;

    /**
     * Has the program saved, with the step as it is now, and goes on when that is done.
     *
     * @param runner ends the step if the work throws, or if the program could not be saved
     */
    static void afterSaving(StepContext context, Consumer<Work> runner, Work next) {
        ListenableFuture<Void> saved = context.saveState();
        saved.addListener(
                () -> runner.accept(() -> {
                    try {
                        saved.get();
                    } catch (ExecutionException x) {
                        throw x.getCause() instanceof Exception cause ? cause : x;
                    }
                    next.run();
                }),
                ArmoryApprovals.get().executor());
    }
}
