package io.jenkins.plugins.armory.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.jenkins.plugins.armory.store.BuildLog.DoubtException;
import io.jenkins.plugins.armory.store.disk.ChecksumLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildLogTest {

    @TempDir
    private Path folder;

    @TempDir
    private Path other;

    private Path file;

    @BeforeEach
    void setFile() {
        file = folder.resolve(BuildLog.FILE);
    }

    private static void writeSample(BuildLog log) throws IOException {
        log.append(Map.of("build", IntNode.valueOf(1)));
        log.append(Map.of("environment/staging", TextNode.valueOf("DEPLOYING\n\u00fc")));
        log.append(Map.of("failure/1", TextNode.valueOf("no")));
        log.append(Map.of("environment/staging", TextNode.valueOf("FAILED")));
        log.append(Map.of("failure/1", NullNode.getInstance()));
    }

    private byte[] sample() throws IOException {
        writeSample(new BuildLog(() -> folder));
        return Files.readAllBytes(file);
    }

    private Map<String, JsonNode> read(long seen) throws IOException {
        return read(new BuildLog(() -> folder), seen);
    }

    private static Map<String, JsonNode> read(BuildLog log, long seen) throws IOException {
        var values = new LinkedHashMap<String, JsonNode>();
        log.read(seen, values);
        return values;
    }

    private Map<String, JsonNode> read(byte[] content) throws IOException {
        Files.write(file, content);
        return read(0);
    }

    private void assertDoubt(byte[] content) {
        assertThatExceptionOfType(DoubtException.class)
                .isThrownBy(() -> read(content))
                .withMessageContaining(file + " is not what was written: ");
    }

    @Test
    void theLastValueOfAKeyCounts() throws IOException {
        sample();
        var log = new BuildLog(() -> folder);

        assertThat(read(log, 5)).hasToString("{build=1, environment/staging=\"FAILED\"}");
        assertThat(log.commits()).isEqualTo(5);
    }

    @Test
    void noBitCanChangeUnnoticed() throws IOException {
        byte[] sample = sample();
        for (int bit = 0; bit < sample.length * Byte.SIZE; bit++) {
            byte[] damaged = sample.clone();
            damaged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            assertDoubt(damaged);
        }
    }

    @Test
    void aLineThatWasNotAcknowledgedIsCutOff() throws IOException {
        byte[] sample = sample();
        for (int length = 0; length < sample.length; length++) {
            byte[] cut = Arrays.copyOf(sample, length);
            long lines = new String(cut, StandardCharsets.UTF_8)
                    .chars()
                    .filter(each -> each == '\n')
                    .count();
            Files.write(file, cut);
            var log = new BuildLog(() -> folder);

            read(log, lines);
            log.append(Map.of("next", IntNode.valueOf(length)));

            assertThat(read(lines + 1)).containsEntry("next", IntNode.valueOf(length));
            assertThat(Files.readString(file)).hasLineCount((int) lines + 1);
        }
    }

    @Test
    void linesInAnotherOrderAreDoubt() throws IOException {
        List<String> lines =
                new String(sample(), StandardCharsets.UTF_8).lines().toList();
        for (int[] order : new int[][] {{0, 2, 1}, {0, 0, 1}, {1, 2}, {0, 2}}) {
            assertDoubt(Arrays.stream(order)
                    .mapToObj(i -> lines.get(i) + "\n")
                    .reduce("", String::concat)
                    .getBytes(StandardCharsets.UTF_8));
        }
    }

    @Test
    void anOlderCopyAndALostLogAreDoubt() throws IOException {
        sample();

        assertThatExceptionOfType(DoubtException.class)
                .isThrownBy(() -> read(6))
                .withMessageEndingWith("it has 5 commits, and 6 were there before");
        Files.delete(file);
        assertThatExceptionOfType(DoubtException.class).isThrownBy(() -> read(1));
        assertThat(read(0)).isEmpty();
    }

    @Test
    void whatIsIntactAndNotUnderstoodIsRefused() {
        for (String text : List.of("1 [1]", "1 {\"a\":1,\"a\":2}", "1 {", "1 ")) {
            assertThatIOException()
                    .isThrownBy(() -> read(ChecksumLine.of(text.getBytes(StandardCharsets.UTF_8))))
                    .withMessageContaining(file.toString());
        }
    }

    @Test
    void whatSomebodyElseHasAppendedIsDoubtAndStays() throws IOException {
        var log = new BuildLog(() -> folder);
        writeSample(log);
        read(new BuildLog(() -> folder), 5);
        Files.writeString(file, "of another process\n", StandardOpenOption.APPEND);
        byte[] both = Files.readAllBytes(file);

        assertThatExceptionOfType(DoubtException.class)
                .isThrownBy(() -> log.append(Map.of("more", IntNode.valueOf(1))));

        assertThat(file).hasBinaryContent(both);
    }

    @Test
    void aCommitThatIsTakenBackLeavesNoTraceOnceTheNextIsThere() throws IOException {
        var log = new BuildLog(() -> folder);
        writeSample(log);
        log.append(Map.of("taken", TextNode.valueOf("back")));
        log.takeBack();
        log.append(Map.of("more", IntNode.valueOf(2)));

        assertThat(read(6)).containsKey("more").doesNotContainKey("taken");
    }

    /** As of a build that is deleted, or on a disk that is not mounted. */
    @Test
    void onlyTheFirstCommitCreatesTheFile() throws IOException {
        var log = new BuildLog(() -> folder);
        writeSample(log);
        Path away = Files.move(file, other.resolve("away"));

        assertThatIOException().isThrownBy(() -> log.append(Map.of("more", IntNode.valueOf(1))));
        assertThat(file).doesNotExist();

        Files.move(away, file);
        log.append(Map.of("more", IntNode.valueOf(2)));
        assertThat(read(6)).containsEntry("more", IntNode.valueOf(2));
    }

    @Test
    void aFileThatHasLostSomethingGetsNothingMore() throws IOException {
        var log = new BuildLog(() -> folder);
        writeSample(log);
        Files.write(file, Arrays.copyOf(Files.readAllBytes(file), 20));

        assertThatIOException()
                .isThrownBy(() -> log.append(Map.of("more", IntNode.valueOf(1))))
                .withMessageContaining("has 20 bytes, and ");
    }
}
