package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.DurableFile;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures a durable change on a real disk; {@code -t} is the number of threads that make changes. Beside it, measures
 * the disk alone: an append with its sync, and a file that is written, synced and renamed, with its folder synced.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class DurableBenchmark {

    private final AtomicInteger number = new AtomicInteger();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
    private Path folder;
    private Approvals approvals;
    private Disk.Output output;
    private byte[] record;

    @Setup
    public void open() throws IOException {
        folder = Samples.folder();
        approvals = new Approvals(
                ApprovalStore.open(folder, jobId -> null).folding(timer, timer),
                timer,
                timer,
                Clock.systemUTC(),
                (approval, user) -> List.of(0),
                approval -> {});
        output = Disk.LOCAL.create(folder.resolve("appended"));
        record = StoredJson.write(JournalEntry.change(Samples.waiting(0)));
    }

    @TearDown
    public void close() throws IOException {
        output.close();
        timer.shutdownNow();
        Samples.delete(folder);
    }

    /** Makes two changes: creates an approval, and decides it by a callback. */
    @Benchmark
    public Object createAndDecide() throws IOException {
        Approval approval = Samples.waiting(number.incrementAndGet());
        approvals.create(approval);
        return approvals.apply(approval.id(), Samples.success());
    }

    /** Uses the disk alone, one thread after the other. */
    @Benchmark
    public synchronized void appendAndSync() throws IOException {
        output.append(record);
    }

    /** Uses the disk alone, with a file for each change. */
    @Benchmark
    public void writeFile() throws IOException {
        DurableFile.write(folder.resolve("file-" + number.incrementAndGet()), record);
    }
}
