package io.jenkins.plugins.armory.store;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.store.disk.Disk;
import io.jenkins.plugins.armory.store.disk.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The builds that have a log and are not over, a file each: the full name of the job, the number of the build, the
 * latest deadline, and how many commits the log had when it last closed something; {@code doubt} behind that if a step
 * has ended without a line in the log. So a start reads no other build, and a log that has lost its last lines opens
 * nothing. The name of the file is the build's key, with which the ids of its approvals begin.
 *
 * <p>All that is written to logs passes {@link #whileOpen}: nothing is written once another Jenkins may have the home.
 */
@Restricted(NoExternalUse.class)
public final class Markers {

    private static final Logger LOGGER = Logger.getLogger(Markers.class.getName());

    /** How long a marker is kept after the deadline if there is no such build: it may come back, as with a disk. */
    private static final Duration PATIENCE = Duration.ofDays(7);

    private static final String DOUBT = "doubt";

    /** How long an orderly stop waits for a write that does not end. */
    private static final int STOP_SECONDS = 10;

    private final Path folder;

    /** Returns whether there is such a build now. */
    private final Predicate<BuildRef> isThere;

    /** By key. */
    private final Map<String, Marker> markers = new ConcurrentHashMap<>();

    /** Held for reading by whoever writes to a log. */
    private final ReadWriteLock open = new ReentrantReadWriteLock();

    /** Guarded by {@link #open}. */
    private boolean closed;

    private record Content(BuildRef build, Instant deadline, long commits, boolean doubt) {

        /** @throws RuntimeException if the lines name no build */
        static Content of(List<String> lines) {
            return new Content(
                    new BuildRef(lines.get(0), Integer.parseInt(lines.get(1))),
                    Instant.parse(lines.get(2)),
                    Long.parseLong(lines.get(3)),
                    lines.size() > 4 && lines.get(4).equals(DOUBT));
        }

        Content of(BuildRef other) {
            return new Content(other, deadline, commits, doubt);
        }

        byte[] bytes() {
            String text = build.job() + '\n' + build.number() + '\n' + deadline + '\n' + commits + '\n';
            return (doubt ? text + DOUBT + '\n' : text).getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Says that a build is a copy of the one that is marked. */
    public static final class CopiedException extends IOException {

        private static final long serialVersionUID = 1L;

        private CopiedException(BuildRef copy, BuildRef original) {
            super(copy + " is a copy of " + original + ", which has the approvals");
        }
    }

    /** The marker of one build, which may not be there. Its lock is held during a write, and no other is taken then. */
    public final class Marker {

        private final String key;

        /** {@code null} while there is no file. Changed with the lock held. */
        @CheckForNull
        private volatile Content content;

        private Marker(String key) {
            this.key = key;
        }

        /** Returns how many commits the log had when it last closed something. */
        public long commits() {
            Content now = content;
            return now == null ? 0 : now.commits;
        }

        /** Returns whether a step of the build has ended without a line in the log. */
        public boolean isInDoubt() {
            Content now = content;
            return now != null && now.doubt;
        }

        /**
         * Marks a build, unless it is.
         *
         * @param deadline until when it is waited for, if it is missing one day
         * @throws CopiedException if the build is a copy of the one that is marked
         * @throws IOException if that may not be on disk
         */
        public void mark(BuildRef build, Instant deadline) throws IOException {
            Content known = content;
            if (known == null || !known.build.equals(build) || known.deadline.isBefore(deadline)) {
                if (known != null && !known.build.equals(build) && isThere.test(known.build)) {
                    throw new CopiedException(build, known.build);
                }
                change(now -> now == null
                        ? new Content(build, deadline, 0, false)
                        : new Content(
                                build,
                                now.deadline.isBefore(deadline) ? deadline : now.deadline,
                                now.commits,
                                now.doubt));
            }
        }

        /**
         * Takes note that the last of these commits has closed something.
         *
         * @throws IOException if that may not be on disk
         */
        public void closed(long commits) throws IOException {
            change(now -> now == null ? null : new Content(now.build, now.deadline, commits, now.doubt));
        }

        /**
         * Takes note that the log can be relied on no more.
         *
         * @throws IOException if that may not be on disk
         */
        public void doubt(BuildRef build) throws IOException {
            change(now -> now == null || !now.build.equals(build)
                    ? null
                    : new Content(now.build, now.deadline, now.commits, true));
        }

        private synchronized void change(UnaryOperator<Content> change) throws IOException {
            Content next = change.apply(content);
            if (next != null && !next.equals(content)) {
                DurableFile.write(folder.resolve(key), next.bytes());
                content = next;
                markers.put(key, this);
            }
        }

        private synchronized void remove() {
            content = null;
            markers.remove(key);
            Path file = folder.resolve(key);
            try {
                Files.deleteIfExists(file);
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, x, () -> "Cannot delete " + file + "; the next start tries again");
            }
        }
    }

    /**
     * @param isThere returns whether there is such a build now
     * @throws IOException if the folder cannot be created or read
     */
    public Markers(Path folder, Predicate<BuildRef> isThere) throws IOException {
        this.folder = folder;
        this.isThere = isThere;
        Disk.createFolder(folder);
        for (Path file : Disk.list(folder)) {
            String key = file.getFileName().toString();
            try {
                if (key.endsWith(DurableFile.TEMPORARY)) {
                    Files.deleteIfExists(file);
                } else {
                    var marker = new Marker(key);
                    marker.content = Content.of(Files.readAllLines(file));
                    markers.put(key, marker);
                }
            } catch (IOException | IndexOutOfBoundsException | NumberFormatException | DateTimeParseException x) {
                LOGGER.log(Level.WARNING, "{0} names no build, and is passed over: {1}", new Object[] {file, x});
            }
        }
    }

    /** Returns the marker of the build with a key. */
    public Marker of(String key) {
        Marker known = markers.get(key);
        return known == null ? new Marker(key) : known;
    }

    /** Returns the builds that are marked. */
    public Set<BuildRef> builds() {
        return markers.values().stream()
                .map(marker -> marker.content)
                .filter(Objects::nonNull)
                .map(Content::build)
                .collect(Collectors.toSet());
    }

    /** Returns the build of a key. */
    public Optional<BuildRef> find(String key) {
        return Optional.ofNullable(markers.get(key))
                .map(marker -> marker.content)
                .map(Content::build);
    }

    public void remove(BuildRef build) {
        removeIf(content -> content.build.equals(build));
    }

    /** Removes the marker of a build that is missing, if it was waited for long enough. */
    public void removeMissing(BuildRef build, Instant now) {
        removeIf(content ->
                content.build.equals(build) && content.deadline.plus(PATIENCE).isBefore(now));
    }

    private void removeIf(Predicate<Content> gone) {
        for (Marker marker : markers.values()) {
            Content content = marker.content;
            if (content != null && gone.test(content)) {
                marker.remove();
            }
        }
    }

    /**
     * Takes over the new name of a build's job. If that cannot be written, the build's own step finds its log at the
     * next start.
     */
    public void renamed(BuildRef before, BuildRef after) {
        for (Marker marker : markers.values()) {
            Content content = marker.content;
            if (content != null && content.build.equals(before) && !before.equals(after)) {
                try {
                    marker.change(now -> now == null ? null : now.of(after));
                } catch (IOException x) {
                    LOGGER.log(Level.WARNING, x, () -> "Cannot write that " + before + " is " + after + " now");
                    marker.content = content.of(after);
                }
            }
        }
    }

    /** A write to a log. */
    public interface Write {
        void run() throws IOException;
    }

    /**
     * Writes to a log.
     *
     * @throws IOException as the write does; also if this Jenkins has given up the home
     */
    public void whileOpen(Write write) throws IOException {
        open.readLock().lock();
        try {
            if (closed) {
                throw new IOException("the approvals are closed, since Jenkins is going down");
            }
            write.run();
        } finally {
            open.readLock().unlock();
        }
    }

    /**
     * Ends all writing to logs.
     *
     * @throws IllegalStateException if a write does not end, so that the home must not be given up before the process
     *     ends
     */
    public void close() {
        try {
            if (open.writeLock().tryLock(STOP_SECONDS, TimeUnit.SECONDS)) {
                closed = true;
                open.writeLock().unlock();
                return;
            }
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
        throw new IllegalStateException("a write to the log of a build does not end");
    }
}
