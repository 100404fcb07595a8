package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the external processes of the approvals that wait have said of their progress. In memory alone, one report for an
 * approval, so that a process may report as often as it likes: a report takes the place of the one before, and nothing is
 * written or waited for.
 */
final class ProgressReports {

    /** How many reports are worth a line in a log at once, and after which time one more is. */
    static final int BURST = 10;

    static final Duration REFILL = Duration.ofMinutes(1);

    /**
     * @param toldMessage the message that was worth a line last, {@code null} before the first
     * @param toldUntil when all of the burst is there again
     */
    private record Entry(Progress progress, @CheckForNull String toldMessage, Instant toldUntil, boolean worthALine) {}

    private final Map<String, Entry> byApproval = new ConcurrentHashMap<>();

    /** What came of a report: where things stand now, and whether a log should have it. */
    record Noted(Progress progress, boolean worthALine) {}

    /**
     * Notes a report.
     *
     * @param percent {@code null} when it is as it was
     * @param mdMessage likewise
     */
    Noted add(String id, @CheckForNull Double percent, @CheckForNull String mdMessage, Instant now) {
        Entry noted = byApproval.compute(id, (key, known) -> next(known, percent, mdMessage, now));
        return new Noted(noted.progress, noted.worthALine);
    }

    private static Entry next(
            @CheckForNull Entry known, @CheckForNull Double percent, @CheckForNull String mdMessage, Instant now) {
        Progress before = known == null ? new Progress(null, "", now) : known.progress;
        Progress progress = new Progress(
                percent == null ? before.percent() : percent, mdMessage == null ? before.mdMessage() : mdMessage, now);
        if (known == null) {
            return new Entry(progress, progress.mdMessage(), now.plus(REFILL), true);
        }
        Instant until = (known.toldUntil.isBefore(now) ? now : known.toldUntil).plus(REFILL);
        boolean worthALine =
                !progress.mdMessage().equals(known.toldMessage) && !until.isAfter(now.plus(REFILL.multipliedBy(BURST)));
        return worthALine
                ? new Entry(progress, progress.mdMessage(), until, true)
                : new Entry(progress, known.toldMessage, known.toldUntil, false);
    }

    /** The last report, if there was one since the start. */
    Optional<Progress> of(String id) {
        return Optional.ofNullable(byApproval.get(id)).map(Entry::progress);
    }

    void remove(String id) {
        byApproval.remove(id);
    }

    /** The number of approvals that a report is kept of. */
    int count() {
        return byApproval.size();
    }
}
