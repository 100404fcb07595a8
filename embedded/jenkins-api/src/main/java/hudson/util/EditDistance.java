package hudson.util;

import java.util.Collection;
import java.util.Comparator;

/** How much two texts differ. */
public class EditDistance {

    /** How many characters have to be put in, taken out or changed. */
    public static int editDistance(String a, String b) {
        var last = new int[b.length() + 1];
        for (var j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (var i = 1; i <= a.length(); i++) {
            var next = new int[b.length() + 1];
            next[0] = i;
            for (var j = 1; j <= b.length(); j++) {
                var changed = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                next[j] = Math.min(changed, Math.min(last[j], next[j - 1]) + 1);
            }
            last = next;
        }
        return last[b.length()];
    }

    /** The one that differs least, or null when there is none. */
    public static String findNearest(String key, Collection<String> group) {
        return group.stream()
                .min(Comparator.comparingInt(each -> editDistance(key, each)))
                .orElse(null);
    }
}
