package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.DurableFile;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * The files of approvals, one for each. The file of a closed approval is in {@code decided/}, any other in
 * {@code pending/}.
 */
final class ApprovalFiles {

    private static final Logger LOGGER = Logger.getLogger(ApprovalFiles.class.getName());
    private static final String SUFFIX = ".json";

    private final Disk disk;
    private final Path pending;
    private final Path decided;

    /**
     * Creates the folders where they are missing.
     *
     * @throws IOException if they cannot be created
     */
    ApprovalFiles(Disk disk, Path folder) throws IOException {
        this.disk = disk;
        pending = folder.resolve("pending");
        decided = folder.resolve("decided");
        for (Path each : List.of(folder, pending, decided)) {
            disk.createFolder(each);
            disk.sync(each); // a process may have been killed between a change and the sync
        }
    }

    /** Deletes the temporary files that a killed process has left. */
    void deleteTemporary() throws IOException {
        for (Path folder : List.of(pending, decided)) {
            for (Path file : disk.list(folder)) {
                if (file.toString().endsWith(DurableFile.TEMPORARY)) {
                    delete(file);
                }
            }
        }
    }

    /** Returns the ids of the approvals with a file in {@code pending/}. */
    List<String> pendingIds() throws IOException {
        return ids(pending);
    }

    /** Returns the ids of the approvals with a file in {@code decided/}. */
    List<String> decidedIds() throws IOException {
        return ids(decided);
    }

    private List<String> ids(Path folder) throws IOException {
        return disk.list(folder).stream()
                .map(file -> String.valueOf(file.getFileName()))
                .filter(name -> name.endsWith(SUFFIX))
                .map(name -> name.substring(0, name.length() - SUFFIX.length()))
                .toList();
    }

    boolean hasPending(String id) {
        return disk.exists(pendingFile(id));
    }

    boolean hasDecided(String id) {
        return disk.exists(decidedFile(id));
    }

    /**
     * Reads a file of {@code pending/}; empty if there is none.
     *
     * @throws UnknownFormatException if a newer version of the plugin wrote it
     * @throws IOException if it cannot be read
     */
    Optional<Approval> readPending(String id) throws IOException {
        return readPending(id, UnaryOperator.identity());
    }

    /**
     * Reads a file of {@code pending/}, as {@link #readPending(String)} does.
     *
     * @param equal returns what takes the place of a part, to which it is equal
     */
    Optional<Approval> readPending(String id, UnaryOperator<String> equal) throws IOException {
        return read(pendingFile(id), equal);
    }

    /** Reads a file of {@code decided/}, as {@link #readPending(String)} does. */
    Optional<Approval> readDecided(String id) throws IOException {
        return readDecided(id, UnaryOperator.identity());
    }

    /** Reads a file of {@code decided/}, as {@link #readPending(String, UnaryOperator)} does. */
    Optional<Approval> readDecided(String id, UnaryOperator<String> equal) throws IOException {
        return read(decidedFile(id), equal);
    }

    /**
     * Reads a file of {@code decided/}; empty if there is none, or if it is damaged. A damaged file stays for
     * inspection.
     */
    Optional<Approval> readable(String id) {
        try {
            return readDecided(id);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot read an approval: {0}", x.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Approval> read(Path file, UnaryOperator<String> equal) throws IOException {
        Optional<Approval> approval = StoredJson.find(disk, file, Approval.class, equal);
        Path place = approval.map(this::fileOf).orElse(file);
        if (!place.equals(file)) {
            throw new IOException(file + ": it holds an approval that belongs into " + place);
        }
        return approval;
    }

    void write(Approval approval) throws IOException {
        disk.replace(fileOf(approval), StoredJson.file(approval));
    }

    /** Returns the time of an approval's file, which is about the time of its decision. */
    Instant modifiedDecided(String id) {
        try {
            return disk.modified(decidedFile(id));
        } catch (IOException x) {
            return Instant.EPOCH; // deleted meanwhile
        }
    }

    /** Deletes a file of {@code pending/}, and returns whether it is gone. */
    boolean deletePending(String id) {
        return delete(pendingFile(id));
    }

    /** Deletes a file of {@code decided/}, and returns whether it is gone. */
    boolean deleteDecided(String id) {
        return delete(decidedFile(id));
    }

    private boolean delete(Path file) {
        try {
            disk.delete(file);
            return true;
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot delete " + file, x);
            return false;
        }
    }

    void syncPending() throws IOException {
        disk.sync(pending);
    }

    void sync() throws IOException {
        disk.sync(decided);
        disk.sync(pending);
    }

    private Path fileOf(Approval approval) {
        return approval.isClosed() ? decidedFile(approval.id()) : pendingFile(approval.id());
    }

    private Path pendingFile(String id) {
        return pending.resolve(id + SUFFIX);
    }

    private Path decidedFile(String id) {
        return decided.resolve(id + SUFFIX);
    }
}
