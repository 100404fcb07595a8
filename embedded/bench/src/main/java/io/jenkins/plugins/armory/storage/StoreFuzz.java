package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.storage.disk.ChecksumLine;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Checks that the store opens whatever is on the disk, or refuses what a newer version wrote, and that each approval it reads
 * can be written and read again. The input is a file of the journal or, after an odd first byte, records that get their
 * lines here. It is also the file of an approval, as it is or with its checksum.
 */
public final class StoreFuzz {

    private static final Path FOLDER = Path.of("store");
    private static final Path JOURNAL = FOLDER.resolve("journal/1.log");
    private static final Path PENDING = FOLDER.resolve("pending/a1.json");
    private static final Path DECIDED = FOLDER.resolve("decided/a2.json");

    private static final Logger LOGGER = Logger.getLogger(StoreFuzz.class.getPackageName());

    static {
        LOGGER.setLevel(Level.OFF); // it would warn of everything that is unreadable
    }

    private StoreFuzz() {}

    /** Returns a disk with these files. */
    private static Disk diskWith(byte[] journal, byte[] file) {
        return new MemoryDisk() {
            @Override
            public List<Path> list(Path folder) {
                return List.of(JOURNAL, PENDING, DECIDED).stream()
                        .filter(each -> folder.equals(each.getParent()))
                        .toList();
            }

            @Override
            public byte[] read(Path path) throws IOException {
                if (path.equals(JOURNAL)) {
                    return journal;
                } else if (path.equals(PENDING) || path.equals(DECIDED)) {
                    return file;
                }
                throw new NoSuchFileException(path.toString());
            }
        };
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        byte[] rest = data.length == 0 ? data : Arrays.copyOfRange(data, 1, data.length);
        boolean summed = data.length > 0 && data[0] % 2 != 0;
        ApprovalStore store;
        try {
            store = ApprovalStore.open(
                    diskWith(summed ? lines(rest) : rest, summed ? ChecksumLine.of(rest) : rest), FOLDER);
        } catch (UnknownFormatException x) {
            return; // a newer version wrote it: nothing is opened, and nothing is deleted
        }
        for (Approval approval : store.pending()) {
            check(!approval.isDecided(), "what waits is not decided");
            check(
                    approval.equals(StoredJson.readFile("file", StoredJson.file(approval), Approval.class)),
                    "it can be written and read again");
            store.apply(approval.id(), new Event.Callback(true, "", "fuzz"), Instant.EPOCH);
        }
        store.recentlyDecided().forEach(approval -> check(approval.isDecided(), "what was decided is"));
        store.fold(() -> false);
    }

    private static byte[] lines(byte[] records) {
        var lines = new ByteArrayOutputStream();
        int write = 0;
        for (String record : new String(records, StandardCharsets.ISO_8859_1).split("\n")) {
            byte[] content = record.getBytes(StandardCharsets.ISO_8859_1);
            lines.writeBytes(new JournalLine(write + 1, write, 1, 1, content).toBytes());
            write++;
        }
        return lines.toByteArray();
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
