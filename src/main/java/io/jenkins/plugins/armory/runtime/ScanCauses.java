package io.jenkins.plugins.armory.runtime;

import hudson.Extension;
import hudson.model.Action;
import hudson.model.Actionable;
import hudson.model.Cause;
import hudson.model.CauseAction;
import hudson.model.Executor;
import hudson.model.InvisibleAction;
import hudson.model.Queue;
import hudson.model.Run;
import hudson.model.queue.FoldableAction;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The users who started the scan that has scheduled a build, as of a multibranch project. The build itself has the
 * cause "Branch indexing" alone. The scan of an organization passes them on to those of its repositories.
 */
@Restricted(NoExternalUse.class)
public final class ScanCauses extends InvisibleAction implements FoldableAction {

    private final List<Cause> causes;

    private ScanCauses(List<Cause> causes) {
        this.causes = causes;
    }

    /** Returns the causes of the scans that have scheduled a build or another scan; empty if nobody has started one. */
    public static List<Cause> of(Actionable scheduled) {
        var all = new LinkedHashSet<Cause>();
        scheduled.getActions(ScanCauses.class).forEach(action -> all.addAll(action.causes));
        return List.copyOf(all);
    }

    /** Keeps the users when the build is in the queue already. */
    @Override
    public void foldIntoExisting(Queue.Item item, Queue.Task owner, List<Action> otherActions) {
        if (!of(item).containsAll(causes)) {
            item.addAction(this);
        }
    }

    /** Adds the users to all that is scheduled by a scan, on whose executor it is scheduled. */
    @Extension
    public static final class Scheduled extends Queue.QueueDecisionHandler {

        @Override
        public boolean shouldSchedule(Queue.Task task, List<Action> actions) {
            Executor executor = Executor.currentExecutor();
            // A build tells with its own causes what it has caused.
            if (executor != null
                    && executor.getCurrentExecutable() instanceof Actionable scan
                    && !(scan instanceof Run<?, ?>)) {
                List<Cause> users = usersOf(scan);
                if (!users.isEmpty()) {
                    actions.add(new ScanCauses(users));
                }
            }
            return true;
        }

        private static List<Cause> usersOf(Actionable scan) {
            var users = new ArrayList<>(of(scan));
            CauseAction started = scan.getAction(CauseAction.class);
            if (started != null) {
                started.getCauses().stream()
                        .filter(Cause.UserIdCause.class::isInstance)
                        .forEach(users::add);
            }
            return users;
        }
    }
}
