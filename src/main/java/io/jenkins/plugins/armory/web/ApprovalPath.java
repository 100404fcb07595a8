package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The two paths that callbacks go to; everything else about them is equal. */
final class ApprovalPath {

    /** Armory's documents append {@code /callback} to {@code {{armory.callbackUri}}}; its tools do not. */
    private static final Pattern PATH = Pattern.compile("/approvals/([^/]+)(?:/callback)?");

    private ApprovalPath() {}

    /**
     * @param path below the root action
     * @return the id in the path, {@code null} when this is not where callbacks go to
     */
    @CheckForNull
    static String idIn(@CheckForNull String path) {
        if (path == null) {
            return null;
        }
        Matcher matcher = PATH.matcher(path);
        return matcher.matches() ? matcher.group(1) : null;
    }
}
