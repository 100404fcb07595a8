package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The removal of approvals whose builds are gone. */
final class Removals {

    private static final Logger LOGGER = Logger.getLogger(Removals.class.getName());

    /** Appends a record to the journal. */
    interface Appender {
        void append(JournalEntry entry) throws IOException;
    }

    private final ApprovalMemory memory;
    private final ApprovalFiles files;
    private final RecentDecisions recent;
    private final JobNames names;
    private final History history;
    private final Appender journal;

    Removals(
            ApprovalMemory memory,
            ApprovalFiles files,
            RecentDecisions recent,
            JobNames names,
            History history,
            Appender journal) {
        this.memory = memory;
        this.files = files;
        this.recent = recent;
        this.names = names;
        this.history = history;
        this.journal = journal;
    }

    /** Removes the matching approvals, and returns their ids. Reads every file. */
    List<String> removeIf(Predicate<Approval> gone) throws IOException {
        var ids = new ArrayList<String>();
        memory.pending().stream().filter(gone).map(Approval::id).forEach(ids::add);
        try (Stream<Approval> all = allDecided()) {
            all.filter(gone).map(Approval::id).forEach(ids::add);
        }
        remove(ids);
        return ids;
    }

    private Stream<Approval> allDecided() throws IOException {
        List<Approval> inMemory = List.copyOf(memory.decided());
        Set<String> ids = inMemory.stream().map(Approval::id).collect(Collectors.toSet());
        return Stream.concat(
                inMemory.stream(),
                files.decidedIds().stream()
                        .filter(id -> !ids.contains(id))
                        .flatMap(id -> files.readable(id).stream())
                        .map(names::addTo));
    }

    /** Removes approvals. The history keeps their decisions. */
    void remove(Collection<String> ids) {
        writeHistory(ids);
        for (String id : ids) {
            Runnable unlock = memory.lock(id);
            try {
                writeHistory(List.of(id)); // if it was decided meanwhile
                forget(id);
                recent.remove(id);
            } finally {
                unlock.run();
            }
        }
        if (!ids.isEmpty()) {
            try {
                // Without this record, the journal or a file whose folder is not synced brings them back after a crash.
                journal.append(JournalEntry.removal(ids));
            } catch (IOException x) {
                LOGGER.log(
                        Level.WARNING,
                        "Cannot write that approvals were removed; after a crash they may be there again",
                        x);
            }
        }
    }

    private void writeHistory(Collection<String> ids) {
        if (ids.stream().anyMatch(history::lacks)) {
            try {
                history.write();
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write decisions to the history, and their builds are deleted", x);
            }
        }
    }

    /** Removes an approval from memory and from the files. Called with its lock held, or while the store is opened. */
    void forget(String id) {
        memory.remove(id);
        // The pending file goes first: without the decided one it would count again. Only a fault leaves both, see
        // FileUpdate.
        boolean both = files.hasPending(id) && files.hasDecided(id);
        if (files.deletePending(id) && (!both || isPendingSynced())) {
            files.deleteDecided(id);
        }
    }

    private boolean isPendingSynced() {
        try {
            files.syncPending();
            return true;
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot sync the folder of pending approvals", x);
            return false;
        }
    }
}
