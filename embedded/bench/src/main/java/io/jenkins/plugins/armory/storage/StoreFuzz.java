package io.jenkins.plugins.armory.storage;

import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.storage.disk.ChecksumLine;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.StoredJson;
import io.jenkins.plugins.armory.storage.disk.UnknownFormatException;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
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

    /**
     * Writes inputs to begin with, as this version stores approvals.
     *
     * @param arguments the folder of the inputs
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        Webhook webhook = Webhook.named("tests")
                .uriTemplate("https://ci.example.com/{{context.ref}}")
                .headers(List.of(new Webhook.Header("A", "{{secrets.a}}")))
                .body("{}")
                .retry(RetryRules.of(3, List.of("409", "5xx"), 2, 90))
                .context(Map.of("ref", "main"))
                .build();
        var calls = new OutgoingCalls(
                webhook,
                webhook.asCancel(),
                new StatusCheck(
                        webhook.withAnswer(AnswerRule.ofAnswer("200", "/a", List.of("x"), List.of())),
                        Duration.ofSeconds(30)),
                Notifications.by(List.of(webhook.asCancel())),
                Map.of("ref", "main"),
                "account",
                "namespace");
        Approval asks = ApprovalTerms.of("a1", new BuildRef("team/deploy", 7))
                .webhook("tests")
                .manual(new ManualRequirement("Go?", List.of("alice", "ops"), 2).notBy(List.of("carol")))
                .timeout(Instant.EPOCH, Duration.ofHours(24))
                .calls(calls)
                .start();
        Approval decided = InMemory.waiting("a2", 7)
                .on(new Event.Callback(true, "fine", "fuzz"), Instant.now())
                .approval();
        write(folder.resolve("file"), StoredJson.write(InMemory.waiting("a1", 7)));
        write(folder.resolve("decided"), StoredJson.write(decided));
        write(
                folder.resolve("records"),
                StoredJson.write(JournalEntry.change(asks)),
                StoredJson.write(JournalEntry.removal(List.of("a2"))));
    }

    private static void write(Path file, byte[]... records) throws IOException {
        var input = new ByteArrayOutputStream();
        input.write('1'); // odd: the records get their checksums here
        for (byte[] each : records) {
            input.writeBytes(each);
            input.write('\n');
        }
        Files.write(file, input.toByteArray());
    }

    /** Called by Jazzer. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        byte[] rest = data.length == 0 ? data : Arrays.copyOfRange(data, 1, data.length);
        boolean summed = data.length > 0 && data[0] % 2 != 0;
        ApprovalStore store;
        try {
            store = ApprovalStore.open(
                    diskWith(summed ? lines(rest) : rest, summed ? ChecksumLine.of(rest) : rest),
                    FOLDER,
                    jobId -> null);
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
