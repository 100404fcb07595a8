package io.jenkins.plugins.armory.callback.token;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Patterns for the full names of the jobs that a caller may decide for, separated by commas or line breaks. They are as
 * in Ant: {@code *} stands for any part of one name, {@code ?} for one character of it, and {@code **} for any number
 * of folders. {@code team/} is short for {@code team/**}. Without a pattern, no job matches.
 */
@Restricted(NoExternalUse.class)
public final class JobPatterns {

    private static final String ANY_NAMES = "**";

    private final List<String> patterns;
    /** The patterns, each split into names. */
    private final List<List<String>> paths;

    private JobPatterns(List<String> patterns, List<List<String>> paths) {
        this.patterns = patterns;
        this.paths = paths;
    }

    /** @throws IllegalArgumentException if a pattern is wrong; the message names it and says how to write one */
    public static JobPatterns parse(String text) {
        return of(Arrays.stream(text.split("[,\n\r]"))
                .map(String::strip)
                .filter(each -> !each.isEmpty())
                .toList());
    }

    private static JobPatterns of(List<String> patterns) {
        return new JobPatterns(
                List.copyOf(patterns), patterns.stream().map(JobPatterns::path).toList());
    }

    public JobPatterns and(JobPatterns others) {
        return of(Stream.concat(patterns.stream(), others.patterns.stream())
                .distinct()
                .toList());
    }

    /** Returns the patterns as they were written. */
    public List<String> patterns() {
        return patterns;
    }

    /** @param job the full name of a job, folders separated by {@code /} */
    public boolean match(String job) {
        List<String> names = List.of(job.split("/", -1));
        return paths.stream().anyMatch(path -> Glob.matchPath(path, names));
    }

    private static List<String> path(String pattern) {
        List<String> names =
                new ArrayList<>(List.of((pattern.endsWith("/") ? pattern + ANY_NAMES : pattern).split("/", -1)));
        for (String name : names) {
            if (name.isEmpty() || name.contains(ANY_NAMES) && !name.equals(ANY_NAMES)) {
                throw new IllegalArgumentException(
                        "jobs: \"" + pattern + "\" is not a pattern of jobs: write folder/job,"
                                + " folder/* for the jobs of a folder, folder/** for all below it, or ** for all jobs");
            }
        }
        if (names.get(names.size() - 1).equals(ANY_NAMES)) { // a job below a folder has at least one further name
            names.add("*");
        }
        return List.copyOf(names);
    }

    @Override
    public String toString() {
        return String.join(", ", patterns);
    }
}
