package io.jenkins.plugins.armory.storage.history;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;

/**
 * The end of a file of the {@link History} after a start: how far it is whole, and which lines of approvals in the
 * journal are in it.
 *
 * @param last the last line that is whole, {@code null} if there is none
 * @param length the number of bytes to keep
 * @param lines the number of lines with a line feed, damaged ones included
 * @param recorded the approvals of the journal that have a line there
 * @param damaged the number of the first damaged line that was not being written when Jenkins died, 0 for none
 */
record HistoryEnd(@CheckForNull HistoryLine last, int length, int lines, Set<String> recorded, long damaged) {

    /** @param outbox the ids of approvals whose decisions are in the journal; lines of others were not being written */
    static HistoryEnd of(byte[] content, Set<String> outbox) {
        HistoryLine last = null;
        int length = 0;
        int lines = 0;
        var recorded = new HashSet<String>();
        long damaged = 0;
        int doubtful = -1; // where the first damaged line starts
        int start = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] != '\n') {
                continue;
            }
            lines++;
            HistoryLine line = HistoryLine.parse(Arrays.copyOfRange(content, start, i));
            if (line == null || !line.isIntact() || !follows(line, last)) {
                doubtful = doubtful < 0 ? start : doubtful;
            }
            if (line != null && line.isIntact()) {
                HistoryContent.Index index = line.index();
                String approval = index == null ? null : index.approval();
                boolean mayBeNew = approval == null || outbox.contains(approval);
                if (doubtful >= 0 && !mayBeNew) { // an old line behind it: no crash has done that
                    damaged = damaged > 0 ? damaged : line.number();
                    doubtful = -1;
                }
                if (doubtful < 0) {
                    last = line;
                    length = i + 1;
                    if (approval != null && mayBeNew) {
                        recorded.add(approval);
                    }
                }
            }
            start = i + 1;
        }
        return new HistoryEnd(last, length, lines, recorded, damaged);
    }

    private static boolean follows(HistoryLine line, @CheckForNull HistoryLine last) {
        return last == null || line.previous().equals(last.hash()) && line.number() == last.number() + 1;
    }
}
