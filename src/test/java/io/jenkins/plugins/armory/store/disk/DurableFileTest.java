package io.jenkins.plugins.armory.store.disk;

import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class DurableFileTest {

    @TempDir
    private Path home;

    /** The folder is missing here; with too many open files it cannot be opened either. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "no folder can be opened there")
    void aFolderThatCannotBeOpenedIsNotSynced() {
        assertThatIOException().isThrownBy(() -> DurableFile.syncFolder(home.resolve("missing")));
    }
}
