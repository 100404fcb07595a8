package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/**
 * Prints the heap that a pending approval takes in the store, the deadlines and the observers: the difference that many
 * of them make, after garbage collection. The steps that wait are Jenkins's and not included.
 */
public final class HeapPerApproval {

    private HeapPerApproval() {}

    public static void main(String[] arguments) throws IOException {
        ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
        measure(timer, 10_000); // loads the classes, which do not count
        for (int count : new int[] {1_000, 10_000, 100_000}) {
            System.out.printf("%,d approvals wait: %,d bytes each%n", count, measure(timer, count));
        }
        timer.shutdownNow();
    }

    private static long measure(ScheduledExecutorService timer, int count) throws IOException {
        ApprovalStore store = ApprovalStore.open(new MemoryDisk(), Path.of("memory"), jobId -> null);
        var approvals =
                new Approvals(store, timer, timer, Clock.systemUTC(), (approval, user) -> List.of(0), approval -> {});
        long before = used();
        for (int i = 0; i < count; i++) {
            Approval approval = Samples.waiting(i);
            approvals.create(approval);
            approvals.attach(approval.id(), decided -> {});
        }
        store.fold(() -> false);
        long each = (used() - before) / count;
        Reference.reachabilityFence(approvals);
        approvals.close();
        return each;
    }

    private static long used() {
        for (int i = 0; i < 5; i++) {
            System.gc();
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
