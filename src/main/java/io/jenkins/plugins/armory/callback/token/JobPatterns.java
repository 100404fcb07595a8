package io.jenkins.plugins.armory.callback.token;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The jobs that somebody may decide for: Ant-like patterns over full names, separated by commas or line breaks. {@code *}
 * stands for any part of one name, {@code ?} for one character of it, and {@code **} for any number of folders;
 * {@code team/} is short for {@code team/**}. No pattern means no job.
 */
public final class JobPatterns {

    private static final String SEPARATOR = "[,\n\r]";
    private static final String ANY_NAMES = "**";

    private final List<String> patterns;
    /** The same, each in its names. */
    private final List<List<String>> paths;

    private JobPatterns(List<String> patterns, List<List<String>> paths) {
        this.patterns = patterns;
        this.paths = paths;
    }

    /** @throws IllegalArgumentException naming the pattern that is wrong, and how to write it */
    public static JobPatterns parse(String text) {
        return of(Arrays.stream(text.split(SEPARATOR))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList());
    }

    /** As {@link #parse}, of patterns that may hold separators. */
    static JobPatterns of(List<String> patterns) {
        return new JobPatterns(
                List.copyOf(patterns), patterns.stream().map(JobPatterns::path).toList());
    }

    /** The patterns as they were written. */
    public List<String> patterns() {
        return patterns;
    }

    /** @param job full name of a job, folders separated by {@code /} */
    public boolean match(String job) {
        List<String> names = List.of(job.split("/", -1));
        return paths.stream().anyMatch(path -> Glob.matchPath(path, names));
    }

    /** Whether a pattern is nothing but the full name of one job. */
    static boolean isName(String pattern) {
        return !pattern.contains("*") && !pattern.contains("?") && !pattern.endsWith("/");
    }

    private static List<String> path(String pattern) {
        List<String> names =
                new ArrayList<>(List.of((pattern.endsWith("/") ? pattern + ANY_NAMES : pattern).split("/", -1)));
        for (String name : names) {
            if (name.isEmpty() || name.contains(ANY_NAMES) && !name.equals(ANY_NAMES)) {
                throw new IllegalArgumentException("\"" + pattern + "\" is not a pattern of jobs: write folder/job,"
                        + " folder/* for the jobs of a folder, folder/** for all below it, or ** for all jobs");
            }
        }
        if (names.get(names.size() - 1).equals(ANY_NAMES)) { // what is below a folder is one name at least
            names.add("*");
        }
        return List.copyOf(names);
    }

    @Override
    public String toString() {
        return String.join(", ", patterns);
    }
}
