package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.CommonTexts;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Takes up the journal of a store that is opened, and finds out which approvals may lack a change that was acknowledged. A record is
 * the whole approval, so an approval whose record follows what was lost lacks nothing.
 */
final class JournalRecovery {

    private static final Logger LOGGER = Logger.getLogger(JournalRecovery.class.getName());

    private final Consumer<Approval> change;
    private final Consumer<String> removal;

    /** Whether records of unknown approvals were lost. */
    private boolean lost;
    /** The ids whose records came after that. */
    private final Set<String> certain = new HashSet<>();
    /** The ids whose newest records could not be read. */
    private final Set<String> unread = new HashSet<>();

    /**
     * @param change takes an approval as it was after a change
     * @param removal takes the id of an approval that was removed
     */
    JournalRecovery(Consumer<Approval> change, Consumer<String> removal) {
        this.change = change;
        this.removal = removal;
    }

    /** Returns the reader of the journal, for approvals that have texts in common. */
    Journal.Reader reader(CommonTexts common) {
        return new Journal.Reader() {
            @Override
            public boolean read(String where, byte[] record) throws UnknownFormatException {
                return JournalRecovery.this.read(where, record, common);
            }

            @Override
            public void lost(String where) {
                JournalRecovery.this.lost(where);
            }
        };
    }

    private boolean read(String where, byte[] record, CommonTexts common) throws UnknownFormatException {
        try {
            take(StoredJson.read(where, record, JournalEntry.class, common));
            return true;
        } catch (StoredJson.UnreadableException | IllegalArgumentException x) {
            setAside(where, record, x);
            return false;
        }
    }

    private void take(JournalEntry entry) {
        Approval approval = entry.approval();
        if (approval != null) {
            change.accept(approval);
            certain.add(approval.id());
            unread.remove(approval.id());
        }
        entry.removed().forEach(removal);
    }

    private void setAside(String where, byte[] record, Exception reason) {
        String id = StoredJson.tree(new String(record, StandardCharsets.UTF_8))
                .at("/content/approval/terms/id")
                .asText();
        LOGGER.log(
                Level.WARNING, "Set aside a record of approval \"" + id + "\" that cannot be read, " + where, reason);
        if (id.isEmpty()) {
            lost(where);
        } else {
            unread.add(id);
        }
    }

    private void lost(String where) {
        LOGGER.log(
                Level.SEVERE,
                "{0}: changes of approvals were written before this line and are damaged. Approvals that they may concern fail",
                where);
        lost = true;
        certain.clear();
    }

    /** Returns whether the journal may have lost a later change of a pending approval. */
    boolean isInDoubt(String id) {
        return unread.contains(id) || lost && !certain.contains(id);
    }
}
