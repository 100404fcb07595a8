package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Instant;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How far an external process has come, as it said itself. Kept in memory alone: the next report makes up for one that is lost.
 *
 * @param percent from 0 to 100, {@code null} while the process has not said
 * @param mdMessage for people (Markdown, not to be trusted); may be empty
 * @param at when the last report came
 */
@Restricted(NoExternalUse.class)
public record Progress(@CheckForNull Double percent, String mdMessage, Instant at) {

    /** How much of a message is kept, in characters. */
    public static final int MAX_MESSAGE = 4096;

    private static final String CUT = "…";

    public Progress {
        Objects.requireNonNull(mdMessage, "mdMessage");
        Objects.requireNonNull(at, "at");
        mdMessage = shortened(mdMessage);
    }

    private static String shortened(String message) {
        if (message.length() <= MAX_MESSAGE) {
            return message;
        }
        int end = MAX_MESSAGE - CUT.length();
        return message.substring(0, Character.isHighSurrogate(message.charAt(end - 1)) ? end - 1 : end) + CUT;
    }

    /** The percentage for people, with one decimal where there are any; empty while there is none. */
    public String percentText() {
        if (percent == null) {
            return "";
        }
        long tenths = Math.round(percent * 10);
        return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + " %";
    }
}
