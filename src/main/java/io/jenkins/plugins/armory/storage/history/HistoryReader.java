package io.jenkins.plugins.armory.storage.history;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.bounds.Bound;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;

/** Reads lines, one after the other, and never has more than one in memory. */
final class HistoryReader {

    /**
     * Longer than any line of a history: the name and the comment of each of as many people as there may be, the few other texts of a
     * decision, the names of as many submitters, requesters and people of rules as there may be, and three bytes for each character.
     */
    static final int LONGEST = 3
            * ((ManualRequirement.MAX_REQUIRED + 8) * 2 * HistoryContent.MAX_TEXT
                    + (Bound.LIST.most() + Bound.LONG_LIST.most() + 2 * ManualRequirement.MAX_REQUIRED)
                            * (Bound.NAME.most() + 1));

    private final InputStream input;
    private long left;

    /** @param length the number of bytes to read at most */
    HistoryReader(InputStream input, long length) {
        this.input = new BufferedInputStream(input, 64 << 10);
        this.left = length;
    }

    /**
     * Returns the next line without its line feed, {@code null} at the end. The last line need not have a line feed.
     *
     * @throws IOException if a line is longer than any of a history
     */
    @CheckForNull
    byte[] next() throws IOException {
        var line = new ByteArrayOutputStream(1024);
        while (left > 0) {
            int next = input.read();
            if (next < 0) {
                left = 0;
                break;
            }
            left--;
            if (next == '\n') {
                return line.toByteArray();
            }
            if (line.size() == LONGEST) {
                throw new IOException("a line has more than " + LONGEST + " bytes");
            }
            line.write(next);
        }
        return line.size() == 0 ? null : line.toByteArray();
    }
}
