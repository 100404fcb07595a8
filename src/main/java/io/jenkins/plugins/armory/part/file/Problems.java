package io.jenkins.plugins.armory.part.file;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.Node;

/** The mistakes in one file, each with its place. An author sees all of them at once, in the order of the file. */
final class Problems {

    /** What messages call the file: the parameter that has its text. */
    static final String FILE = "config";

    /** The most mistakes that are listed. A file with more of them is mostly not what it was taken for. */
    static final int MAX = 100;

    private static final int MAX_KEPT = 1000;
    private static final int MAX_MESSAGE = 1000;

    /** Control characters, line breaks and the directional formatting characters of UAX #9, section 2. */
    private static final Pattern UNWANTED =
            Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u061C\\u200E\\u200F\\u202A-\\u202E\\u2066-\\u2069]");

    private record Problem(int line, int column, String message) {}

    private final Set<Problem> problems = new LinkedHashSet<>();
    private int count;

    /**
     * Adds a mistake.
     *
     * @param line the line, from 0 as SnakeYAML counts
     */
    void add(int line, int column, String message) {
        if (problems.size() == MAX_KEPT || problems.add(new Problem(line + 1, column + 1, printable(message)))) {
            count++;
        }
    }

    /**
     * Adds a mistake in a value.
     *
     * @param path what leads to the value, empty for the whole file
     */
    void add(Node node, String path, String message) {
        Mark place = node.getStartMark();
        add(place.getLine(), place.getColumn(), (path.isEmpty() ? "" : path + ": ") + message);
    }

    int count() {
        return count;
    }

    /** Returns whether a text has a character that does not belong into a name or a line. */
    static boolean isUnprintable(String text) {
        return UNWANTED.matcher(text).find();
    }

    /** Returns a message on one line, and without characters that control or reorder the text around it. */
    static String printable(String message) {
        String cut = message.length() > MAX_MESSAGE ? message.substring(0, MAX_MESSAGE) + "..." : message;
        return UNWANTED.matcher(cut)
                .replaceAll(
                        found -> String.format("\\\\u%04x", (int) found.group().charAt(0)));
    }

    /** @throws PlannedDeployment.InvalidException if there is any mistake */
    void throwAny() throws PlannedDeployment.InvalidException {
        if (count == 0) {
            return;
        }
        List<Problem> sorted = problems.stream()
                .sorted(Comparator.comparingInt(Problem::line).thenComparingInt(Problem::column))
                .toList();
        var lines = new ArrayList<String>();
        for (Problem each : sorted.subList(0, Math.min(MAX, sorted.size()))) {
            lines.add(place(each) + ": " + each.message());
        }
        if (count > MAX) {
            lines.add(place(sorted.get(MAX)) + ": here and below are " + (count - MAX) + " more mistakes");
        }
        throw new PlannedDeployment.InvalidException(lines);
    }

    private String place(Problem problem) {
        return FILE + " line " + problem.line() + ", column " + problem.column();
    }
}
