package io.jenkins.plugins.armory.storage.history;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Verifies a history, line by line: each line is as it was written and follows the one before. Whether lines are missing at the end
 * is known by a hash of the last line that comes from elsewhere.
 */
@Restricted(NoExternalUse.class)
public final class HistoryVerifier {

    private final boolean mayHide;
    private long lines;
    private long hidden;

    @CheckForNull
    private HistoryLine first;

    @CheckForNull
    private HistoryLine last;

    /** The number of the last line that was removed after the time limit, as a {@code removal} line says. */
    private long removed;

    @CheckForNull
    private String problem;

    /** @param mayHide whether lines may have the hashes of their contents alone, as exports have */
    HistoryVerifier(boolean mayHide) {
        this.mayHide = mayHide;
    }

    /**
     * Verifies an exported file up to the first problem. It is read to its end: who writes into a pipe would fail before they see the problem.
     *
     * @throws IOException if it cannot be read
     */
    public static HistoryVerifier verify(InputStream exported) throws IOException {
        var verifier = new HistoryVerifier(true);
        verifier.takeAll(new HistoryReader(exported, Long.MAX_VALUE));
        exported.transferTo(OutputStream.nullOutputStream());
        return verifier;
    }

    /** Takes all lines of a reader, or those up to the first problem. */
    void takeAll(HistoryReader reader) throws IOException {
        for (byte[] line = reader.next(); line != null && problem == null; line = reader.next()) {
            take(line);
        }
    }

    /** Takes the next line, without its line feed. After a problem, further lines count no more. */
    public void take(byte[] line) {
        HistoryLine next = HistoryLine.parse(
                line.length > 0 && line[line.length - 1] == '\r' ? Arrays.copyOf(line, line.length - 1) : line);
        if (problem == null) {
            problem = problemOf(next);
        }
        if (problem == null && next != null) {
            lines++;
            hidden += next.content() == null ? 1 : 0;
            first = first == null ? next : first;
            last = next;
            if (lacksBeginning() && next.content() != null) {
                removed = Math.max(removed, HistoryContent.removedBy(next.content()));
            }
        }
    }

    /**
     * Ends the verification: checks that all lines before the first were removed, as a {@code removal} line says, and
     * that none is missing at the end.
     *
     * @param number the number of the line that must be the last, 0 for none
     * @param hash its hash
     */
    void end(long number, String hash) {
        if (problem != null) {
            return;
        }
        if (first != null && lacksBeginning()) {
            problem = "The lines before number " + first.number()
                    + " are missing, and no line says that they were past the time limit.";
        } else if (lastNumber() != number) {
            problem = "Lines are missing at the end: "
                    + (last == null ? "none is left" : "the last is number " + lastNumber())
                    + ", and this Jenkins has written or found lines up to number " + number + '.';
        } else if (last != null && !lastHash().equals(hash)) {
            problem = "Line number " + number + " was replaced: this Jenkins has written or found another one.";
        }
    }

    /** Returns whether lines before the first are missing that no {@code removal} line names. */
    private boolean lacksBeginning() {
        return first != null && first.number() > removed + 1;
    }

    @CheckForNull
    private String problemOf(@CheckForNull HistoryLine next) {
        if (next == null) {
            return (last == null ? "The first line" : "The line after number " + last.number())
                    + " is no line of a history: it was changed, or cut off.";
        } else if (!next.isIntact()) {
            return "Line number " + next.number() + " was changed: its hash does not go with the rest of it.";
        } else if (next.content() == null && !mayHide) {
            return "Line number " + next.number()
                    + " has the hash of its content alone, as only exports may have: its content was removed.";
        } else if (last != null && next.number() != last.number() + 1) {
            return "After line number " + last.number() + " comes number " + next.number()
                    + ": lines are missing, or in another order.";
        } else if (last != null && !next.previous().equals(last.hash())) {
            return "Line number " + next.number() + " does not follow number " + last.number()
                    + ": one of the two was replaced.";
        } else if (next.number() == 1 && !next.previous().equals(HistoryLine.START)) {
            return "Line number 1 follows another line: it was replaced.";
        }
        return null;
    }

    /** Returns what is wrong, for people; {@code null} for nothing. */
    @CheckForNull
    public String problem() {
        return problem;
    }

    /** Returns the number of the last good line, 0 if there is none. */
    public long lastNumber() {
        return last == null ? 0 : last.number();
    }

    /** Returns the hash of the last good line; empty if there is none. */
    public String lastHash() {
        return last == null ? "" : last.hash();
    }

    /** Returns what was verified, for people. */
    public String summary() {
        if (first == null || last == null) {
            return "No lines.";
        }
        return lines + (lines == 1 ? " line" : " lines") + ", number " + first.number() + " to " + last.number()
                + (hidden == 0 ? "" : ", " + hidden + " without their contents")
                + ". Before the first: " + first.previous() + ". Last: " + last.hash() + '.';
    }
}
