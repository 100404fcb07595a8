package io.jenkins.plugins.armory.builds;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.model.Job;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.storage.disk.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The ids of jobs, each in a file of the job's folder. So a job keeps its id when it is renamed or moved, also while Jenkins is down, and a
 * job that gets the name of another one has a different id. The file's second line is the name of its job: of two jobs with one id, as after
 * a folder was copied by hand, the one that has this name keeps the id.
 */
@Restricted(NoExternalUse.class)
public final class JobIds {

    private static final Logger LOGGER = Logger.getLogger(JobIds.class.getName());
    private static final String FILE = "armory-job.txt";
    private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");

    /** The full names of the jobs, by their ids. Deleted ones stay: under that name, their approvals are looked for. */
    private final Map<String, String> names = new ConcurrentHashMap<>();

    /** A lock for each job: a disk that does not answer holds up one alone. */
    private final Map<Job<?, ?>, Object> locks = Collections.synchronizedMap(new WeakHashMap<>());

    /**
     * Returns the id of a job, and gives it one if it has none.
     *
     * @throws IOException if that cannot be read or written
     */
    public String of(Job<?, ?> job) throws IOException {
        String id = note(job);
        if (id != null) {
            return id;
        }
        synchronized (lockOf(job)) {
            Optional<String> given = find(job); // by another thread
            return given.isPresent() ? given.get() : giveNew(job);
        }
    }

    private Object lockOf(Job<?, ?> job) {
        return locks.computeIfAbsent(job, each -> new Object());
    }

    /** Returns the full name of the job of an id, {@code null} if there is none. */
    @CheckForNull
    public String nameOf(String id) {
        return names.get(id);
    }

    /** Notes the names of all jobs. */
    public void noteAll() {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            noteAll(Jenkins.get().getAllItems(Job.class));
        }
    }

    /** Notes the new names of an item that was renamed or moved, and of all jobs below it. */
    public void note(Item item) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            noteAll(item instanceof ItemGroup<?> group ? group.getAllItems(Job.class) : List.of(item));
        }
    }

    private void noteAll(Collection<? extends Item> items) {
        for (Item item : items) {
            try {
                if (item instanceof Job<?, ?> job) {
                    note(job);
                }
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, "Cannot read or write the id of " + item.getFullName(), x);
            }
        }
    }

    /** Notes the name of a job, and returns its id, {@code null} if it has none. */
    @CheckForNull
    private String note(Job<?, ?> job) throws IOException {
        String id;
        Job<?, ?> other;
        synchronized (lockOf(job)) {
            String name = job.getFullName(); // inside the lock: the job may be renamed while this waits for it
            List<String> lines = lines(job);
            id = idIn(lines).orElse(null);
            if (id == null) {
                return null;
            }
            other = noteUnlessOther(id, name, job);
            if (other != null && !lines.contains(name)) {
                return giveNew(job);
            }
            if (other == null) {
                if (!lines.contains(name)) {
                    write(job, id);
                }
                return id;
            }
        }
        synchronized (lockOf(other)) { // of no two jobs at once: each may be the other one
            if (has(other, id)) {
                giveNew(other);
            }
        }
        return note(job);
    }

    /** Notes the name of a job and its id, unless another job is known by that, which is returned. */
    @CheckForNull
    private Job<?, ?> noteUnlessOther(String id, String name, Job<?, ?> job) throws IOException {
        String known = names.putIfAbsent(id, name);
        if (known == null || known.equals(name)) {
            return null;
        }
        Job<?, ?> other = Jenkins.get().getItemByFullName(known, Job.class);
        if (other != null && other != job && has(other, id)) {
            return other;
        }
        return names.replace(id, known, name) ? null : noteUnlessOther(id, name, job);
    }

    private static boolean has(Job<?, ?> job, String id) throws IOException {
        return find(job).filter(id::equals).isPresent();
    }

    private String giveNew(Job<?, ?> job) throws IOException {
        String id = UUID.randomUUID().toString();
        write(job, id);
        names.put(id, job.getFullName());
        return id;
    }

    /**
     * Returns the id of a job; empty if it has none.
     *
     * @throws IOException if it cannot be read
     */
    public static Optional<String> find(Job<?, ?> job) throws IOException {
        return idIn(lines(job));
    }

    private static Optional<String> idIn(List<String> lines) {
        return lines.stream().findFirst().filter(line -> ID.matcher(line).matches());
    }

    private static List<String> lines(Job<?, ?> job) throws IOException {
        Path folder = job.getRootDir().toPath();
        try {
            return new String(Files.readAllBytes(folder.resolve(FILE)), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        } catch (NoSuchFileException x) {
            if (Files.isDirectory(folder)) {
                return List.of();
            }
            // Jenkins gives a job its new name before it moves the folder.
            throw new IOException("The job is being moved or deleted: there is no " + folder, x);
        }
    }

    private static void write(Job<?, ?> job, String id) throws IOException {
        DurableFile.write(file(job), (id + '\n' + job.getFullName() + '\n').getBytes(StandardCharsets.UTF_8));
    }

    private static Path file(Job<?, ?> job) {
        return job.getRootDir().toPath().resolve(FILE);
    }
}
