package hudson;

import edu.umd.cs.findbugs.annotations.CheckForNull;

/** Helpers that every part of Jenkins uses. */
public class Util {

    private Util() {}

    /** The text without white space around it, or null when nothing else is in it. */
    @CheckForNull
    public static String fixEmptyAndTrim(@CheckForNull String s) {
        return s == null || s.trim().isEmpty() ? null : s.trim();
    }

    /** The text, or an empty one instead of null. */
    public static String fixNull(@CheckForNull String s) {
        return s == null ? "" : s;
    }

    /** The text as HTML that shows it. */
    public static String escape(@CheckForNull String s) {
        return s == null
                ? null
                : s.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace("\"", "&quot;")
                        .replace("'", "&#039;");
    }
}
