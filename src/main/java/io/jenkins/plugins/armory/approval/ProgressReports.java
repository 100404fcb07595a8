package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The last progress report of each pending approval. Reports are in memory alone, and each replaces the one before. So
 * a process may report as often as it likes: nothing is written, and nothing waits.
 */
@Restricted(NoExternalUse.class)
public final class ProgressReports {

    /** The number of reports that may get a line in a log at once. */
    static final int BURST = 10;

    /** The time after which one more report may get a line. */
    static final Duration REFILL = Duration.ofMinutes(1);

    /**
     * @param toldMessage the last message that got a line, {@code null} before the first
     * @param toldUntil when the whole burst is available again
     */
    private record Entry(Progress progress, @CheckForNull String toldMessage, Instant toldUntil, boolean worthALine) {}

    private final Map<String, Entry> byApproval = new ConcurrentHashMap<>();

    /** The result of a report: the progress now, and whether a log should have a line about it. */
    public record Noted(Progress progress, boolean worthALine) {}

    /**
     * Adds a report.
     *
     * @param percent {@code null} if unchanged
     * @param mdMessage {@code null} if unchanged
     */
    public Noted add(String id, @CheckForNull Double percent, @CheckForNull String mdMessage, Instant now) {
        Entry noted = byApproval.compute(id, (key, known) -> next(known, percent, mdMessage, now));
        return new Noted(noted.progress, noted.worthALine);
    }

    private static Entry next(
            @CheckForNull Entry known, @CheckForNull Double percent, @CheckForNull String mdMessage, Instant now) {
        Progress before = known == null ? new Progress(null, "", now) : known.progress;
        var progress = new Progress(
                percent == null ? before.percent() : percent, mdMessage == null ? before.mdMessage() : mdMessage, now);
        if (known == null) {
            return new Entry(progress, progress.mdMessage(), now.plus(REFILL), true);
        }
        Instant latest = now.plus(REFILL.multipliedBy(BURST));
        Instant from = known.toldUntil.isBefore(now) ? now : known.toldUntil;
        from = from.isAfter(latest) ? latest : from; // if the clock was set back
        Instant until = from.plus(REFILL);
        boolean worthALine = !progress.mdMessage().equals(known.toldMessage) && !until.isAfter(latest);
        return worthALine
                ? new Entry(progress, progress.mdMessage(), until, true)
                : new Entry(progress, known.toldMessage, from, false);
    }

    /** Returns the last report, if there was one since the start. */
    public Optional<Progress> of(String id) {
        return Optional.ofNullable(byApproval.get(id)).map(Entry::progress);
    }

    public void remove(String id) {
        byApproval.remove(id);
    }
}
