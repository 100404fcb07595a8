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
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The last rejected callbacks of each approval, for people who may see the approval. They help while a webhook is being
 * set up. They are kept in memory only and are bounded, so that callers without a token cannot fill the disk.
 */
@Restricted(NoExternalUse.class)
public final class RejectedCallbacks {

    static final int PER_APPROVAL = 20;

    /** The maximum number of approvals. Above it, the one goes whose last rejection is oldest. */
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

    /** By the id of the approval, the one whose last rejection is oldest first. */
    private final Map<String, Deque<Rejected>> byApproval = new LinkedHashMap<>();

    private long total;

    /** @param id the id of an approval that exists; invented ids would push the others out */
    synchronized void add(String id, Rejected rejected) {
        total++;
        Deque<Rejected> known = byApproval.remove(id);
        Deque<Rejected> kept = known == null ? new ArrayDeque<>() : known;
        byApproval.put(id, kept);
        if (kept.size() == PER_APPROVAL) {
            kept.removeFirst();
        }
        kept.add(rejected);
        if (byApproval.size() > MAX_APPROVALS) {
            byApproval.remove(byApproval.keySet().iterator().next());
        }
    }

    /** Returns the rejected callbacks of an approval, the newest first. */
    public synchronized List<Rejected> of(String id) {
        var rejected = new ArrayList<Rejected>(byApproval.getOrDefault(id, new ArrayDeque<>()));
        Collections.reverse(rejected);
        return rejected;
    }

    /** Returns the number of rejected callbacks since the start, whether or not they are kept. */
    public synchronized long total() {
        return total;
    }
}
