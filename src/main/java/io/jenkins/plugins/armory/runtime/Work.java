package io.jenkins.plugins.armory.runtime;

import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.storage.DeploymentStore;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import jenkins.util.Timer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The work of a step on another thread than the Pipeline engine's. It may be repeated from its beginning, see
 * {@link #run}.
 */
@Restricted(NoExternalUse.class)
public interface Work {

    /** The delay before a failed write is repeated the first time, in seconds. It doubles each time. */
    int FIRST_RETRY = 1;

    /** The longest delay, in seconds. */
    int LAST_RETRY = 30;

    /** Does the work once. */
    void run() throws Exception;

    /**
     * Does the work with the rights of Jenkins itself. Repeats it while it cannot write something that other steps wait
     * for: if the step failed or went on instead, the others would wait for ever, or go on by mistake.
     *
     * @param failed takes whatever else the work throws
     * @param log takes a line for the build's log
     */
    static void run(Work work, Consumer<Exception> failed, Consumer<String> log) {
        run(work, failed, log, again -> ArmoryRuntime.get().executor().execute(again));
    }

    /** @param executor repeats the work */
    static void run(Work work, Consumer<Exception> failed, Consumer<String> log, Executor executor) {
        run(work, failed, log, executor, FIRST_RETRY);
    }

    private static void run(Work work, Consumer<Exception> failed, Consumer<String> log, Executor executor, int retry) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            work.run();
        } catch (DeploymentStore.UnwrittenException x) {
            if (retry == FIRST_RETRY) {
                log.accept(x.getMessage() + ". Trying again until they can; the build waits for it.");
            }
            Runnable again = () -> run(work, failed, log, executor, Math.min(2 * retry, LAST_RETRY));
            try {
                Timer.get().schedule(() -> executor.execute(again), retry, TimeUnit.SECONDS);
            } catch (RejectedExecutionException y) {
                // Jenkins is going down; the step does this again when it is resumed.
            }
        } catch (Exception x) {
            failed.accept(x);
        } catch (Error x) { // as of a plugin that was changed under a running Jenkins, or of a key that cannot be read
            failed.accept(new IllegalStateException(x)); // else the step would wait for ever
        }
    }
}
