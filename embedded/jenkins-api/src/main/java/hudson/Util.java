package hudson;

import com.google.common.html.HtmlEscapers;
import edu.umd.cs.findbugs.annotations.CheckForNull;

/** Helpers that every part of Jenkins uses. */
public class Util {

    private Util() {}

    @CheckForNull
    public static String fixEmptyAndTrim(@CheckForNull String s) {
        return s == null || s.trim().isEmpty() ? null : s.trim();
    }

    public static String fixNull(@CheckForNull String s) {
        return s == null ? "" : s;
    }

    public static String escape(@CheckForNull String s) {
        return s == null ? null : HtmlEscapers.htmlEscaper().escape(s);
    }
}
