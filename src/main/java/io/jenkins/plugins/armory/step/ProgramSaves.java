package io.jenkins.plugins.armory.step;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Saves programs for steps. A save takes the whole program along, so those who ask while one is under way share the next:
 * a save that has not begun has the state in it that any of them has now.
 */
final class ProgramSaves {

    /** What is asked for while the program of a build is being saved. */
    private static final class Next {
        /** Whose context the program can be saved with; {@code null} while nobody has asked. */
        @CheckForNull
        private StepContext context;

        private final SettableFuture<Void> saved = SettableFuture.create();
    }

    /** An entry for each build whose program is being saved; guarded by itself. */
    private static final Map<Run<?, ?>, Next> NEXT = new HashMap<>();

    private ProgramSaves() {}

    /** Has the program saved, with the state that the step has now; fails as {@link StepContext#saveState} does. */
    static ListenableFuture<Void> save(StepContext context) throws IOException, InterruptedException {
        Run<?, ?> run = context.get(Run.class);
        synchronized (NEXT) {
            Next next = NEXT.get(run);
            if (next != null) {
                next.context = context;
                return next.saved;
            }
            NEXT.put(run, new Next());
        }
        return save(run, context);
    }

    private static ListenableFuture<Void> save(Run<?, ?> run, StepContext context) {
        ListenableFuture<Void> saved = context.saveState();
        saved.addListener(() -> saveNext(run), MoreExecutors.directExecutor());
        return saved;
    }

    /** A build has ended; if that was by force, a save may never be done. */
    static void forget(Run<?, ?> run) {
        synchronized (NEXT) {
            NEXT.remove(run);
        }
    }

    private static void saveNext(Run<?, ?> run) {
        Next next;
        synchronized (NEXT) {
            next = NEXT.remove(run);
            if (next == null || next.context == null) {
                return;
            }
            NEXT.put(run, new Next());
        }
        next.saved.setFuture(save(run, next.context));
    }
}
