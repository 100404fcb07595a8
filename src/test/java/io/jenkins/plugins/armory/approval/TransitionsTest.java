package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Tests the copy of the transition table in {@code docs/architecture.md}. {@link ApprovalsPropertyTest} visits every
 * row.
 */
class TransitionsTest {

    /** Returns the document: tests run in the root folder, or two folders below it. */
    private static Path page() {
        Path inRoot = Path.of("docs/architecture.md");
        return Files.exists(inRoot) ? inRoot : Path.of("../../docs/architecture.md");
    }

    /** Returns a row of the table in Markdown: states, events, condition, result, answer. */
    private static String row(Transitions row) {
        String states = row.from.size() == Approval.State.values().length
                ? "any"
                : row.from.stream().map(Enum::name).collect(Collectors.joining(", "));
        String events = row.events.stream().map(Class::getSimpleName).collect(Collectors.joining(", "));
        return Stream.of(states, events, row.condition, row.result, row.answer.name())
                .collect(Collectors.joining(" | ", "| ", " |"));
    }

    @Test
    void theDocumentationHasTheTable() throws IOException {
        String table =
                Arrays.stream(Transitions.values()).map(TransitionsTest::row).collect(Collectors.joining("\n"));

        assertThat(Files.readString(page()).replace("\r", "")).contains("\n" + table + "\n");
    }
}
