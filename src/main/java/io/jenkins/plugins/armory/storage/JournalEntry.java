package io.jenkins.plugins.armory.storage;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import java.util.Collection;
import java.util.List;

/**
 * A record of the journal of a store.
 *
 * @param approval an approval as it was after a change, {@code null} for a removal
 * @param removed the ids of approvals that were removed; empty for a change
 */
record JournalEntry(
        @CheckForNull @JsonProperty("approval") Approval approval,
        @JsonProperty("removed") List<String> removed) {

    JournalEntry {
        removed = List.copyOf(removed);
        if ((approval == null) == removed.isEmpty()) {
            throw new IllegalArgumentException("it is neither a change nor a removal");
        }
    }

    static JournalEntry change(Approval approval) {
        return new JournalEntry(approval, List.of());
    }

    static JournalEntry removal(Collection<String> ids) {
        return new JournalEntry(null, List.copyOf(ids));
    }
}
