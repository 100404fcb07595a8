package io.jenkins.plugins.armory.step;

import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.SettableFuture;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Saves programs for steps. A save takes the whole program along, so those who ask while one is under way share the next:
 * a save that has not begun has the state in it that any of them has now.
 */
final class ProgramSaves {

    /** What is asked for while the program of an execution is being saved. */
    private static final class Next {
        /** Whose context the program can be saved with; {@code null} while nobody has asked. */
        @CheckForNull
        private StepContext context;

        private final SettableFuture<Void> saved = SettableFuture.create();
    }

    /** An entry for each execution whose program is being saved; guarded by itself. */
    private static final Map<FlowExecution, Next> NEXT = new HashMap<>();

    private ProgramSaves() {}

    /** Has the program saved, with the state that the step has now; fails as {@link StepContext#saveState} does. */
    static ListenableFuture<Void> save(StepContext context) throws IOException, InterruptedException {
        FlowExecution execution = context.get(FlowExecution.class);
        synchronized (NEXT) {
            Next next = NEXT.get(execution);
            if (next != null) {
                next.context = context;
                return next.saved;
            }
            NEXT.put(execution, new Next());
        }
        return save(execution, context);
    }

    private static ListenableFuture<Void> save(FlowExecution execution, StepContext context) {
        ListenableFuture<Void> saved = context.saveState();
        saved.addListener(() -> saveNext(execution), MoreExecutors.directExecutor());
        return saved;
    }

    private static void saveNext(FlowExecution execution) {
        Next next;
        synchronized (NEXT) {
            next = NEXT.remove(execution);
            if (next == null || next.context == null) {
                return;
            }
            NEXT.put(execution, new Next());
        }
        next.saved.setFuture(save(execution, next.context));
    }
}
