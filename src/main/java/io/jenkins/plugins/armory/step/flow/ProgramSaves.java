package io.jenkins.plugins.armory.step.flow;

import com.google.common.util.concurrent.ListenableFuture;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.runtime.RunningBuild;
import java.util.concurrent.atomic.AtomicReference;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Saves the program of a build for its steps that start. Steps that ask before a save has begun share it.
 *
 * <p>The engine starts steps and saves programs on the same thread. So while a step asks on that thread, a save that
 * has not ended has not begun either.
 */
@Restricted(NoExternalUse.class)
public final class ProgramSaves {

    /** The save that has not ended, {@code null} for none. */
    private final AtomicReference<ListenableFuture<Void>> askedFor = new AtomicReference<>();

    private ProgramSaves() {}

    /**
     * Saves the program with the step as it is now. The engine's thread calls this.
     *
     * @param build the state of the step's build, {@code null} if it has ended
     */
    public static ListenableFuture<Void> save(StepContext context, @CheckForNull RunningBuild build) {
        return build == null
                ? context.saveState()
                : build.findOrCreate(ProgramSaves.class, ProgramSaves::new).save(context);
    }

    private ListenableFuture<Void> save(StepContext context) {
        ListenableFuture<Void> known = askedFor.get();
        if (known != null) {
            return known;
        }
        ListenableFuture<Void> save = context.saveState();
        askedFor.set(save);
        save.addListener(() -> askedFor.compareAndSet(save, null), Runnable::run); // directly, on the engine's thread
        return save;
    }
}
