package io.jenkins.plugins.armory.webhook;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.Collection;
import java.util.Locale;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The nearest of the known names to a misspelt one. */
@Restricted(NoExternalUse.class)
public final class Nearest {

    /** Limits of the search, so that a file full of mistakes is answered soon. */
    private static final int MAX_NAMES = 500;

    private static final int MAX_LENGTH = 64;
    private static final int MIN_BEGINNING = 4;

    private Nearest() {}

    /** Returns the known name with the smallest edit distance, or {@code null} if none is near enough to be meant. */
    @CheckForNull
    public static String of(String name, Collection<String> known) {
        if (name.length() > MAX_LENGTH) {
            return null;
        }
        String nearest = null;
        int best = Math.max(2, name.length() / 3) + 1;
        String lower = name.toLowerCase(Locale.ROOT);
        int tried = 0;
        for (String each : known) {
            if (tried++ == MAX_NAMES) {
                break;
            }
            int distance = each.length() > MAX_LENGTH ? best : near(lower, each.toLowerCase(Locale.ROOT), best);
            if (distance < best && distance < each.length()) {
                nearest = each;
                best = distance;
            }
        }
        return nearest;
    }

    /** Returns the end of a message on an unknown name of a webhook: the nearest of the known ones, and all of them. */
    public static String known(String name, Collection<String> known) {
        if (known.isEmpty()) {
            return "none is defined";
        }
        String nearest = of(name, known);
        return (nearest == null ? "known are " : "did you mean \"" + nearest + "\"? Known are ")
                + String.join(", ", known);
    }

    /** Returns the edit distance if it can be less than a limit, else the limit. The beginning of a name is always near. */
    private static int near(String name, String known, int limit) {
        if (name.length() >= MIN_BEGINNING && known.startsWith(name)) {
            return 1;
        }
        return Math.abs(known.length() - name.length()) < limit ? distance(name, known) : limit;
    }

    /** Returns how many characters must be inserted, deleted, replaced or swapped with their neighbour. */
    private static int distance(String a, String b) {
        int[][] distances = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                distances[i][j] = i == 0 ? j : j == 0 ? i : distance(a, b, i, j, distances);
            }
        }
        return distances[a.length()][b.length()];
    }

    private static int distance(String a, String b, int i, int j, int[][] distances) {
        int replacement = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int distance =
                Math.min(Math.min(distances[i - 1][j], distances[i][j - 1]) + 1, distances[i - 1][j - 1] + replacement);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(distance, distances[i - 2][j - 2] + 1) : distance;
    }
}
