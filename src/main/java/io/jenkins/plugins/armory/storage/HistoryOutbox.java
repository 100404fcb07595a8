package io.jenkins.plugins.armory.storage;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.history.History;
import io.jenkins.plugins.armory.storage.history.RulesChange;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Brings decisions from the journal to the {@link History}. A decision has its line before it leaves the journal, and before its
 * approval is removed. Without a history, this does nothing.
 */
final class HistoryOutbox {

    private static final Logger LOGGER = Logger.getLogger(HistoryOutbox.class.getName());

    private final ApprovalMemory memory;
    /** The ids of approvals with a decision in the journal, removed ones included. */
    private final Set<String> inJournal = new HashSet<>();
    /** The ids of {@link #inJournal} that are decided in their files too. Their lines are in the history. */
    private final Set<String> inFile = new HashSet<>();

    @CheckForNull
    private History history;

    HistoryOutbox(ApprovalMemory memory) {
        this.memory = memory;
    }

    /** Takes an approval that is in the journal when the history is opened. */
    void found(Approval approval) {
        if (approval.isDecided()) {
            inJournal.add(approval.id());
        }
    }

    /**
     * Finds out which decisions of the journal are in the files too. Called before the files are brought up to date.
     */
    void look(ApprovalFiles files) {
        for (String id : inJournal) {
            if (files.hasDecided(id) || isDecidedInFile(id, files)) {
                inFile.add(id);
            }
        }
    }

    /**
     * Opens the history, after the journal and the files.
     *
     * @throws IOException if it cannot be read
     */
    void open(Disk disk, Path folder, IntSupplier months, ApprovalFiles files) throws IOException {
        Set<String> recorded = new HashSet<>();
        for (Approval approval : memory.decided()) {
            // Lines are written before files, so what is decided in a file has its line.
            if (!inJournal.contains(approval.id()) || inFile.contains(approval.id())) {
                recorded.add(approval.id());
            }
        }
        history = History.open(disk, folder, months, Clock.systemUTC(), inJournal, recorded);
        inJournal.clear();
    }

    private static boolean isDecidedInFile(String id, ApprovalFiles files) {
        try {
            return files.readPending(id).filter(Approval::isDecided).isPresent();
        } catch (IOException x) {
            return false;
        }
    }

    /** Returns the history; empty if there is none. */
    Optional<History> history() {
        return Optional.ofNullable(history);
    }

    /**
     * Writes the lines of all decisions that have none yet.
     *
     * @throws IOException if a line may not be on disk; the next call tries again
     */
    void write() throws IOException {
        if (history != null) {
            history.add(memory::decided);
        }
    }

    /**
     * Writes changes of the settings.
     *
     * @throws IOException if a line may not be on disk
     */
    void record(List<RulesChange> changes) throws IOException {
        if (history != null) {
            history.record(changes);
        }
    }

    /** Returns whether a decided approval may leave the journal. */
    boolean isWritten(String id) {
        return history == null || history.has(id);
    }

    /**
     * Returns whether the history has a line of an approval, in memory or not. Reads all of it.
     *
     * @throws IOException if it cannot be read
     */
    boolean hasLine(String id) throws IOException {
        return history != null && history.snapshot().has(id);
    }

    /** Takes an approval that is decided and comes from its file into memory again. Called before that, with its lock held. */
    void comesBack(String id) {
        if (history != null) {
            history.noteWritten(id);
        }
    }

    /** Takes an approval that is not in memory any more. Called after that, with its lock held. */
    void forget(String id) {
        if (history != null) {
            history.forget(id);
        }
    }

    /** Writes the lines of approvals that are about to be removed. */
    void writeBeforeRemoval(Collection<String> ids) {
        if (history != null && ids.stream().anyMatch(id -> memory.findDecided(id) != null && !isWritten(id))) {
            try {
                write();
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot write decisions to the history, and their builds are deleted", x);
            }
        }
    }

    void close() {
        if (history != null) {
            history.close();
        }
    }
}
