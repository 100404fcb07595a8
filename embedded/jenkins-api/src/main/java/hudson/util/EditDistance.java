package hudson.util;

import java.util.Collection;
import java.util.Comparator;
import org.codehaus.groovy.runtime.MethodRankHelper;

/** How much two texts differ. */
public class EditDistance {

    /** The one that differs least, or null when there is none. */
    public static String findNearest(String key, Collection<String> group) {
        return group.stream()
                .min(Comparator.comparingInt(
                        each -> MethodRankHelper.damerauLevenshteinDistance(letters(key), letters(each))))
                .orElse(null);
    }

    private static Object[] letters(String text) {
        return text.chars().boxed().toArray();
    }
}
