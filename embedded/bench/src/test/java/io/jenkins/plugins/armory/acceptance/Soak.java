package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/**
 * A controller under what half a day brings, in minutes: approvals that are decided, that time out, that are stopped, bad
 * callbacks, and deletions, with two restarts at the beginning. Heap, threads, files and file descriptors stay as they are.
 * {@code -Dacceptance.soakMinutes=N} says for how long; see docs/reliability.md.
 */
class Soak {

    private static final int WORKERS = 2;
    private static final Duration INTERVAL = Duration.ofSeconds(10);
    /** Jenkins keeps each build for five minutes after it has left the queue ({@code Queue.leftItems}), and cancelled timers as long. */
    private static final Duration WARM_UP = Duration.ofMinutes(6);

    /** What there is at one moment. */
    private record Sample(long second, long heapBytes, long threads, long descriptors, long ownFiles, long allFiles) {

        @Override
        public String toString() {
            return "%6d s %8.2f MiB %5d threads %5d fds %5d files of ours %6d files"
                    .formatted(second, heapBytes / 1024.0 / 1024, threads, descriptors, ownFiles, allFiles);
        }
    }

    /** Groovy holds what it knows of a class softly, so that it would stay until the heap is full. */
    private static final String FORGETFUL = "-XX:SoftRefLRUPolicyMSPerMB=0";

    private final Controller controller = Controller.createLean(Settings.CASC, FORGETFUL);
    private final Jenkins jenkins = new Jenkins(controller);
    private final AtomicInteger builds = new AtomicInteger();
    private final AtomicInteger badRequests = new AtomicInteger();
    private volatile boolean over;

    @Test
    void nothingGrows() throws Exception {
        Duration duration = Duration.ofMinutes(Integer.getInteger("acceptance.soakMinutes", 20));
        List<Sample> samples = new ArrayList<>();
        controller.start();
        try {
            for (int restart = 0; restart < 2; restart++) {
                work(duration.dividedBy(20), null);
                controller.stop();
                controller.start();
            }
            int before = builds.get();
            work(duration, samples);
            System.out.printf(
                    "%d builds, %d bad requests; a sample every %d s, after a full collection%n",
                    builds.get() - before, badRequests.get(), INTERVAL.toSeconds());
            samples.forEach(System.out::println);
        } finally {
            controller.close();
        }
        List<Sample> steady = samples.subList(warmUp(samples.size()), samples.size());
        assertFlat("heap (bytes)", steady, Sample::heapBytes, 0.05, 1024 * 1024);
        assertFlat("threads", steady, Sample::threads, 0, 3);
        assertFlat("file descriptors", steady, Sample::descriptors, 0, 5);
        assertFlat("files of ours", steady, Sample::ownFiles, 0, 10);
        assertFlat("files", steady, Sample::allFiles, 0.02, 50);
    }

    /** Returns how many samples come before all caches are full, but no more than half of them. */
    private static int warmUp(int samples) {
        return Math.min(samples / 2, Math.max(samples / 10, (int) WARM_UP.dividedBy(INTERVAL)));
    }

    private static void assertFlat(
            String what, List<Sample> samples, ToLongFunction<Sample> value, double share, long amount) {
        int third = samples.size() / 3;
        long first = median(samples.subList(0, third), value);
        long last = median(samples.subList(samples.size() - third, samples.size()), value);
        System.out.printf("%-20s median of the first third %12d, of the last %12d%n", what, first, last);
        assertThat(last).as(what).isLessThanOrEqualTo(first + (long) (first * share) + amount);
    }

    private static long median(List<Sample> samples, ToLongFunction<Sample> value) {
        return samples.stream().mapToLong(value).sorted().toArray()[samples.size() / 2];
    }

    /** Has the workers work for as long, and takes samples meanwhile where there is a list for them. */
    private void work(Duration duration, List<Sample> samples) throws Exception {
        over = false;
        ExecutorService executor = Executors.newFixedThreadPool(WORKERS);
        List<Future<?>> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            Random random = new Random(i);
            workers.add(executor.submit(() -> {
                while (!over) {
                    live(random);
                }
            }));
        }
        executor.shutdown();
        long begin = System.nanoTime();
        Duration interval = samples == null ? duration : INTERVAL;
        while (!executor.awaitTermination(interval.toMillis(), TimeUnit.MILLISECONDS)) {
            long passed = System.nanoTime() - begin;
            over |= passed >= duration.toNanos();
            if (!over && samples != null) {
                samples.add(sample(TimeUnit.NANOSECONDS.toSeconds(passed)));
            }
        }
        for (Future<?> worker : workers) {
            worker.get();
        }
    }

    /** A job with one build, of one kind or another, from its creation to its deletion. */
    private void live(Random random) {
        try (ExternalProcess process = new ExternalProcess()) {
            int kind = random.nextInt(6);
            String[] more = kind == 0 ? new String[] {"timeout: 1", "unit: 'SECONDS'"} : new String[0];
            Job job = jenkins.createJob(
                    kind == 1 ? "armoryEnvironment('soak') { " + process.approval() + " }" : process.approval(more));
            Build build = job.build();
            Callback callback = process.awaitCallback();
            bother(callback, random);
            switch (kind) {
                case 0 -> build.awaitResult("FAILURE"); // at its deadline
                case 2 -> {
                    callback.fail("no");
                    build.awaitResult("FAILURE");
                }
                case 3 -> {
                    build.awaitWaiting(1);
                    // Again and again: Jenkins loses a stop that comes before the executor of a new build has gone to
                    // sleep.
                    Wait.until("the end of " + build).until(() -> {
                        build.abort();
                        return !build.isBuilding();
                    });
                    build.awaitResult("ABORTED");
                }
                case 4 -> build.awaitWaiting(1); // goes with its job
                default -> {
                    callback.succeed("yes");
                    build.awaitResult("SUCCESS");
                    callback.fail("on second thoughts");
                }
            }
            if (random.nextBoolean() && kind != 4) {
                build.delete();
            }
            job.delete();
            builds.incrementAndGet();
        }
    }

    /** Whoever may not decide, or does not know how. */
    private void bother(Callback callback, Random random) {
        List<Integer> statuses = new ArrayList<>();
        switch (random.nextInt(4)) {
            case 0 ->
                statuses.add(callback.with("guessed-" + random.nextInt())
                        .succeed("let me in")
                        .status());
            case 1 -> statuses.add(callback.sendWithoutToken("/callback", "{}").status());
            case 2 -> statuses.add(callback.send("{\"success\": \"perhaps\"}").status());
            default ->
                statuses.add(callback.send("not JSON " + "x".repeat(random.nextInt(1000)))
                        .status());
        }
        assertThat(statuses).allMatch(status -> List.of(400, 401, 410, 429).contains(status));
        badRequests.addAndGet(statuses.size());
    }

    private Sample sample(long second) throws IOException {
        Path process = Path.of("/proc", String.valueOf(controller.pid()));
        return new Sample(
                second,
                controller.liveBytes(),
                count(process.resolve("task"), 1),
                count(process.resolve("fd"), 1),
                count(controller.home().resolve("armory-approvals"), 2),
                count(controller.home(), Integer.MAX_VALUE));
    }

    /** What is in a folder now; what goes while it is counted, may or may not be. */
    private static long count(Path folder, int depth) throws IOException {
        AtomicLong count = new AtomicLong();
        Files.walkFileTree(folder, Set.of(), depth, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
                count.addAndGet(each.equals(folder) ? 0 : 1);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) {
                count.incrementAndGet();
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path each, IOException reason) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path each, IOException reason) {
                return FileVisitResult.CONTINUE;
            }
        });
        return count.get();
    }
}
