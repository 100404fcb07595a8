package io.jenkins.plugins.armory.callback.token;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Scopes (RFC 6749, section 3.3): {@code decide:PATTERN} lets a token decide for the jobs that a pattern of
 * {@link JobPatterns} names. What a scope may not contain is percent-encoded.
 */
public final class Scopes {

    private static final String DECIDE = "decide:";

    private Scopes() {}

    public static String ofJobs(String pattern) {
        StringBuilder scope = new StringBuilder(DECIDE);
        for (byte each : pattern.getBytes(StandardCharsets.UTF_8)) {
            // scope-token = 1*( %x21 / %x23-5B / %x5D-7E ); % and + are what the encoding itself is made of
            if (each > ' ' && each < 0x7f && "\"\\%+".indexOf(each) < 0) {
                scope.append((char) each);
            } else {
                scope.append(String.format("%%%02X", each));
            }
        }
        return scope.toString();
    }

    /** What a 403 names: it cannot be asked for, since such a token is minted with its approval. */
    static String ofApproval(String id) {
        return "approval:" + id;
    }

    public static String ofAll(JobPatterns jobs) {
        return jobs.patterns().stream().map(Scopes::ofJobs).collect(Collectors.joining(" "));
    }

    public static List<String> split(String scope) {
        return Arrays.stream(scope.split(" ")).filter(each -> !each.isEmpty()).toList();
    }

    /** Whether one of the scopes lets a token decide for that job. */
    public static boolean include(String scope, String job) {
        return split(scope).stream()
                .filter(each -> each.startsWith(DECIDE))
                .anyMatch(each -> JobPatterns.of(List.of(patternOf(each))).match(job));
    }

    /** Whether somebody who may decide for those jobs may have a token of that scope. */
    public static boolean isWithin(JobPatterns jobs, String scope) {
        if (jobs.patterns().stream().map(Scopes::ofJobs).anyMatch(scope::equals)) {
            return true;
        }
        try {
            return scope.startsWith(DECIDE) && JobPatterns.isName(patternOf(scope)) && jobs.match(patternOf(scope));
        } catch (IllegalArgumentException x) { // not percent-encoded
            return false;
        }
    }

    private static String patternOf(String scope) {
        return URLDecoder.decode(scope.substring(DECIDE.length()), StandardCharsets.UTF_8);
    }
}
