package io.jenkins.plugins.armory;

import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A source of chance that draws numbers, texts and lists, and favours the edges. */
public class Draw extends Random {

    private static final long serialVersionUID = 1L;

    private static final String ODD = "\0\t\n\r \"'\\/%&<>{}[]:,;#*=?~\u007f\u0085\u00e9\u202e\u2028\ud83d\ude00\uffff";

    public Draw(long seed) {
        super(seed);
    }

    public final <T> T any(List<T> list) {
        return list.get(nextInt(list.size()));
    }

    @SafeVarargs
    public final <T> T any(T... values) {
        return values[nextInt(values.length)];
    }

    public final boolean oneIn(int number) {
        return nextInt(number) == 0;
    }

    /** Returns a number of these, the least and the most more often. */
    public final int between(int least, int most) {
        return switch (nextInt(20)) {
            case 0 -> least;
            case 1 -> most;
            default -> least + nextInt(most - least + 1);
        };
    }

    public final <T> List<T> list(int least, int most, Supplier<T> entry) {
        return Stream.generate(entry).limit(between(least, most)).toList();
    }

    /**
     * Returns any text: mostly a short one, of characters that are plain, odd, or any, halves of surrogate pairs among
     * them.
     */
    public final String text(int most) {
        int length = oneIn(3) ? between(0, most) : between(0, Math.min(most, 8));
        var text = new StringBuilder();
        for (int kind = nextInt(4); text.length() < length; ) {
            text.append(
                    switch (kind == 3 ? nextInt(3) : kind) {
                        case 0 -> (char) (' ' + nextInt('~' - ' ' + 1));
                        case 1 -> ODD.charAt(nextInt(ODD.length()));
                        default -> (char) nextInt(Character.MAX_VALUE + 1);
                    });
        }
        return text.toString();
    }

    /** Returns any text, as long as most are. */
    public final String text() {
        return text(255);
    }

    /** Returns a text of the characters from the first to the last. */
    public final String text(int least, int most, char first, char last) {
        var text = new StringBuilder();
        for (int left = between(least, most); left > 0; left--) {
            text.append((char) between(first, last));
        }
        return text.toString();
    }

    public final byte[] bytes(int most) {
        byte[] bytes = new byte[between(0, most)];
        nextBytes(bytes);
        return bytes;
    }
}
