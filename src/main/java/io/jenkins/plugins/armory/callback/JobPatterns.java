package io.jenkins.plugins.armory.callback;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The jobs that somebody may decide for: Ant-like patterns over full names, separated by commas or line breaks. {@code *}
 * stands for any part of one name, {@code ?} for one character of it, and {@code **} for any number of folders;
 * {@code team/} is short for {@code team/**}. No pattern means no job.
 */
public final class JobPatterns {

    private static final String SEPARATOR = "[,\n\r]";

    private final List<String> patterns;
    private final List<Pattern> compiled;

    private JobPatterns(List<String> patterns, List<Pattern> compiled) {
        this.patterns = patterns;
        this.compiled = compiled;
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
                List.copyOf(patterns), patterns.stream().map(JobPatterns::compile).toList());
    }

    /** The patterns as they were written. */
    public List<String> patterns() {
        return patterns;
    }

    /** @param job full name of a job, folders separated by {@code /} */
    public boolean match(String job) {
        return compiled.stream().anyMatch(pattern -> pattern.matcher(job).matches());
    }

    /** Whether a pattern is nothing but the full name of one job. */
    static boolean isName(String pattern) {
        return !pattern.contains("*") && !pattern.contains("?") && !pattern.endsWith("/");
    }

    private static Pattern compile(String pattern) {
        String[] names = (pattern.endsWith("/") ? pattern + "**" : pattern).split("/", -1);
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < names.length; i++) {
            boolean last = i == names.length - 1;
            if (names[i].equals("**")) {
                regex.append(last ? ".+" : "(?:[^/]+/)*");
            } else if (names[i].isEmpty() || names[i].contains("**")) {
                throw new IllegalArgumentException("\"" + pattern + "\" is not a pattern of jobs: write folder/job,"
                        + " folder/* for the jobs of a folder, folder/** for all below it, or ** for all jobs");
            } else {
                appendName(regex, names[i]);
                regex.append(last ? "" : "/");
            }
        }
        return Pattern.compile(regex.toString(), Pattern.DOTALL);
    }

    private static void appendName(StringBuilder regex, String name) {
        name.codePoints().forEach(character -> {
            switch (character) {
                case '*' -> regex.append("[^/]*");
                case '?' -> regex.append("[^/]");
                default -> regex.append(Pattern.quote(Character.toString(character)));
            }
        });
    }

    @Override
    public String toString() {
        return String.join(", ", patterns);
    }
}
