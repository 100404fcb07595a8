package io.jenkins.plugins.armory.runtime;

import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.UntilWritten;
import io.jenkins.plugins.armory.storage.DeploymentStore;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import jenkins.util.Timer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The work of a step on another thread than the Pipeline engine's. It may be repeated from its beginning, see
 * {@link #run}.
 */
@Restricted(NoExternalUse.class)
public interface StepWork {

    /** Does the work once. */
    void run() throws Exception;

    /**
     * Does the work with the rights of Jenkins itself. Repeats it while it cannot write something that other steps wait
     * for: if the step failed or went on instead, the others would wait for ever, or go on by mistake.
     *
     * @param failed takes whatever else the work throws
     * @param log takes a line for the build's log
     * @param executor repeats the work
     */
    static void run(StepWork work, Consumer<Exception> failed, Consumer<String> log, Executor executor) {
        new UntilWritten(Timer.get(), executor)
                .run(
                        () -> once(work, failed),
                        x -> log.accept(x.getMessage() + ". Trying again until they can; the build waits for it."));
    }

    private static void once(StepWork work, Consumer<Exception> failed) throws DeploymentStore.UnwrittenException {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            work.run();
        } catch (DeploymentStore.UnwrittenException x) {
            throw x;
        } catch (Exception x) {
            failed.accept(x);
        } catch (Error x) { // as of a plugin that was changed under a running Jenkins, or of a key that cannot be read
            failed.accept(new IllegalStateException(x)); // else the step would wait for ever
        }
    }
}
