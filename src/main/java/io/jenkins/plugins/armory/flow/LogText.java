package io.jenkins.plugins.armory.flow;

import java.util.Arrays;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Text of other people in the log of a build. No line of it can be taken for one of Jenkins's, and nothing in it steers a
 * terminal or turns the order of what is read.
 */
@Restricted(NoExternalUse.class)
public final class LogText {

    /** Begins each line of this plugin. */
    public static final String PREFIX = "[armory] ";

    /**
     * Control characters, those of the upper half (C1) included, and the marks, embeddings, overrides and isolates of the Unicode
     * Bidirectional Algorithm (UAX #9, section 2).
     */
    private static final String UNWANTED =
            "[\\p{IsControl}&&[^\\t]]|[\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]";

    private static final String NEXT = '\n' + PREFIX;

    private LogText() {}

    /** The text without unwanted characters and empty lines. */
    public static String clean(String text) {
        return Arrays.stream(text.split("\\R"))
                .map(line -> line.replaceAll(UNWANTED, "").stripTrailing())
                .filter(line -> !line.isEmpty())
                .collect(Collectors.joining("\n"));
    }

    /** The text behind something else on a line of the log: its further lines have a prefix of their own. */
    public static String continued(String text) {
        return clean(text).replace("\n", NEXT);
    }

    /** Takes the prefixes off again, for pages. */
    public static String withoutPrefixes(String text) {
        return text.replace(NEXT, "\n");
    }
}
