package io.jenkins.plugins.armory.acceptance.power;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.campaign.Campaign;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.LossyDisk;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import io.jenkins.plugins.armory.acceptance.power.CalledApproval.Finding;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Cuts the power of a controller's disk again and again, while builds start approvals and their external processes call
 * back. After each cut, all that these were promised stands.
 *
 * <p>A build has three approvals in parallel. One is called back once, one twice at the same time with opposite
 * verdicts, and one not before the power is back.
 */
public final class PowerCuts {

    private static final int MOST_BUILDS = 5;
    /** The approvals of a build. */
    private static final int APPROVALS = 3;
    /** The callbacks to a build before the cut. */
    private static final int CALLBACKS = 3;
    /** About as long as a callback takes. */
    private static final Duration CALLBACK_TIME = Duration.ofMillis(5);
    /** Half a second after a change, the journal goes to the files. */
    private static final Duration FOLDING_TIME = Duration.ofSeconds(1);

    private static final String SILENT = "silent";
    private static final String RACE = "race";
    /** What a step says that starts between the end of the disk and that of the controller. */
    private static final String NOT_CALLED = "The webhook was not called, because the approval cannot be written";

    private static final String UNSYNCED = "unsynced";
    private static final byte[] CONTENT = new byte[100_000];

    private enum Phase {
        /** Builds run and are called back. */
        WORKING,
        /** Nothing that is sent gets anywhere. */
        CUT,
        /** What was promised is looked at, and builds end. */
        RESTORED
    }

    private final Controller controller;
    private final LossyDisk disk;
    private final Path folder;
    private final PowerReport report;
    private final Random random;
    private final Jenkins jenkins;
    private final ExternalProcess process = new ExternalProcess();
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final Queue<Future<?>> work = new ConcurrentLinkedQueue<>();
    /** Those of the builds below, by the keys of their calls. */
    private final Map<String, CalledApproval> approvals = new ConcurrentHashMap<>();

    /** The ids of these and of all before. */
    private final Set<String> allIds = ConcurrentHashMap.newKeySet();

    private final AtomicInteger begun = new AtomicInteger();
    private final AtomicInteger answered = new AtomicInteger();
    private volatile Phase phase = Phase.WORKING;

    /** The builds that were under way at the last cut. */
    private final Queue<Build> current = new ConcurrentLinkedQueue<>();
    /** Those at the cut before that. */
    private List<Build> earlier = List.of();

    private Job job;

    /**
     * Prepares the cuts.
     *
     * @param controller not started yet
     * @param folder where the disk is mounted
     */
    public PowerCuts(Controller controller, LossyDisk disk, Path folder, PowerReport report, Random random) {
        this.controller = controller;
        this.disk = disk;
        this.folder = folder;
        this.report = report;
        this.random = random;
        this.jenkins = new Jenkins(controller);
        process.onCall(this::reply);
    }

    /** Cuts the power so often. */
    public void run(int cuts) {
        try {
            controller.start();
            job = jenkins.createJob(script());
            disk.sync(); // a Jenkins that loses its only job right away shows nothing
            for (int i = 0; i < cuts; i++) {
                work();
                cut();
                restore();
                check();
            }
            checkHistory();
        } finally {
            process.close();
            executor.shutdownNow();
        }
    }

    private String script() {
        return "parallel once: { %s }, race: { %s }, silent: { %s }"
                .formatted(approval("once"), approval(RACE), approval(SILENT));
    }

    /** A step whose calls have the build's number and the name in their path. */
    private String approval(String name) {
        return process.approvalNamed(name, "context: [build: env.BUILD_NUMBER]")
                .replace(process.url(), process.url() + "/{{context.build}}");
    }

    private Reply reply(Call call) {
        approvals.computeIfAbsent(call.header("Idempotency-Key"), key -> {
            String[] path = call.path().split("/");
            String name = path[path.length - 1];
            CalledApproval each = new CalledApproval(Integer.parseInt(path[path.length - 2]), call.callback());
            allIds.add(each.id());
            boolean verdict = verdict();
            switch (phase) {
                case WORKING -> {
                    if (!name.equals(SILENT)) {
                        submit(() -> send(each, verdict));
                    }
                    if (name.equals(RACE)) {
                        submit(() -> send(each, !verdict));
                    }
                }
                case CUT -> {} // it is checked with the others
                case RESTORED -> submit(() -> each.check(verdict));
            }
            return each;
        });
        return Reply.of(202);
    }

    private boolean verdict() {
        synchronized (random) {
            return random.nextInt(4) > 0; // so that builds succeed too, which takes three of these
        }
    }

    private int below(int bound) {
        synchronized (random) {
            return random.nextInt(bound);
        }
    }

    private void send(CalledApproval each, boolean verdict) {
        begun.incrementAndGet();
        if (each.send(verdict)) {
            answered.incrementAndGet();
        }
    }

    private void submit(Runnable task) {
        work.add(executor.submit(task));
    }

    /** Has builds start and old ones deleted, and returns at the moment of the cut. */
    private void work() {
        begun.set(0);
        answered.set(0);
        phase = Phase.WORKING;
        earlier.forEach(build -> submit(() -> Campaign.whileItLives(build::delete)));
        Set<Integer> old = numbers(earlier);
        approvals.values().removeIf(each -> old.contains(each.build()));
        earlier = List.copyOf(current);
        current.clear();
        int builds = 2 + below(MOST_BUILDS - 1);
        submit(() -> {
            for (int i = 0; i < builds; i++) { // one after the other: Jenkins takes two that wait in the queue for one
                Campaign.whileItLives(() -> current.add(job.build()));
            }
        });
        if (below(2) == 0) {
            await("callbacks begun", begun, below(builds * CALLBACKS + 1));
            Campaign.pause(below((int) CALLBACK_TIME.toNanos()));
        } else {
            await("callbacks answered", answered, below(builds * CALLBACKS + 1));
            Campaign.pause(below((int) FOLDING_TIME.toNanos()));
        }
    }

    private static void await(String what, AtomicInteger count, int number) {
        Wait.until(number + " " + what)
                .pollInterval(Duration.ofMillis(1)) // else it would be over when a callback is noticed
                .until(() -> count.get() >= number);
    }

    private static Set<Integer> numbers(Collection<Build> builds) {
        return builds.stream().map(Build::number).collect(Collectors.toSet());
    }

    private void cut() {
        try {
            Files.write(folder.resolve(UNSYNCED), CONTENT);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        disk.cutPower();
        phase = Phase.CUT;
        controller.kill(); // a power cut ends it too, at the same time
        finishWork();
    }

    /** Waits until all that was being sent was answered, or not. */
    private void finishWork() {
        for (Future<?> each = work.poll(); each != null; each = work.poll()) {
            Future<?> task = each;
            report.judge(() -> get(task));
        }
    }

    private static void get(Future<?> task) {
        try {
            task.get();
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted", x);
        } catch (ExecutionException x) {
            throw new AssertionError(x.getCause().getMessage(), x);
        }
    }

    private void restore() {
        disk.remove();
        disk.powerOn();
        Path unsynced = folder.resolve(UNSYNCED);
        try {
            report.cut(!Files.exists(unsynced) || Files.size(unsynced) < CONTENT.length);
            Files.deleteIfExists(unsynced);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        phase = Phase.RESTORED; // from here on, whoever is called decides, so that builds come to their ends
    }

    private void check() {
        List<CalledApproval> all = List.copyOf(approvals.values());
        controller.start();
        Set<Integer> before = numbers(earlier);
        for (CalledApproval each : all) {
            report.judge(() -> {
                Finding finding = each.check(verdict());
                if (!before.contains(each.build())) {
                    report.found(finding);
                }
            });
        }
        Set<Integer> known = numbers(current);
        approvals.values().stream() // the controller had no time to say which these are
                .map(CalledApproval::build)
                .distinct()
                .filter(number -> !known.contains(number) && !before.contains(number))
                .forEach(number -> current.add(new Build(job, number)));
        List.copyOf(current).forEach(build -> report.judge(() -> checkBuild(build)));
        String output = controller.output();
        report.judge(() -> assertThat(output).doesNotContain("cannot be opened"));
    }

    /** The build ends as its approvals were decided, unless the controller has lost it. */
    private void checkBuild(Build build) {
        if (!build.exists()) {
            current.remove(build); // another one may get its number
            approvals.values().removeIf(each -> each.build() == build.number());
            return;
        }
        build.awaitEnd();
        finishWork();
        List<CalledApproval> own = approvals.values().stream()
                .filter(each -> each.build() == build.number())
                .toList();
        if (build.isLostAtStart()) {
            return;
        }
        String log = build.awaitLogEnd();
        boolean failed = log.contains(NOT_CALLED);
        if (!failed) {
            assertThat(own).as(log).hasSize(APPROVALS);
        }
        boolean success = !failed && own.stream().allMatch(CalledApproval::verdict);
        assertThat(build.result()).as(log).isEqualTo(success ? "SUCCESS" : "FAILURE");
    }

    /** Each approval has one line over all power cuts, also where its build was deleted. */
    private void checkHistory() {
        List<String> recorded = Campaign.approvalsInHistory(jenkins);
        report.judge(() -> assertThat(recorded).doesNotHaveDuplicates().containsAll(allIds));
    }
}
