package io.jenkins.plugins.armory.builds;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Job;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.BuildRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The ids of a build's approvals, in a file of the build's folder. So when a build is deleted, its approvals are found
 * without reading those of all other builds.
 */
@Restricted(NoExternalUse.class)
public final class BuildRecord {

    private static final String FILE = "armory-approvals.txt";

    private BuildRecord() {}

    /** Returns the reference of approvals to a build. */
    public static BuildRef refTo(Run<?, ?> run) {
        return new BuildRef(run.getParent().getFullName(), run.getNumber());
    }

    /** Returns the path of a build's page, at one of its approvals. It starts at the Jenkins URL, with a slash. */
    public static String pageOf(Run<?, ?> run, String approvalId) {
        return "/" + run.getUrl() + "armory/#approval-" + approvalId;
    }

    /** Returns the build of a reference, as far as the current user may see it; {@code null} if it is not there. */
    @CheckForNull
    public static Run<?, ?> find(BuildRef build) {
        Job<?, ?> job = Jenkins.get().getItemByFullName(build.job(), Job.class);
        return job == null ? null : job.getBuildByNumber(build.number());
    }

    /** Returns whether the build of a reference is over; not if it is not there. */
    public static boolean isOver(BuildRef build) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Run<?, ?> run = find(build);
            return run != null && !run.isBuilding();
        }
    }

    /**
     * Adds the ids of approvals that are in the store, as far as the record does not have them. So an id without an approval in
     * the store tells of one that was lost. If a crash keeps a line from being written, the next start writes it.
     */
    public static void add(Run<?, ?> run, Collection<String> approvalIds) throws IOException {
        add(run.getRootDir().toPath(), approvalIds);
    }

    /** Begins with a line break, since a full disk or a crash may have left the start of a line. */
    static void add(Path folder, Collection<String> approvalIds) throws IOException {
        var lines = new LinkedHashSet<String>(approvalIds);
        idsIn(folder).forEach(lines::remove);
        if (!lines.isEmpty()) {
            Files.writeString(
                    folder.resolve(FILE),
                    '\n' + String.join("\n", lines) + '\n',
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    /** Returns whether one of the ids is one of the build's approvals. */
    public static boolean hasAny(Run<?, ?> run, Collection<String> approvalIds) throws IOException {
        return !Collections.disjoint(idsOf(run), Set.copyOf(approvalIds));
    }

    /** Returns the ids of a build's approvals, in the order in which they started. */
    public static List<String> idsOf(Run<?, ?> run) throws IOException {
        return idsIn(run.getRootDir().toPath());
    }

    /** Returns the ids in the folder of a build. */
    static List<String> idsIn(Path folder) throws IOException {
        try {
            return Files.readAllLines(folder.resolve(FILE)).stream()
                    .filter(line -> !line.isEmpty())
                    .distinct() // two threads may have added one at the same time
                    .toList();
        } catch (NoSuchFileException x) {
            return List.of();
        }
    }

    /** Returns whether a build has approvals. Looks only for the file. */
    public static boolean hasApprovals(Run<?, ?> run) {
        return Files.exists(file(run));
    }

    private static Path file(Run<?, ?> run) {
        return run.getRootDir().toPath().resolve(FILE);
    }
}
