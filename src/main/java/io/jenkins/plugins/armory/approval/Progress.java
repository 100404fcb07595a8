package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.time.Instant;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The progress of an external process, as it reported it. It is kept in memory alone, since the next report makes up
 * for a lost one.
 *
 * @param percent from 0 to 100, {@code null} while the process has reported none
 * @param mdMessage for people (Markdown, not to be trusted); may be empty
 * @param at when the last report came
 */
@Restricted(NoExternalUse.class)
public record Progress(@CheckForNull Double percent, String mdMessage, Instant at) {

    public Progress {
        Objects.requireNonNull(mdMessage, "mdMessage");
        Objects.requireNonNull(at, "at");
        mdMessage = Bound.TEXT.cut(mdMessage);
    }

    /** Returns the percentage for people, with one decimal unless that is 0; empty while there is none. */
    public String percentText() {
        if (percent == null) {
            return "";
        }
        long tenths = Math.round(percent * 10);
        return tenths / 10 + (tenths % 10 == 0 ? "" : "." + tenths % 10) + " %";
    }
}
