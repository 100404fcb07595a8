package io.jenkins.plugins.armory.runtime;

import com.google.common.util.concurrent.ListenableFuture;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.storage.DeploymentStore;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Something that a step does on another thread than the Pipeline engine's. It may be done again from its beginning, see
 * {@link #run}.
 */
public interface Work {

    /** How soon what could not be written is tried again at first, and at the latest, in seconds. */
    int FIRST_RETRY = 1;

    int LAST_RETRY = 30;

    void run() throws Exception;

    /**
     * Does the work with the rights of Jenkins itself. As long as it ends in something that cannot be written and that others wait
     * for, it is done again, however long that takes: were the step to fail instead, or to go on, they would wait for ever, or
     * go on by mistake.
     *
     * @param failed is given whatever else the work throws
     * @param log for the build's log
     */
    static void run(Work work, Consumer<Exception> failed, Consumer<String> log) {
        run(work, failed, log, FIRST_RETRY);
    }

    private static void run(Work work, Consumer<Exception> failed, Consumer<String> log, int retry) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            work.run();
        } catch (DeploymentStore.UnwrittenException x) {
            if (retry == FIRST_RETRY) {
                log.accept(x.getMessage() + ". Trying again until they can; the build waits for it.");
            }
            Runnable again = () -> run(work, failed, log, Math.min(2 * retry, LAST_RETRY));
            try {
                Timer.get()
                        .schedule(() -> ArmoryApprovals.get().executor().execute(again), retry, TimeUnit.SECONDS);
            } catch (RejectedExecutionException y) {
                // Jenkins is going down; the step does this again when it is resumed.
            }
        } catch (Exception x) {
            failed.accept(x);
        }
    }

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
