package io.jenkins.plugins.armory.builds;

import hudson.model.Job;
import io.jenkins.plugins.armory.approval.BuildRef;
import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Looks at the folders of jobs and builds, for approvals whose builds Jenkins does not have under the known name. A
 * folder that is missing or empty proves nothing: its disk may not be mounted yet.
 */
@Restricted(NoExternalUse.class)
public final class BuildFolders {

    private static final Logger LOGGER = Logger.getLogger(BuildFolders.class.getName());
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private BuildFolders() {}

    /** Returns whether the job has builds on disk, but not this one. */
    public static boolean lack(Job<?, ?> job, int number) {
        List<Integer> numbers = numbersOf(job);
        return !numbers.isEmpty() && !numbers.contains(number);
    }

    /**
     * Returns whether Jenkins has jobs, and no job of that full name is on disk. One on disk may have failed to load.
     */
    public static boolean lackJob(String fullName) {
        File folder = Jenkins.get().getRootDir();
        for (String name : fullName.split("/")) {
            folder = new File(new File(folder, "jobs"), name);
        }
        return !Jenkins.get().getItems().isEmpty() && !folder.exists();
    }

    /** Returns the numbers of the job's builds on disk, in no order. */
    private static List<Integer> numbersOf(Job<?, ?> job) {
        String[] names =
                job.getBuildDir().list((folder, name) -> NUMBER.matcher(name).matches());
        var numbers = new ArrayList<Integer>();
        if (names != null) {
            for (String name : names) {
                numbers.add(Integer.valueOf(name));
            }
        }
        return numbers;
    }

    /** Returns the builds that claim the approval. Reads the record of every build. */
    public static List<BuildRef> withApproval(String id) {
        var found = new ArrayList<BuildRef>();
        for (Job<?, ?> job : Jenkins.get().getAllItems(Job.class)) {
            for (int number : numbersOf(job)) {
                if (has(job, number, id)) {
                    found.add(new BuildRef(job.getFullName(), number));
                }
            }
        }
        return found;
    }

    /**
     * Returns whether a build exists and has the approval in its record. After its job was deleted, another job has got
     * that name.
     */
    public static boolean claims(BuildRef build, String id) {
        Job<?, ?> job = Jenkins.get().getItemByFullName(build.job(), Job.class);
        return job != null && has(job, build.number(), id);
    }

    private static boolean has(Job<?, ?> job, int number, String id) {
        var folder = new File(job.getBuildDir(), String.valueOf(number));
        try {
            return BuildRecord.idsIn(folder.toPath()).contains(id);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read which approvals the build in " + folder + " has", x);
            return false;
        }
    }
}
