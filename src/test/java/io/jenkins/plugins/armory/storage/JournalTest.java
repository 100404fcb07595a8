package io.jenkins.plugins.armory.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.jenkins.plugins.armory.storage.disk.ChecksumLine;
import io.jenkins.plugins.armory.storage.disk.Disk;
import io.jenkins.plugins.armory.storage.disk.DurableFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    @TempDir
    private Path folder;

    /** The records of a journal, and "lost" where acknowledged ones are missing. */
    private static final class Records implements Journal.Reader {

        private final List<String> records = new ArrayList<>();

        @Override
        public boolean read(String where, byte[] record) {
            return records.add(new String(record, StandardCharsets.UTF_8));
        }

        @Override
        public void lost(String where) {
            records.add("lost");
        }
    }

    /** An error of any kind: {@code null} stands for a record that there is no memory for. */
    @Test
    void anErrorInOneAppendDoesNotHoldUpTheNext() throws IOException {
        Journal journal = Journal.open(Disk.LOCAL, folder, new Records());
        assertThatNullPointerException().isThrownBy(() -> journal.append((byte[]) null));

        CompletableFuture<Void> next = CompletableFuture.runAsync(() -> {
            try {
                journal.append("{}".getBytes(StandardCharsets.UTF_8));
            } catch (IOException x) {
                throw new UncheckedIOException(x);
            }
        });

        assertThat(next).succeedsWithin(Duration.ofSeconds(10));
    }

    /** The thread may write for many others. */
    @Test
    void anInterruptOfTheThreadThatWritesFailsNothing() throws IOException {
        Journal journal = Journal.open(Disk.LOCAL, folder, new Records());
        byte[] record = "{}".getBytes(StandardCharsets.UTF_8);

        Thread.currentThread().interrupt();
        try {
            journal.append(record);
            DurableFile.write(folder.resolve("file"), record);
        } finally {
            assertThat(Thread.interrupted()).as("it is not lost").isTrue();
        }
        assertThat(folder.resolve("file")).hasBinaryContent(record);
        var read = new Records();
        Journal.open(Disk.LOCAL, folder, read);
        assertThat(read.records).containsExactly("{}");
    }

    /** Else the memory that a write or a start takes would depend on how many large steps begin at the same time. */
    @Test
    void whatIsWrittenAtOnceAndTheLengthOfAFileHaveABound() throws Exception {
        var disk = new CountDownLatch(1);
        Runnable[] append = {() -> assertThatCode(disk::await).doesNotThrowAnyException()};
        Journal journal = Journal.open(ApprovalStoreTest.during(append), folder, new Records());
        var appends = new ArrayList<FutureTask<Void>>();
        for (String name : List.of("a", "b", "c", "d", "e", "f")) {
            var one = new FutureTask<Void>(() -> {
                journal.append(name.repeat(12 << 20).getBytes(StandardCharsets.UTF_8));
                return null;
            });
            appends.add(one);
            var thread = new Thread(one);
            thread.start();
            while (thread.isAlive() && thread.getState() != Thread.State.WAITING) {
                Thread.sleep(1);
            }
        }

        disk.countDown();

        for (FutureTask<Void> each : appends) {
            assertThat(each).succeedsWithin(Duration.ofMinutes(1));
        }
        assertThat(folder).isDirectoryNotContaining(file -> file.toFile().length() > 48 << 20);
        var read = new Records();
        Journal.open(Disk.LOCAL, folder, read);
        assertThat(read.records)
                .extracting(record -> record.substring(0, 1))
                .containsExactly("a", "b", "c", "d", "e", "f");
        assertThat(folder.resolve("1.log")).as("a alone, then b and c").exists();
        assertThat(folder.resolve("3.log")).as("d and e, then f").exists();
    }

    /** Writes a file of the journal, of lines such as {@code 3 2 1/1 c}; one that begins with an exclamation mark is damaged. */
    private void file(int number, String... lines) throws IOException {
        var content = new StringBuilder();
        for (String line : lines) {
            boolean damaged = line.startsWith("!");
            var intact = new String(
                    ChecksumLine.of(line.substring(damaged ? 1 : 0).getBytes(StandardCharsets.UTF_8)),
                    StandardCharsets.UTF_8);
            content.append(damaged ? 'x' + intact.substring(1) : intact);
        }
        Files.writeString(folder.resolve(number + ".log"), content);
    }

    private List<String> read() throws IOException {
        var read = new Records();
        Journal.open(Disk.LOCAL, folder, read).append("next".getBytes(StandardCharsets.UTF_8));
        var again = new Records();
        Journal.open(Disk.LOCAL, folder, again);
        assertThat(again.records)
                .as("after a restart")
                .startsWith(read.records.toArray(String[]::new))
                .endsWith("next");
        assertThat(again.records).hasSize(read.records.size() + 1);
        return read.records;
    }

    @Test
    void whatIsDamagedAtTheEndWasAcknowledgedToNobody() throws IOException {
        file(1, "1 0 1/1 a", "!2 1 1/1 b");

        assertThat(read()).containsExactly("a");
    }

    @Test
    void whatIsDamagedBeforeALaterWriteIsLost() throws IOException {
        file(1, "1 0 1/1 a", "!2 1 1/1 b", "3 2 1/1 c");

        assertThat(read()).containsExactly("a", "lost", "c");
    }

    @Test
    void aWriteThatWasCutOffBeforeARestartIsNotLost() throws IOException {
        file(1, "1 0 1/1 a", "!2 1 1/1 b");
        file(3, "3 1 1/1 c");

        assertThat(read()).containsExactly("a", "c");
    }

    @Test
    void aWriteOfManyRecordsIsLostIfOneOfThemIs() throws IOException {
        file(1, "1 0 1/3 a", "!1 0 2/3 b", "1 0 3/3 c", "2 1 1/1 d");

        assertThat(read()).containsExactly("a", "c", "lost", "d");
    }

    @Test
    void theLastWriteIsNotLostIfACrashGarbledPartOfIt() throws IOException {
        file(1, "1 0 1/3 a", "!1 0 2/3 b", "1 0 3/3 c");

        assertThat(read()).containsExactly("a", "c");
    }

    @Test
    void aFileThatIsMissingIsLost() throws IOException {
        file(1, "1 0 1/1 a");
        file(3, "3 2 1/1 c");

        assertThat(read()).containsExactly("a", "lost", "c");
    }

    @Test
    void theFirstFileIsLostIfAllOfItIsDamaged() throws IOException {
        file(5, "!5 4 1/1 a");
        file(6, "6 5 1/1 b");

        assertThat(read()).containsExactly("lost", "b");
    }

    @Test
    void whatWasFoldedIsNotMissed() throws IOException {
        file(5, "5 4 1/1 a", "6 5 1/1 b");

        assertThat(read()).containsExactly("a", "b");
    }

    @Test
    void aWriteThatFailedIsNotMissedWhateverItLeft() throws IOException {
        file(1, "1 0 1/1 a", "!2 1 1/1 b");
        file(3, "3 1 1/2 c", "!3 1 2/2 d");
        file(4, "4 1 1/1 e");

        assertThat(read()).containsExactly("a", "c", "e");
    }

    @Test
    void aFileWithALossIsKeptForInspection() throws IOException {
        file(1, "1 0 1/1 a", "!2 1 1/1 b", "3 2 1/1 c");
        file(4, "4 3 1/1 d");
        Journal journal = Journal.open(Disk.LOCAL, folder, new Records());

        journal.drop(journal.startNext());

        assertThat(journal.damaged()).containsExactly(folder.resolve("1.log.damaged"));
        assertThat(folder.resolve("4.log")).doesNotExist();
    }
}
