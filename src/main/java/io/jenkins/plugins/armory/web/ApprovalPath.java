package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paths of approvals and tokens below the root action. Whatever a caller has been given as the address, with or without
 * {@code /callback} at its end, it may append the rest to it.
 */
final class ApprovalPath {

    /** Armory's documents append {@code /callback} to {@code {{armory.callbackUri}}}; its tools do not. */
    private static final Pattern PATH = Pattern.compile("/approvals/([^/]+)(?:/callback){0,2}/?");

    private static final Pattern REHEARSAL = Pattern.compile("/approvals/([^/]+)(?:/callback)?/test/?");
    private static final Pattern PROGRESS = Pattern.compile("/approvals/([^/]+)(?:/callback)?/progress/?");
    private static final Pattern DATA = Pattern.compile("/approvals/([^/]+)/api/json");
    private static final Pattern INPUTS = Pattern.compile("/approvals/([^/]+)/inputs");
    static final String TOKEN = "/oauth/token";

    private ApprovalPath() {}

    /**
     * Returns the id in the path of a callback, {@code null} for another path.
     *
     * @param path a path below the root action
     */
    @CheckForNull
    static String idIn(@CheckForNull String path) {
        return idIn(PATH, path);
    }

    @CheckForNull
    static String idOfRehearsal(@CheckForNull String path) {
        return idIn(REHEARSAL, path);
    }

    @CheckForNull
    static String idOfProgress(@CheckForNull String path) {
        return idIn(PROGRESS, path);
    }

    @CheckForNull
    static String idOfData(@CheckForNull String path) {
        return idIn(DATA, path);
    }

    @CheckForNull
    static String idOfInputs(@CheckForNull String path) {
        return idIn(INPUTS, path);
    }

    /** Returns whether the path is for callers, who are not users of Jenkins and authenticate with a token or a secret. */
    static boolean isForCallers(@CheckForNull String path) {
        return idIn(path) != null || idOfRehearsal(path) != null || idOfProgress(path) != null || TOKEN.equals(path);
    }

    @CheckForNull
    private static String idIn(Pattern pattern, @CheckForNull String path) {
        if (path == null) {
            return null;
        }
        Matcher matcher = pattern.matcher(path);
        return matcher.matches() ? matcher.group(1) : null;
    }
}
