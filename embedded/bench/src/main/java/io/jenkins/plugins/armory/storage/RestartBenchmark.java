package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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

/**
 * Measures a start, from opening the store until the first callback is acknowledged. Each fork is a new process that
 * has read nothing before; the files are in the operating system's cache.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(5)
public class RestartBenchmark {

    @Param({"10", "10000"})
    public int waiting;

    /** The number of decided approvals that are kept. */
    @Param({"0", "100000"})
    public int decided;

    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private Path folder;
    private String id;

    @Setup
    public void write() throws IOException {
        folder = Samples.folder();
        var all = new ArrayList<Approval>();
        IntStream.range(0, waiting).mapToObj(Samples::waiting).forEach(all::add);
        id = all.get(0).id();
        IntStream.range(0, decided)
                .mapToObj(Samples::waiting)
                .map(approval -> approval.on(Samples.success(), Instant.now()).approval())
                .forEach(all::add);
        Samples.write(folder, all);
    }

    @TearDown
    public void delete() throws IOException, InterruptedException {
        timer.shutdownNow();
        timer.awaitTermination(1, TimeUnit.MINUTES);
        Samples.delete(folder);
    }

    @Benchmark
    public Object untilTheFirstCallbackIsAcknowledged() throws IOException {
        var approvals = new Approvals(
                ApprovalStore.open(folder, jobId -> null).folding(timer, timer),
                timer,
                timer,
                Clock.systemUTC(),
                (approval, user) -> List.of(0),
                approval -> {});
        return approvals.apply(id, Samples.success());
    }
}
