package hudson.console;

/** A link in the log of a build. Here the log has no links, and it is its text. */
public class HyperlinkNote {
    private HyperlinkNote() {}

    /** @param url one that begins with a slash is relative to the Jenkins URL */
    public static String encodeTo(String url, String text) {
        return text;
    }
}
