package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Deadlines;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Measures how the cost of operations grows with the number of pending approvals, without the disk. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class RegistryBenchmark {

    @Param({"10", "1000", "10000", "100000"})
    public int waiting;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private List<String> ids;
    private Approvals approvals;
    private Deadlines deadlines;
    private Approval another;

    @Setup
    public void fill() throws IOException {
        List<Approval> all =
                IntStream.range(0, waiting).mapToObj(Samples::waiting).toList();
        ids = all.stream().map(Approval::id).toList();
        approvals = new Approvals(
                ApprovalStore.open(new MemoryDisk(), Path.of("memory"), jobId -> null)
                        .folding(timer, timer),
                timer,
                timer,
                Clock.systemUTC(),
                (approval, user) -> List.of(0),
                approval -> {});
        deadlines = new Deadlines(timer, Clock.systemUTC(), id -> {});
        for (Approval approval : all) {
            approvals.create(approval);
            deadlines.set(approval.id(), approval.deadline());
        }
        another = Samples.waiting(waiting / 2);
    }

    @TearDown
    public void stop() {
        timer.shutdownNow();
    }

    /** Finds an approval, as a callback does first. */
    @Benchmark
    public Object find() throws IOException {
        return approvals.find(ids.get(ThreadLocalRandom.current().nextInt(ids.size())));
    }

    /** Sets a deadline somewhere in the middle, and removes it. */
    @Benchmark
    public void deadlineAddedAndRemoved() {
        deadlines.set(another.id(), another.deadline());
        deadlines.remove(another.id());
    }

    /** Creates and decides an approval among many others, with its deadline and everything but the disk. */
    @Benchmark
    public Object createAndDecide() throws IOException {
        Approval approval = Samples.waiting(waiting / 2);
        approvals.create(approval);
        return approvals.apply(approval.id(), Samples.success());
    }

    /** Lists all approvals in their order, as the page of all approvals does. The cost must grow with their number. */
    @Benchmark
    public Object list() {
        return approvals.list();
    }
}
