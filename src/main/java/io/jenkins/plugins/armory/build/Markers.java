package io.jenkins.plugins.armory.build;

import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.DurableFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;

/**
 * The builds whose logs have approvals that are open or have calls to make, a file each: the full name of the job, the number of the build, and
 * the latest deadline. So a start reads no other build. The name of the file is the build's key, with which the ids of its approvals begin.
 */
final class Markers {

    private static final Logger LOGGER = Logger.getLogger(Markers.class.getName());

    /** How long a marker is kept after the deadline if there is no such build: it may come back, as with a disk. */
    private static final Duration PATIENCE = Duration.ofDays(7);

    private final Path folder;

    private record Marker(BuildRef build, Instant deadline) {}

    /** By key. Guarded by this. */
    private final Map<String, Marker> markers = new HashMap<>();

    /** @throws IOException if the folder cannot be created or read */
    Markers(Path folder) throws IOException {
        this.folder = folder;
        Disk.createFolder(folder);
        for (Path file : Disk.list(folder)) {
            String key = file.getFileName().toString();
            if (key.endsWith(DurableFile.TEMPORARY)) {
                Files.deleteIfExists(file);
                continue;
            }
            List<String> lines = Files.readAllLines(file);
            try {
                var build = new BuildRef(lines.get(0), Integer.parseInt(lines.get(1)));
                markers.put(key, new Marker(build, Instant.parse(lines.get(2))));
            } catch (IndexOutOfBoundsException | NumberFormatException | DateTimeParseException x) {
                LOGGER.log(Level.WARNING, x, () -> file + " names no build");
            }
        }
    }

    synchronized Set<BuildRef> builds() {
        return markers.values().stream().map(Marker::build).collect(Collectors.toSet());
    }

    /** Returns the build of a key. */
    synchronized Optional<BuildRef> find(String key) {
        return Optional.ofNullable(markers.get(key)).map(Marker::build);
    }

    /**
     * Marks a build, unless it is.
     *
     * @param deadline until when it is waited for, if it is missing one day
     * @throws IOException if that may not be on disk
     */
    synchronized void add(String key, BuildRef build, Instant deadline) throws IOException {
        Marker known = markers.get(key);
        if (known == null || !known.build.equals(build) || known.deadline.isBefore(deadline)) {
            var marker = new Marker(build, deadline);
            write(key, marker);
            markers.put(key, marker);
        }
    }

    private void write(String key, Marker marker) throws IOException {
        String text = marker.build.job() + '\n' + marker.build.number() + '\n' + marker.deadline + '\n';
        DurableFile.write(folder.resolve(key), text.getBytes(StandardCharsets.UTF_8));
    }

    synchronized void remove(BuildRef build) {
        removeIf((key, marker) -> marker.build.equals(build));
    }

    /** Removes the marker of a build that is missing, if it was waited for long enough. */
    synchronized void removeMissing(BuildRef build, Instant now) {
        removeIf((key, marker) ->
                marker.build.equals(build) && marker.deadline.plus(PATIENCE).isBefore(now));
    }

    private void removeIf(BiPredicate<String, Marker> gone) {
        for (Map.Entry<String, Marker> each : Map.copyOf(markers).entrySet()) {
            if (gone.test(each.getKey(), each.getValue())) {
                markers.remove(each.getKey());
                Path file = folder.resolve(each.getKey());
                try {
                    Files.deleteIfExists(file);
                } catch (IOException x) {
                    LOGGER.log(Level.WARNING, x, () -> "Cannot delete " + file + "; the next start tries again");
                }
            }
        }
    }

    /** Takes over the new name of a build's job. If that cannot be written, the build's own step finds its log at the next start. */
    synchronized void renamed(BuildRef before, BuildRef after) {
        markers.replaceAll((key, marker) -> {
            if (!marker.build.equals(before) || before.equals(after)) {
                return marker;
            }
            var renamed = new Marker(after, marker.deadline);
            try {
                write(key, renamed);
            } catch (IOException x) {
                LOGGER.log(Level.WARNING, x, () -> "Cannot write that " + before + " is " + after + " now");
            }
            return renamed;
        });
    }
}
