package io.jenkins.plugins.armory.runtime;

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

/**
 * What the folders of jobs and builds say about builds that Jenkins does not have, or not by the name that an approval knows. A
 * folder that is missing or empty says nothing: it may be on a disk that is not mounted yet.
 */
final class BuildFolders {

    private static final Logger LOGGER = Logger.getLogger(BuildFolders.class.getName());
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private BuildFolders() {}

    /** Whether the folder of the job's builds has others, and not this one. */
    static boolean lack(Job<?, ?> job, int number) {
        List<Integer> numbers = numbersOf(job);
        return !numbers.isEmpty() && !numbers.contains(number);
    }

    /** Whether Jenkins has jobs, and on disk there is none of that full name, which would be one that did not load. */
    static boolean lackJob(String fullName) {
        File folder = Jenkins.get().getRootDir();
        for (String name : fullName.split("/")) {
            folder = new File(new File(folder, "jobs"), name);
        }
        return !Jenkins.get().getItems().isEmpty() && !folder.exists();
    }

    private static List<Integer> numbersOf(Job<?, ?> job) {
        String[] names =
                job.getBuildDir().list((folder, name) -> NUMBER.matcher(name).matches());
        List<Integer> numbers = new ArrayList<>();
        if (names != null) {
            for (String name : names) {
                numbers.add(Integer.valueOf(name));
            }
        }
        return numbers;
    }

    /** The builds of any job, of that number, that say that the approval is theirs. Usually that is one. */
    static List<BuildRef> withApproval(String id, int number) {
        List<BuildRef> found = new ArrayList<>();
        for (Job<?, ?> job : Jenkins.get().getAllItems(Job.class)) {
            if (has(job, number, id)) {
                found.add(new BuildRef(job.getFullName(), number));
            }
        }
        return found;
    }

    /** The same for a number that is not known. Looks into each build there is. */
    static List<BuildRef> withApproval(String id) {
        List<BuildRef> found = new ArrayList<>();
        for (Job<?, ?> job : Jenkins.get().getAllItems(Job.class)) {
            for (int number : numbersOf(job)) {
                if (has(job, number, id)) {
                    found.add(new BuildRef(job.getFullName(), number));
                }
            }
        }
        return found;
    }

    private static boolean has(Job<?, ?> job, int number, String id) {
        File folder = new File(job.getBuildDir(), String.valueOf(number));
        try {
            return BuildRecord.idsIn(folder.toPath()).contains(id);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read which approvals the build in " + folder + " has", x);
            return false;
        }
    }
}
