package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The paths below the root action that external processes send POST requests to. The two that callbacks go to are equal in
 * everything else.
 */
final class ApprovalPath {

    /** Armory's documents append {@code /callback} to {@code {{armory.callbackUri}}}; its tools do not. */
    private static final Pattern PATH = Pattern.compile("/approvals/([^/]+)(?:/callback)?");

    private static final Pattern REHEARSAL = Pattern.compile("/approvals/([^/]+)/test");
    private static final Pattern PROGRESS = Pattern.compile("/approvals/([^/]+)/progress");
    private static final Pattern DATA = Pattern.compile("/approvals/([^/]+)/api/json");
    static final String TOKEN = "/oauth/token";

    private ApprovalPath() {}

    /**
     * @param path below the root action
     * @return the id in the path, {@code null} when this is not where callbacks go to
     */
    @CheckForNull
    static String idIn(@CheckForNull String path) {
        return idIn(PATH, path);
    }

    /** The id in the path of a rehearsal, {@code null} when it is another path. */
    @CheckForNull
    static String idOfRehearsal(@CheckForNull String path) {
        return idIn(REHEARSAL, path);
    }

    /** The id in the path of a report of progress, {@code null} when it is another path. */
    @CheckForNull
    static String idOfProgress(@CheckForNull String path) {
        return idIn(PROGRESS, path);
    }

    /** The id in the path of one approval's data, {@code null} when it is another path. */
    @CheckForNull
    static String idOfData(@CheckForNull String path) {
        return idIn(DATA, path);
    }

    /** Whether it is for those who are no users of Jenkins: their requests prove by themselves whose they are. */
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
