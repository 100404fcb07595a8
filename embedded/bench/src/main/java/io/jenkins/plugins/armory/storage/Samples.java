package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Pending approvals as a busy controller has them: ids as long as real ones, a webhook that answered, a day to go. */
final class Samples {

    private static final SecureRandom RANDOM = new SecureRandom();

    private Samples() {}

    static String newId() {
        byte[] id = new byte[24];
        RANDOM.nextBytes(id);
        return HexFormat.of().formatHex(id);
    }

    /** Returns a pending approval. It shares no object with another, as after a restart. */
    static Approval waiting(int number) {
        try {
            return StoredJson.readFile("approval", StoredJson.file(InMemory.waiting(newId(), number)), Approval.class);
        } catch (IOException x) {
            throw new AssertionError(x);
        }
    }

    static Event.Callback success() {
        return new Event.Callback(true, "All 42 checks have passed.", "client client-1");
    }

    /** Creates a folder for a store, on the disk that {@code -Dbench.folder} names, or where the benchmark runs. */
    static Path folder() throws IOException {
        return Files.createTempDirectory(
                Path.of(System.getProperty("bench.folder", "")).toAbsolutePath(), "approvals-");
    }

    static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** Writes approvals to the files of a store with an empty journal, without syncing each. */
    static void write(Path folder, List<Approval> approvals) throws IOException {
        for (String name : List.of("pending", "decided")) {
            Files.createDirectories(folder.resolve(name));
        }
        for (Approval approval : approvals) {
            Files.write(
                    folder.resolve(approval.isDecided() ? "decided" : "pending").resolve(approval.id() + ".json"),
                    StoredJson.file(approval));
        }
    }
}
