package io.jenkins.plugins.armory;

import hudson.model.Run;
import io.jenkins.plugins.armory.approval.BuildRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * The ids of a build's approvals, in a file of the build's own folder. It says what has to go when the build is deleted,
 * without reading the approvals of all other builds for it.
 */
public final class BuildRecord {

    private static final String FILE = "armory-approvals.txt";

    private BuildRecord() {}

    public static BuildRef refTo(Run<?, ?> run) {
        return new BuildRef(run.getParent().getFullName(), run.getNumber());
    }

    /** Adds an id. Should the line be lost in a crash, the clean-up at the next start still finds the approval. */
    public static void add(Run<?, ?> run, String approvalId) throws IOException {
        Files.write(file(run), List.of(approvalId), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** The ids of a build's approvals, in the order of their beginning; empty when there are none. */
    static List<String> idsOf(Run<?, ?> run) throws IOException {
        try {
            return Files.readAllLines(file(run));
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
