package io.jenkins.plugins.armory.storage;

/** The writes of a {@link Journal} as they are read, to notice one that was acknowledged and cannot be read any more. */
final class WriteOrder {

    /** The last write of which all records were read, or that is known to be lost. */
    private long complete;

    private long newest;
    private long current;
    /** The index of the next record of the current write, 0 if one is missing before it. */
    private int next;

    /** @param first the number of the oldest write that may be there: those before it are in the files of their approvals */
    WriteOrder(long first) {
        complete = first - 1;
        newest = first - 1;
    }

    /** Takes a line, and returns whether a write before it was acknowledged and is not there, or not whole. */
    boolean isBehindLost(JournalLine line) {
        boolean lost = line.after() > complete;
        if (lost) {
            complete = line.after(); // told once
        }
        boolean follows = line.write() == current && line.index() == next;
        next = follows || line.index() == 1 ? line.index() + 1 : 0;
        current = line.write();
        newest = Math.max(newest, current);
        if (next == line.count() + 1) {
            complete = Math.max(complete, current);
        }
        return lost;
    }

    /** Returns the number of the last write that was acknowledged, as far as is known. */
    long complete() {
        return complete;
    }

    /** Returns the highest number of a write. */
    long newest() {
        return newest;
    }
}
