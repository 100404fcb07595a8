package io.jenkins.plugins.armory.step.approval;

import hudson.AbortException;
import hudson.model.Cause;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.runtime.ScanCauses;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The users who requested a build: who started, replayed or restarted it, or started the scan that found it, and the
 * same for the builds that caused it, however far upstream. A build that a timer, a change in the repository or a
 * trigger token started has none.
 */
final class Requesters {

    /** More causes than any build has; a limit for what a faulty plugin may make up. */
    private static final int MAX_CAUSES = 10_000;

    private final Set<String> users = new LinkedHashSet<>();
    private final Deque<Cause> open = new ArrayDeque<>();
    private final Set<String> followed = new HashSet<>();

    private Requesters() {}

    /**
     * Returns the ids of the users.
     *
     * @throws AbortException if somebody unknown may be among them
     */
    static List<String> of(Run<?, ?> run) throws AbortException {
        Requesters found = new Requesters();
        try (ACLContext ignored =
                ACL.as2(ACL.SYSTEM2)) { // the builds upstream may be of jobs that not everybody may read
            found.add(run);
            found.follow();
        }
        return new ArrayList<>(found.users);
    }

    private void add(Run<?, ?> run) {
        open.addAll(run.getCauses());
        open.addAll(ScanCauses.of(run));
    }

    private void follow() throws AbortException {
        for (int count = 0; !open.isEmpty(); count++) {
            if (count == MAX_CAUSES) {
                throw unknown("it has more than " + MAX_CAUSES + " causes");
            }
            Cause cause = open.remove();
            if (cause instanceof Cause.UserIdCause user) {
                add(user);
            } else if (cause instanceof Cause.UpstreamCause upstream) {
                open.addAll(upstream.getUpstreamCauses());
                Run<?, ?> run = upstream.getUpstreamRun();
                if (run != null) { // who started the scan that found it: the causes of that have been copied, and not
                    // its actions
                    open.addAll(ScanCauses.of(run));
                }
                if (upstream.getUpstreamCauses().stream()
                        .anyMatch(Cause.UpstreamCause.DeeplyNestedUpstreamCause.class::isInstance)) {
                    followCut(upstream);
                }
            }
        }
    }

    private void add(Cause.UserIdCause cause) throws AbortException {
        String user = cause.getUserId();
        if (user == null) {
            throw unknown("it was started by somebody who was not logged in");
        }
        users.add(user);
    }

    /** Follows a cause of which Jenkins left out a part, because it has too many causes of its own. */
    private void followCut(Cause.UpstreamCause upstream) throws AbortException {
        String build = upstream.getUpstreamProject() + " #" + upstream.getUpstreamBuild();
        if (followed.add(build)) {
            Run<?, ?> run = upstream.getUpstreamRun();
            if (run == null) {
                throw unknown("its causes are nested too deeply, and " + build + " is gone");
            }
            add(run);
        }
    }

    private static AbortException unknown(String reason) {
        return new AbortException(
                "manualApproval.notByRequester: Jenkins cannot know who requested this build, because " + reason
                        + ". Start it as a user, or leave notByRequester out.");
    }
}
