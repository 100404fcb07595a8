package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Brings the files of approvals up to date with the journal and with moved jobs. */
final class FileUpdate {

    private static final Logger LOGGER = Logger.getLogger(FileUpdate.class.getName());

    private final ApprovalMemory memory;
    private final ApprovalFiles files;
    private final RecentDecisions recent;
    private final Moves moves;
    private final Journal journal;
    private final HistoryOutbox outbox;
    private final ReentrantLock writing = new ReentrantLock();
    private final ReentrantLock moving = new ReentrantLock();
    private volatile boolean closed;

    FileUpdate(
            ApprovalMemory memory,
            ApprovalFiles files,
            RecentDecisions recent,
            Moves moves,
            Journal journal,
            HistoryOutbox outbox) {
        this.memory = memory;
        this.files = files;
        this.recent = recent;
        this.moves = moves;
        this.journal = journal;
        this.outbox = outbox;
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
            outbox.write(); // first: what is in a file has its line
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
                    outbox.write();
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
        ReentrantLock lock = memory.lock(id);
        try {
            Approval approval = memory.find(id);
            if (approval != null && approval.isDecided() && !outbox.isWritten(id)) {
                return false;
            }
            if (approval != null && approval.isClosed()) {
                files.write(approval);
                memory.removeDecided(id);
                outbox.forget(id);
                files.deletePending(id); // may fail: decided/ counts from here on
            } else if (approval != null && memory.isChanged(id)) {
                files.write(approval);
            }
            memory.markWritten(id);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Does what {@link ApprovalStore#move} says. Files get the new name later, in {@link #finishMoves}. */
    void move(String oldFullName, String newFullName, Instant at) throws IOException {
        moving.lock();
        try {
            if (closed) {
                throw new IOException("the approvals are closed, since Jenkins is going down");
            }
            if (moves.reuses(newFullName)) {
                finishMoves(() -> false); // rare: another job had the name a moment ago
            }
            moves.add(new Moves.Move(oldFullName, newFullName, at));
            memory.replaceAll(moves::apply);
            recent.replaceAll(moves::apply);
        } finally {
            moving.unlock();
        }
    }

    /** Returns whether there is something for {@link #finishMoves}. */
    boolean isMoving() {
        return !moves.unwritten().isEmpty();
    }

    /** Does what {@link ApprovalStore#finishMoves} says. */
    boolean finishMoves(BooleanSupplier stop) throws IOException {
        List<Moves.Move> due;
        moving.lock(); // until the moves so far are in memory
        try {
            due = moves.unwritten();
        } finally {
            moving.unlock();
        }
        if (due.isEmpty()) {
            return true;
        }
        writing.lock();
        try {
            for (String id : files.decidedIds()) {
                if (closed || stop.getAsBoolean()) {
                    return false;
                }
                writeMoved(id);
            }
            if (!fold(stop)) { // else the journal would bring the old names back
                return false;
            }
            files.sync(); // again: after a fold whose sync failed, the next has nothing to do
            moves.written(due);
            return true;
        } finally {
            writing.unlock();
        }
    }

    private void writeMoved(String id) throws IOException {
        ReentrantLock lock = memory.lock(id);
        try {
            Approval approval =
                    memory.findDecided(id) != null ? null : files.readable(id).orElse(null);
            if (approval != null && !moves.apply(approval).equals(approval)) {
                files.rewrite(moves.apply(approval));
            }
        } catch (NoSuchFileException x) {
            LOGGER.log(Level.FINE, "An approval was removed meanwhile", x);
        } finally {
            lock.unlock();
        }
    }

    /** Waits for a write in progress, and ends all writing. */
    void close() {
        moving.lock();
        writing.lock();
        try {
            closed = true;
        } finally {
            writing.unlock();
            moving.unlock();
        }
    }
}
