package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.Collection;
import java.util.stream.Collectors;

/** The rule for names in a deployment file, and the hint at the name that was meant. */
final class Names {

    /** A text that steps refuse, since Groovy writes it for a variable that is not set. */
    static final String NO_VALUE = "null";

    private static final int MAX_LISTED = 20;
    private static final int MAX_LISTED_LENGTH = 64;
    /** A file may have very many names, and as many that are not among them. */
    private static final int MAX_COMPARED = 100;

    private Names() {}

    /** Returns why a text is no name, {@code null} if it is one. */
    @CheckForNull
    static String problemOf(String name) {
        if (name.isBlank()) {
            return "must not be blank";
        } else if (name.equals(NO_VALUE)) {
            return "is a text that stands for no value; take another one";
        } else if (Problems.isUnprintable(name)) {
            return "has a line break, a control character or a bidirectional one; take it out";
        }
        return Bound.LINE.problemOf(name);
    }

    /**
     * Returns the end of a message on an unknown name: the known one that it is similar to, else all, as far as a
     * person reads.
     */
    static String hint(String name, Collection<String> known) {
        return known.stream()
                .limit(MAX_COMPARED)
                .filter(each -> isSimilar(name, each))
                .findFirst()
                .map(each -> "did you mean " + cut(each) + "?")
                .orElseGet(() -> known.isEmpty() ? "it has none" : "known are " + listed(known));
    }

    /** Returns whether at most two characters in one place make the difference, and most of the name is the same. */
    private static boolean isSimilar(String name, String other) {
        int shorter = Math.min(name.length(), other.length());
        int start = 0;
        while (start < shorter && name.charAt(start) == other.charAt(start)) {
            start++;
        }
        int end = 0;
        while (end < shorter - start
                && name.charAt(name.length() - 1 - end) == other.charAt(other.length() - 1 - end)) {
            end++;
        }
        int different = Math.max(name.length(), other.length()) - start - end;
        return different <= 2 && start + end > different;
    }

    private static String listed(Collection<String> names) {
        String first = names.stream().limit(MAX_LISTED).map(Names::cut).collect(Collectors.joining(", "));
        int more = names.size() - MAX_LISTED;
        return more > 0 ? first + " and " + more + " more" : first;
    }

    static String cut(String name) {
        return name.length() > MAX_LISTED_LENGTH ? name.substring(0, MAX_LISTED_LENGTH) + "..." : name;
    }
}
