package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/** Brings the files of approvals up to date with the journal. */
final class FileUpdate {

    private final ApprovalMemory memory;
    private final ApprovalFiles files;
    private final Journal journal;
    private final History history;
    private final ReentrantLock writing = new ReentrantLock();
    private volatile boolean closed;

    FileUpdate(ApprovalMemory memory, ApprovalFiles files, Journal journal, History history) {
        this.memory = memory;
        this.files = files;
        this.journal = journal;
        this.history = history;
    }

    /** Does what {@link ApprovalStore#fold} says. */
    boolean fold(BooleanSupplier stop) throws IOException {
        writing.lock();
        try {
            if (closed || stop.getAsBoolean()) {
                return false;
            }
            List<Path> written = journal.startNext();
            if (written.isEmpty() && !memory.hasChanges()) {
                return true;
            }
            history.write(); // first: what is in a file has its line
            // Asked after the journal's files have ended, so that this includes all that is in them. Decisions come in
            // their order: after a restart, the times of the files tell which are the newest.
            Collection<String> due = memory.toWrite();
            while (!due.isEmpty()) {
                var withoutLine = new ArrayList<String>();
                for (String id : due) {
                    if (stop.getAsBoolean()) {
                        return false;
                    }
                    if (!write(id)) {
                        withoutLine.add(id);
                    }
                }
                due = withoutLine;
                if (!due.isEmpty()) {
                    history.write();
                }
            }
            files.sync();
            journal.drop(written);
            return true;
        } finally {
            writing.unlock();
        }
    }

    /**
     * Brings the files of an approval up to date.
     *
     * @return whether that is done; false for a decision that came after the lines of the history were written. Its
     *     record may already be in a file of the journal that would be dropped
     */
    private boolean write(String id) throws IOException {
        Runnable unlock = memory.lock(id);
        try {
            Approval approval = memory.find(id);
            if (approval != null && approval.isDecided() && history.lacks(id)) {
                return false;
            }
            if (approval != null && approval.isClosed()) {
                files.write(approval);
                memory.removeDecided(id);
                files.deletePending(id); // may fail: decided/ counts from here on
            } else if (approval != null && memory.isChanged(id)) {
                files.write(approval);
            }
            memory.markWritten(id);
            return true;
        } finally {
            unlock.run();
        }
    }

    /** Waits for a write in progress, and ends all writing. */
    void close() {
        writing.lock();
        try {
            closed = true;
        } finally {
            writing.unlock();
        }
    }
}
