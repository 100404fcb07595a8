package io.jenkins.plugins.armory.callback.token;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Writes and reads the scopes of tokens (RFC 6749, section 3.3). {@code decide:PATTERN} lets a token decide for the jobs that
 * match a pattern of {@link JobPatterns}. Characters that a scope may not contain are percent-encoded.
 */
@Restricted(NoExternalUse.class)
public final class Scopes {

    private static final String DECIDE = "decide:";

    private Scopes() {}

    public static String ofJobs(String pattern) {
        var scope = new StringBuilder(DECIDE);
        for (byte each : pattern.getBytes(StandardCharsets.UTF_8)) {
            // scope-token = 1*( %x21 / %x23-5B / %x5D-7E ); % and + belong to the encoding itself
            if (each > ' ' && each < 0x7f && "\"\\%+".indexOf(each) < 0) {
                scope.append((char) each);
            } else {
                scope.append(String.format("%%%02X", each));
            }
        }
        return scope.toString();
    }

    /** Returns the scope of an approval's own token, for a 403. A client cannot ask for it. */
    static String ofApproval(String id) {
        return "approval:" + id;
    }

    /** Returns the scopes for all patterns, separated by spaces. */
    public static String ofAll(JobPatterns jobs) {
        return jobs.patterns().stream().map(Scopes::ofJobs).collect(Collectors.joining(" "));
    }

    public static List<String> split(String scope) {
        return Arrays.stream(scope.split(" ")).filter(each -> !each.isEmpty()).toList();
    }

    /** Returns whether one of the scopes lets a token decide for a job. */
    public static boolean include(String scope, String job) {
        return split(scope).stream()
                .filter(each -> each.startsWith(DECIDE))
                .anyMatch(each -> JobPatterns.of(List.of(patternOf(each))).match(job));
    }

    /** Returns whether a client that may decide for some jobs may have a token with a scope. */
    public static boolean isWithin(JobPatterns jobs, String scope) {
        if (jobs.patterns().stream().map(Scopes::ofJobs).anyMatch(scope::equals)) {
            return true;
        }
        try {
            return scope.startsWith(DECIDE)
                    && JobPatterns.isName(patternOf(scope))
                    && jobs.match(patternOf(scope))
                    && include(scope, patternOf(scope));
        } catch (IllegalArgumentException x) { // the scope is not percent-encoded, or is no name of a job
            return false;
        }
    }

    private static String patternOf(String scope) {
        return URLDecoder.decode(scope.substring(DECIDE.length()), StandardCharsets.UTF_8);
    }
}
