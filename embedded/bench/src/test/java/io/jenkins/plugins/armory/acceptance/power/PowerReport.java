package io.jenkins.plugins.armory.acceptance.power;

import io.jenkins.plugins.armory.acceptance.power.CalledApproval.Finding;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What the power cuts have come to. */
public final class PowerReport {

    private static final int TOO_MANY = 5;

    private final String disk;
    private final long begin = System.nanoTime();
    private final Map<Finding, Integer> findings = new EnumMap<>(Finding.class);
    private final List<String> violations = new ArrayList<>();
    private int cuts;
    private int unsyncedLost;

    /** @param disk what is on it */
    public PowerReport(String disk) {
        this.disk = disk;
    }

    /** @param unsyncedIsLost whether a file that was written right before, and not synced, is lost */
    void cut(boolean unsyncedIsLost) {
        cuts++;
        unsyncedLost += unsyncedIsLost ? 1 : 0;
    }

    void found(Finding finding) {
        findings.merge(finding, 1, Integer::sum);
    }

    /**
     * Notes what a check finds, so that the cuts go on; they do not when there is too much.
     *
     * @param check may fail
     */
    void judge(Runnable check) {
        try {
            check.run();
        } catch (AssertionError | RuntimeException x) {
            String violation = "After cut " + cuts + " of " + disk + ": " + x;
            violations.add(violation);
            System.out.println(violation);
            if (violations.size() > TOO_MANY) {
                throw new AssertionError("Too much is wrong:\n" + String.join("\n", violations), x);
            }
        }
    }

    /** Everything that was not as it must be. */
    public List<String> violations() {
        return List.copyOf(violations);
    }

    /** The number of cuts that have lost a file that was not synced. */
    public int unsyncedLost() {
        return unsyncedLost;
    }

    private int count(Finding finding) {
        return findings.getOrDefault(finding, 0);
    }

    /** For people. */
    @Override
    public String toString() {
        return """
                %s: %d power cuts in %d s; %d of them lost a file that was written right before
                %4d approvals had promised a decision, which stands
                %4d were decided, and the power cut came before the answer
                %4d were pending, since a callback came too late for the disk
                %4d were pending, since nobody had called back
                %4d violations
                """.formatted(
                        disk,
                        cuts,
                        Duration.ofNanos(System.nanoTime() - begin).toSeconds(),
                        unsyncedLost,
                        count(Finding.KEPT),
                        count(Finding.WRITTEN),
                        count(Finding.NOT_WRITTEN),
                        count(Finding.PENDING),
                        violations.size());
    }
}
