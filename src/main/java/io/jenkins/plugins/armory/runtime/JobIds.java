package io.jenkins.plugins.armory.runtime;

import hudson.model.Job;
import io.jenkins.plugins.armory.storage.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The ids of jobs, each in a file of the job's folder. So a job keeps its id when it is renamed or moved, also while Jenkins is down, and a
 * job that gets the name of another one has a different id.
 */
@Restricted(NoExternalUse.class)
public final class JobIds {

    private static final String FILE = "armory-job.txt";
    private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

    private JobIds() {}

    /**
     * Returns the id of a job, and gives it one if it has none.
     *
     * @throws IOException if that cannot be read or written
     */
    public static synchronized String of(Job<?, ?> job) throws IOException {
        Optional<String> found = find(job);
        if (found.isPresent()) {
            return found.get();
        }
        String id = UUID.randomUUID().toString();
        DurableFile.write(file(job), id.getBytes(StandardCharsets.US_ASCII));
        return id;
    }

    /**
     * Returns the id of a job; empty if it has none.
     *
     * @throws IOException if it cannot be read
     */
    public static Optional<String> find(Job<?, ?> job) throws IOException {
        try {
            String id = Files.readString(file(job), StandardCharsets.ISO_8859_1).strip();
            return Optional.of(id).filter(text -> ID.matcher(text).matches());
        } catch (NoSuchFileException x) {
            return Optional.empty();
        }
    }

    private static Path file(Job<?, ?> job) {
        return job.getRootDir().toPath().resolve(FILE);
    }
}
