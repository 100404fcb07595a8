package io.jenkins.plugins.armory.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    @TempDir
    private Path folder;

    /** An error of any kind: {@code null} stands for a record that there is no memory for. */
    @Test
    void anErrorInOneAppendDoesNotHoldUpTheNext() throws IOException {
        Journal journal = Journal.open(Disk.LOCAL, folder, record -> {});
        assertThatNullPointerException().isThrownBy(() -> journal.append(null));

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
        Journal journal = Journal.open(Disk.LOCAL, folder, record -> {});
        byte[] record = "{}".getBytes(StandardCharsets.UTF_8);

        Thread.currentThread().interrupt();
        try {
            journal.append(record);
            DurableFile.write(folder.resolve("file"), record);
        } finally {
            assertThat(Thread.interrupted()).as("it is not lost").isTrue();
        }
        assertThat(folder.resolve("file")).hasBinaryContent(record);
        var read = new ArrayList<byte[]>();
        Journal.open(Disk.LOCAL, folder, read::add);
        assertThat(read).containsExactly(record);
    }
}
