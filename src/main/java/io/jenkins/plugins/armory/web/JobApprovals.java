package io.jenkins.plugins.armory.web;

import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.model.Action;
import hudson.model.InvisibleAction;
import hudson.model.Job;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jenkins.model.TransientActionFactory;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The lines on a job's page for its builds that wait for the user, each with a link to where the user decides. */
@Restricted(NoExternalUse.class)
public final class JobApprovals extends InvisibleAction {

    private final String job;

    private JobApprovals(Job<?, ?> job) {
        this.job = job.getFullName();
    }

    /** Returns a line for each build, by the address of its oldest approval relative to the Jenkins URL. */
    public Map<String, String> getLines() {
        Viewer viewer = new Viewer();
        var lines = new LinkedHashMap<String, String>();
        var builds = new HashSet<BuildRef>();
        for (Approval approval : viewer.asked()) {
            if (approval.build().job().equals(job) && builds.add(approval.build())) {
                String number = String.valueOf(approval.build().number());
                lines.put(viewer.pageOf(approval).orElseThrow(), Messages.JobApprovals_line(number, approval.title()));
            }
        }
        return lines;
    }

    /** Adds the lines to every job. */
    @Extension
    @SuppressWarnings("rawtypes") // as the extension point wants it
    public static final class Factory extends TransientActionFactory<Job> {

        @Override
        public Class<Job> type() {
            return Job.class;
        }

        @Override
        public Class<? extends Action> actionType() {
            return JobApprovals.class;
        }

        @NonNull
        @Override
        public Collection<? extends Action> createFor(@NonNull Job target) {
            return List.of(new JobApprovals(target));
        }
    }
}
