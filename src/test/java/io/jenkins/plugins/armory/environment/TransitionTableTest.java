package io.jenkins.plugins.armory.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.jenkins.plugins.armory.environment.TransitionTable.Guard;
import io.jenkins.plugins.armory.environment.TransitionTable.Row;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Tests the form of the transition table, and its copy in {@code docs/architecture.md}. {@link DeploymentPropertyTest}
 * takes every row.
 */
class TransitionTableTest {

    private static final String DOCUMENT = "docs/architecture.md";

    @Test
    void theDocumentShowsTheTable() throws IOException {
        requireInDocument(TransitionTable.ROWS.stream()
                .map(row -> "| %s | %s | %s | %s |\n".formatted(row.from(), row.trigger(), row.guard(), row.to()))
                .map(line -> line.replace("|  |", "| |"))
                .collect(Collectors.joining(
                        "", "\n| state | event | if | next state |\n| --- | --- | --- | --- |\n", "\n")));
    }

    @Test
    void theDocumentShowsTheStates() throws IOException {
        requireInDocument(TransitionTable.ROWS.stream()
                .filter(row -> row.from() != row.to())
                .map(row -> "    " + row.from() + " --> " + row.to() + "\n")
                .distinct()
                .collect(Collectors.joining("", "\n```mermaid\nstateDiagram-v2\n    [*] --> PENDING\n", "```\n")));
    }

    private static void requireInDocument(String expected) throws IOException {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve(DOCUMENT))) { // the embedded build runs tests in embedded/plugin
            folder = folder.getParent();
        }
        if (!Files.readString(folder.resolve(DOCUMENT)).contains(expected)) {
            fail("%s, section Environments, should have this:%n%s".formatted(DOCUMENT, expected));
        }
    }

    @Test
    void noRowHidesALaterOne() {
        for (Row row : TransitionTable.ROWS) {
            List<Row> same = TransitionTable.ROWS.stream()
                    .filter(other -> other.from() == row.from() && other.trigger() == row.trigger())
                    .toList();
            assertThat(same).extracting(Row::guard).doesNotHaveDuplicates();
            assertThat(same.subList(0, same.size() - 1)).extracting(Row::guard).doesNotContain(Guard.NONE);
        }
    }
}
