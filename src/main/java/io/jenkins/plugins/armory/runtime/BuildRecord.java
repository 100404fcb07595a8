package io.jenkins.plugins.armory.runtime;

import hudson.model.Run;
import io.jenkins.plugins.armory.approval.BuildRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The ids of a build's approvals, in a file of the build's own folder. It says what has to go when the build is deleted,
 * without reading the approvals of all other builds for it.
 */
@Restricted(NoExternalUse.class)
public final class BuildRecord {

    private static final String FILE = "armory-approvals.txt";

    private BuildRecord() {}

    public static BuildRef refTo(Run<?, ?> run) {
        return new BuildRef(run.getParent().getFullName(), run.getNumber());
    }

    /**
     * Adds the id of an approval that is in the store, if it is not there. So an id that is there, and not in the store, is one
     * of an approval that was lost. Should a crash keep the line from being written, the next start writes it.
     */
    public static void add(Run<?, ?> run, String approvalId) throws IOException {
        if (!has(run, approvalId)) {
            Files.write(file(run), List.of(approvalId), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }

    /** Whether the id is one of the build's approvals. */
    public static boolean has(Run<?, ?> run, String approvalId) throws IOException {
        return idsOf(run).contains(approvalId);
    }

    /** The ids of a build's approvals, in the order of their beginning; empty when there are none. */
    static List<String> idsOf(Run<?, ?> run) throws IOException {
        return idsIn(run.getRootDir().toPath());
    }

    /** The same, by the build's folder. */
    static List<String> idsIn(Path folder) throws IOException {
        try {
            return Files.readAllLines(folder.resolve(FILE));
        } catch (NoSuchFileException x) {
            return List.of();
        }
    }

    /** Whether a build has any; looks for the file alone. */
    public static boolean hasApprovals(Run<?, ?> run) {
        return Files.exists(file(run));
    }

    private static Path file(Run<?, ?> run) {
        return run.getRootDir().toPath().resolve(FILE);
    }
}
