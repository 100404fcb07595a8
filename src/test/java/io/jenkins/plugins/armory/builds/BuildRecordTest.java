package io.jenkins.plugins.armory.builds;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildRecordTest {

    @TempDir
    private Path folder;

    @Test
    void hasEachIdOnceInTheOrderOfTheStarts() throws IOException {
        assertThat(BuildRecord.idsIn(folder)).isEmpty();

        BuildRecord.add(folder, List.of("b"));
        BuildRecord.add(folder, List.of("a"));
        BuildRecord.add(folder, List.of("b"));

        assertThat(BuildRecord.idsIn(folder)).containsExactly("b", "a");
    }

    /** Otherwise the next id would be a part of that line, and its approval would not be found. */
    @Test
    void aLineThatWasCutOffSpoilsNoOther() throws IOException {
        Files.writeString(folder.resolve("armory-approvals.txt"), "b\n8c1f");

        BuildRecord.add(folder, List.of("8c1fa0"));
        BuildRecord.add(folder, List.of("c"));

        assertThat(BuildRecord.idsIn(folder)).containsExactly("b", "8c1f", "8c1fa0", "c");
    }
}
