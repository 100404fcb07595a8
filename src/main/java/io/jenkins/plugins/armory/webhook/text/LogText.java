package io.jenkins.plugins.armory.webhook.text;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Foreign text in the log of a build. None of its lines can be mistaken for one of Jenkins, and none of its characters
 * controls a terminal or reorders the text.
 */
@Restricted(NoExternalUse.class)
public final class LogText {

    /** Begins each line that this plugin logs. */
    public static final String PREFIX = "[armory] ";

    /**
     * The control characters, C0 and C1, and the directional formatting characters of the Unicode Bidirectional
     * Algorithm (UAX #9, section 2).
     */
    private static final String UNWANTED =
            "[\\p{IsControl}&&[^\\t]]|[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]";

    private static final String NEXT = '\n' + PREFIX;

    private LogText() {}

    /** Returns the text without unwanted characters and empty lines. */
    public static String clean(String text) {
        return Arrays.stream(text.split("\\R"))
                .map(line -> line.replaceAll(UNWANTED, "").stripTrailing())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    /** Returns the text for the rest of a log line. Its further lines get the prefix. */
    public static String continued(String text) {
        return clean(text).replace("\n", NEXT);
    }

    /**
     * Checks the name of an environment. It stands in lines of the log, so no part of it may be taken for a line of
     * Jenkins.
     *
     * @throws IllegalArgumentException naming the parameter
     */
    public static void checkName(String parameter, String name) {
        if (!continued(name).equals(name)) {
            throw new IllegalArgumentException(
                    parameter + ": has a line break, a control character or a bidirectional one; take it out");
        }
        Bound.LINE.check(parameter, name);
    }

    /** Removes the prefixes again, for pages. */
    public static String withoutPrefixes(String text) {
        return text.replace(NEXT, "\n");
    }
}
