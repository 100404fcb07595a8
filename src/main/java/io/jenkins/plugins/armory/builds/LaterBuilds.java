package io.jenkins.plugins.armory.builds;

import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.BuildRef;
import java.io.File;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The approvals of a job's later builds, pending and decided. Reads the records of these builds, and loads none of them. */
@Restricted(NoExternalUse.class)
public final class LaterBuilds {

    private LaterBuilds() {}

    /**
     * Returns the number of the newest build after the given one with a matching approval.
     *
     * @throws IOException if an approval cannot be read
     */
    public static OptionalInt newestThat(Predicate<Approval> matches, Approvals approvals, Run<?, ?> run)
            throws IOException {
        BuildRef build = BuildRecord.refTo(run);
        // First those in memory: an approval is recorded in its build's folder a moment after it is created.
        int newest = approvals.pending().stream()
                .filter(approval -> approval.build().job().equals(build.job()))
                .filter(matches)
                .mapToInt(approval -> approval.build().number())
                .max()
                .orElse(0);
        File folder = run.getParent().getBuildDir();
        for (int number : BuildFolders.numbersOf(run.getParent())) {
            if (number > Math.max(newest, build.number())
                    && has(BuildRecord.idsIn(folder.toPath().resolve(String.valueOf(number))), matches, approvals)) {
                newest = number;
            }
        }
        return newest > build.number() ? OptionalInt.of(newest) : OptionalInt.empty();
    }

    private static boolean has(Iterable<String> ids, Predicate<Approval> matches, Approvals approvals)
            throws IOException {
        for (String id : ids) {
            if (approvals.find(id).filter(matches).isPresent()) {
                return true;
            }
        }
        return false;
    }
}
