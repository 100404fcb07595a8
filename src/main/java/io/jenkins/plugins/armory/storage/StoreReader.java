package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.CommonTexts;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Reads the files of a store that is opened, after its journal. */
final class StoreReader {

    private static final Logger LOGGER = Logger.getLogger(StoreReader.class.getName());

    private final ApprovalMemory memory;
    private final ApprovalFiles files;
    private final JobNames names;
    private final CommonTexts common;

    /** @param common the texts that approvals have in common, also with those of the journal */
    StoreReader(ApprovalMemory memory, ApprovalFiles files, JobNames names, CommonTexts common) {
        this.memory = memory;
        this.files = files;
        this.names = names;
        this.common = common;
    }

    /** Reads the approvals that are not closed. */
    void readPending() throws IOException {
        // A file in decided/ is newer than what the journal has of the same approval.
        for (Approval approval : List.copyOf(memory.pending())) {
            if (files.hasDecided(approval.id())) {
                memory.remove(approval.id());
            }
        }
        for (Approval approval : memory.outstanding()) {
            if (files.hasDecided(approval.id())) {
                memory.remove(approval.id());
            }
        }
        boolean deleted = false;
        for (String id : files.pendingIds()) {
            if (memory.findDecided(id) != null || files.hasDecided(id)) {
                files.deletePending(id);
                deleted = true;
            } else if (!memory.isPending(id)) {
                takeUp(id);
            }
        }
        if (deleted) { // else a crash after the removal of the decision may bring one back as pending
            files.syncPending();
        }
    }

    private void takeUp(String id) throws IOException {
        Optional<Approval> approval = readable(() -> files.readPending(id, common));
        approval.map(names::addTo).ifPresentOrElse(memory::put, () -> memory.markUnreadable(id));
    }

    /** Returns the newest decided approvals, and maybe some more. */
    List<Approval> readDecided(int limit) throws IOException {
        record Dated(String id, Instant modified) {}
        List<String> newest = files.decidedIds().stream()
                .filter(id -> memory.findDecided(id) == null)
                .map(id -> new Dated(id, files.modifiedDecided(id))) // once a file, not once a comparison
                .sorted(Comparator.comparing(Dated::modified).reversed())
                .limit(limit)
                .map(Dated::id)
                .toList();
        var decided = new ArrayList<Approval>(memory.decided());
        for (String id : newest) {
            readable(() -> files.readDecided(id, common)).map(names::addTo).ifPresent(decided::add);
        }
        return decided;
    }

    /** A way to read an approval. */
    private interface Reader {
        Optional<Approval> read() throws IOException;
    }

    /**
     * Reads an approval; empty if there is none, or if it is damaged. A damaged file stays for inspection.
     *
     * @throws UnknownFormatException if a newer version of the plugin wrote it, which keeps the store from being opened
     */
    private static Optional<Approval> readable(Reader reader) throws UnknownFormatException {
        try {
            return reader.read();
        } catch (UnknownFormatException x) {
            throw x;
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read an approval: {0}", x.getMessage());
            return Optional.empty();
        }
    }
}
