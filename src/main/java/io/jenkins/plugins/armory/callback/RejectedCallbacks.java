package io.jenkins.plugins.armory.callback;

import io.jenkins.plugins.armory.webhook.text.Bound;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The last rejected callbacks of each approval, for people who may see the approval. They help while a webhook is being set
 * up. They are kept in memory only and are bounded, so that callers without a token cannot fill the disk.
 */
@Restricted(NoExternalUse.class)
public final class RejectedCallbacks {

    static final int PER_APPROVAL = 20;

    /**
     * The maximum number of approvals. Above it, the job with the most approvals loses the one whose last rejection is
     * oldest.
     */
    static final int MAX_APPROVALS = 100;

    /**
     * A rejected callback.
     *
     * @param at the time
     * @param status the status of the answer
     * @param reason the reason; it contains no secret part of the token
     * @param address the address of the caller, as far as Jenkins can tell
     * @param rehearsal whether it was a rehearsal, which could not have decided anything
     */
    public record Rejected(Instant at, int status, String reason, String address, boolean rehearsal) {

        public Rejected {
            reason = Bound.LINE.cut(reason);
        }
    }

    private record Kept(String job, Deque<Rejected> rejected) {}

    /** By the id of the approval, the one whose last rejection is oldest first. */
    private final Map<String, Kept> byApproval = new LinkedHashMap<>();

    private long total;

    /**
     * @param job the full name of the approval's job
     * @param id the id of an approval that exists; invented ids would push the others out
     */
    synchronized void add(String job, String id, Rejected rejected) {
        total++;
        Kept known = byApproval.remove(id);
        Kept kept = known == null ? new Kept(job, new ArrayDeque<>()) : known;
        byApproval.put(id, kept);
        if (kept.rejected().size() == PER_APPROVAL) {
            kept.rejected().removeFirst();
        }
        kept.rejected().add(rejected);
        if (byApproval.size() > MAX_APPROVALS) {
            dropOne();
        }
    }

    private void dropOne() {
        Map<String, Long> counts =
                byApproval.values().stream().collect(Collectors.groupingBy(Kept::job, Collectors.counting()));
        Long most = Collections.max(counts.values());
        byApproval.entrySet().stream()
                .filter(each -> counts.get(each.getValue().job()).equals(most))
                .findFirst()
                .map(Map.Entry::getKey)
                .ifPresent(byApproval::remove);
    }

    /** Returns the rejected callbacks of an approval, the newest first. */
    public synchronized List<Rejected> of(String id) {
        Kept kept = byApproval.get(id);
        var rejected = new ArrayList<>(kept == null ? List.of() : kept.rejected());
        Collections.reverse(rejected);
        return rejected;
    }

    /** Returns the number of rejected callbacks since the start, whether or not they are kept. */
    public synchronized long total() {
        return total;
    }

    synchronized int count() {
        return byApproval.values().stream()
                .mapToInt(each -> each.rejected().size())
                .sum();
    }
}
