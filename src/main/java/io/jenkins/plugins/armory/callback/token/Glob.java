package io.jenkins.plugins.armory.callback.token;

import java.util.List;
import java.util.function.BiPredicate;

/**
 * Matches texts and paths with wildcards. A mismatch goes back to the last wildcard and never to an earlier one, so the
 * time is at most the product of the two lengths, whatever the number of wildcards.
 */
final class Glob {

    private static final String ANY_NAMES = "**";
    private static final Integer ANY_TEXT = (int) '*';
    private static final Integer ANY_CHARACTER = (int) '?';

    private Glob() {}

    /** Returns whether a text matches. {@code *} stands for any text. */
    static boolean matchText(String pattern, String text) {
        return match(characters(pattern), characters(text), ANY_TEXT, Integer::equals);
    }

    /**
     * Returns whether a path matches. {@code **} stands for any names, {@code *} for any part of one, {@code ?} for a
     * character.
     */
    static boolean matchPath(List<String> pattern, List<String> path) {
        return match(pattern, path, ANY_NAMES, Glob::matchName);
    }

    private static boolean matchName(String pattern, String name) {
        return match(
                characters(pattern),
                characters(name),
                ANY_TEXT,
                (expected, actual) -> expected.equals(ANY_CHARACTER) || expected.equals(actual));
    }

    private static List<Integer> characters(String text) {
        return text.codePoints().boxed().toList();
    }

    /** @param any the wildcard, an element of the pattern that stands for any number of elements of the text */
    private static <T> boolean match(List<T> pattern, List<T> text, T any, BiPredicate<T, T> one) {
        int inPattern = 0;
        int inText = 0;
        int afterAny = -1; // the place in the pattern after the last wildcard
        int afterItsText = 0; // the place in the text after the part that this wildcard stands for
        while (inText < text.size()) {
            if (inPattern < pattern.size() && pattern.get(inPattern).equals(any)) {
                afterAny = ++inPattern;
                afterItsText = inText;
            } else if (inPattern < pattern.size() && one.test(pattern.get(inPattern), text.get(inText))) {
                inPattern++;
                inText++;
            } else if (afterAny >= 0) {
                inPattern = afterAny;
                inText = ++afterItsText;
            } else {
                return false;
            }
        }
        return pattern.subList(inPattern, pattern.size()).stream().allMatch(any::equals);
    }
}
