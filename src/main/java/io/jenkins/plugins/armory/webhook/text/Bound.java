package io.jenkins.plugins.armory.webhook.text;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collection;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The longest texts and lists from outside that are kept. All are well below what Jackson reads back: names of fields
 * up to 50,000 characters, texts up to 20,000,000.
 *
 * <p>A text must not have half of a surrogate pair, for which UTF-8 has no form (RFC 3629, section 3).
 */
@Restricted(NoExternalUse.class)
public enum Bound {
    /** A name, an id, a pointer, a key, a host, one status; what an answer is compared with. */
    LINE(1_024, "characters"),
    /** A template, an address, a context, all headers; what people and external processes write. */
    TEXT(65_536, "characters"),
    LIST(1_000, "entries"),
    /** The approvals of one step. */
    APPROVALS(10_000, "entries");

    private static final String CUT = "…";
    private static final char REPLACEMENT = '\uFFFD';

    private final int most;
    private final String unit;

    Bound(int most, String unit) {
        this.most = most;
        this.unit = unit;
    }

    public int most() {
        return most;
    }

    /**
     * Checks a text.
     *
     * @param what the name of the field
     * @throws IllegalArgumentException naming the field, its length and the bound
     */
    public void check(String what, @CheckForNull String text) {
        reject(what, problemOf(text));
    }

    /**
     * Checks the length of a list, or of several texts together.
     *
     * @throws IllegalArgumentException naming the field, its length and the bound
     */
    public void check(String what, long length) {
        reject(what, problemOf(length));
    }

    /**
     * Checks each text of a list, and how many there are.
     *
     * @throws IllegalArgumentException naming the field, its length and the bound
     */
    public void checkEach(String what, Collection<String> texts) {
        LIST.check(what, texts.size());
        texts.forEach(text -> check(what, text));
    }

    private static void reject(String what, @CheckForNull String problem) {
        if (problem != null) {
            throw new IllegalArgumentException(what + ": " + problem);
        }
    }

    /** Returns what is wrong with a text, without its name; {@code null} for nothing. */
    @CheckForNull
    public String problemOf(@CheckForNull String text) {
        if (text == null) {
            return null;
        }
        String tooLong = problemOf(text.length());
        return tooLong == null ? brokenPart(text) : tooLong;
    }

    /** Returns what is wrong with a length, {@code null} for nothing. */
    @CheckForNull
    public String problemOf(long length) {
        return length > most ? "is longer than " + most + " " + unit + ": it has " + length : null;
    }

    /** Returns what is wrong with the characters of a text, {@code null} for nothing. */
    @CheckForNull
    public static String brokenPart(String text) {
        int half = indexOfHalf(text);
        return half < 0
                ? null
                : "has half of a character (\\u" + Integer.toHexString(text.charAt(half))
                        + ", one of a surrogate pair) at position " + (half + 1) + "; take it out";
    }

    /** Returns whether a text consists of whole characters. */
    public static boolean isWhole(String text) {
        return indexOfHalf(text) < 0;
    }

    /** Returns the index of the first half of a surrogate pair that stands alone, -1 for none. */
    private static int indexOfHalf(String text) {
        int at = 0;
        while (at < text.length() && !isHalf(text.codePointAt(at))) {
            at += Character.charCount(text.codePointAt(at));
        }
        return at < text.length() ? at : -1;
    }

    private static boolean isHalf(int character) {
        return Character.MIN_SURROGATE <= character && character <= Character.MAX_SURROGATE;
    }

    /**
     * Returns as much of a text as fits, of whole characters. For texts whose author cannot be told to mend them: the
     * answer of a server, the message of an exception.
     */
    @CheckForNull
    public String cut(@CheckForNull String text) {
        if (text == null) {
            return null;
        }
        String start = text;
        if (text.length() > most) {
            int end = most - CUT.length();
            start = text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + CUT;
        }
        return whole(start);
    }

    private static String whole(String text) {
        return isWhole(text)
                ? text
                : text.codePoints()
                        .map(character -> isHalf(character) ? REPLACEMENT : character)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }
}
