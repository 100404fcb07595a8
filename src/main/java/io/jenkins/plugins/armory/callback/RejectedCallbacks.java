package io.jenkins.plugins.armory.callback;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The last callbacks that named an approval and were refused, for those who may see it. In memory alone: they help while
 * something is being set up, and nobody should be able to fill a disk with them.
 */
public final class RejectedCallbacks {

    static final int PER_APPROVAL = 20;
    /** Of more approvals than that, those are forgotten that have not been called in vain for longest. */
    static final int MAX_APPROVALS = 100;

    private static final int MAX_REASON = 300;

    /**
     * A callback that was refused.
     *
     * @param at when
     * @param status what it was answered
     * @param reason why; holds nothing of the token that could be a secret
     * @param address where it came from, as far as Jenkins can tell
     * @param rehearsal whether it was a rehearsal, which could not have decided anything
     */
    public record Rejected(Instant at, int status, String reason, String address, boolean rehearsal) {}

    private final Map<String, Deque<Rejected>> byApproval = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Deque<Rejected>> eldest) {
            return size() > MAX_APPROVALS;
        }
    };

    private long total;

    /** @param id of an approval that exists: others could be invented without end */
    synchronized void add(String id, Rejected rejected) {
        total++;
        String reason = rejected.reason();
        Deque<Rejected> known = byApproval.computeIfAbsent(id, each -> new ArrayDeque<>());
        if (known.size() == PER_APPROVAL) {
            known.removeFirst();
        }
        known.add(new Rejected(
                rejected.at(),
                rejected.status(),
                reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON) + "...",
                rejected.address(),
                rejected.rehearsal()));
    }

    /** Those of an approval, the newest first. */
    public synchronized List<Rejected> of(String id) {
        List<Rejected> rejected = new ArrayList<>(byApproval.getOrDefault(id, new ArrayDeque<>()));
        Collections.reverse(rejected);
        return rejected;
    }

    /** How many there have been since the start, whether or not they are kept. */
    public synchronized long total() {
        return total;
    }

    /** All that are kept, of whatever approval. */
    synchronized int count() {
        return byApproval.values().stream().mapToInt(Deque::size).sum();
    }
}
