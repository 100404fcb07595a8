package io.jenkins.plugins.armory.flow.cps;

import com.google.common.util.concurrent.ForwardingExecutorService;
import java.lang.reflect.Field;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.cps.CpsThreadGroup;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The tasks of the engine's thread of a build. */
@Restricted(NoExternalUse.class)
public final class EngineTasks {

    private static final Logger LOGGER = Logger.getLogger(EngineTasks.class.getName());
    private static final Field RUNNER = PrivateField.find(
            CpsThreadGroup.class,
            "runner",
            "Steps in a closure that is given to a method with @NonCPS may therefore be run although the engine leaves that early.");

    private EngineTasks() {}

    /** Does something at the beginning of each further task of a build, on the engine's thread. */
    public static void before(CpsThreadGroup group, Runnable first) {
        try {
            if (PrivateField.mayBeUsed()
                    && RUNNER != null
                    && RUNNER.get(group) instanceof ExecutorService runner
                    && !(runner instanceof Preceded)) {
                RUNNER.set(group, new Preceded(runner, first));
            }
        } catch (IllegalAccessException | IllegalArgumentException x) {
            LOGGER.log(Level.WARNING, "Cannot watch the engine's thread", x);
        }
    }

    /** The engine's executor, which must run each task itself: it ends a build for what a task throws. */
    private static final class Preceded extends ForwardingExecutorService {

        private final ExecutorService engine;
        private final Runnable first;

        Preceded(ExecutorService engine, Runnable first) {
            this.engine = engine;
            this.first = first;
        }

        @Override
        protected ExecutorService delegate() {
            return engine;
        }

        @Override
        public <T> Future<T> submit(Callable<T> task) {
            return engine.submit(() -> {
                first.run();
                return task.call();
            });
        }

        @Override
        public Future<?> submit(Runnable task) {
            return engine.submit(() -> {
                first.run();
                task.run();
            });
        }

        @Override
        public void execute(Runnable task) {
            engine.execute(() -> {
                first.run();
                task.run();
            });
        }
    }
}
