package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Phaser;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A class of tests that run all at once, on one controller. It dies and starts again when each of them has called
 * {@link #death} or has ended; then they go on.
 */
@Execution(ExecutionMode.CONCURRENT)
abstract class SharedDeaths {

    static Controller controller;
    static Jenkins jenkins;
    private static Deaths deaths;

    final ExternalProcess process = new ExternalProcess();

    /** What a test does at a death. */
    interface Deed {
        void run() throws Exception;
    }

    /** Each test is a party, from the beginning on. */
    private static final class Deaths extends Phaser {
        private final Queue<FutureTask<?>> before = new ConcurrentLinkedQueue<>();
        private final Queue<FutureTask<?>> meanwhile = new ConcurrentLinkedQueue<>();
        private volatile Runnable end;

        Deaths(int tests) {
            super(tests);
        }

        @Override
        protected boolean onAdvance(int phase, int parties) {
            if (parties > 0) {
                run(before);
                end.run();
                run(meanwhile);
                controller.start();
            }
            return false;
        }

        private static void run(Queue<FutureTask<?>> tasks) {
            tasks.forEach(FutureTask::run);
            tasks.clear();
        }
    }

    @BeforeAll
    static void start(TestInfo info) {
        controller = Controller.createLean(Settings.CASC);
        controller.start();
        jenkins = new Jenkins(controller);
        deaths = new Deaths((int) Stream.of(info.getTestClass().orElseThrow().getDeclaredMethods())
                .filter(method -> method.isAnnotationPresent(Test.class))
                .count());
    }

    @AfterEach
    void leave() {
        deaths.arriveAndDeregister();
        process.close();
    }

    @AfterAll
    static void close() {
        controller.close();
    }

    /** Ends the controller. */
    void end() {
        controller.kill();
    }

    final void death() throws Exception {
        death(() -> {}, () -> {});
    }

    /**
     * Has the controller die.
     *
     * @param last what is done immediately before
     * @param meanwhile what is done while it is down
     */
    final void death(Deed last, Deed meanwhile) throws Exception {
        FutureTask<?> first = add(last, deaths.before);
        FutureTask<?> second = add(meanwhile, deaths.meanwhile);
        deaths.end = this::end;
        deaths.arriveAndAwaitAdvance();
        try {
            first.get();
            second.get();
        } catch (ExecutionException x) {
            throw new AssertionError(x.getCause());
        }
    }

    private static FutureTask<?> add(Deed deed, Queue<FutureTask<?>> queue) {
        var task = new FutureTask<>(() -> {
            deed.run();
            return null;
        });
        queue.add(task);
        return task;
    }
}
