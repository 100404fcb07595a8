package io.jenkins.plugins.armory.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreLockTest {

    @TempDir
    private Path home;

    @Test
    void oneHasItAtATime() throws IOException {
        Path folder = home.resolve("armory-approvals");
        StoreLock first = StoreLock.take(folder);

        assertThatThrownBy(() -> StoreLock.take(folder))
                .isInstanceOf(StoreInUseException.class)
                .hasMessageContaining(folder.resolve("lock").toString())
                .hasMessageContaining("end one of them");

        first.close();
        StoreLock.take(folder).close();
    }

    @Test
    void goesOnWhereNothingCanBeLocked() throws IOException {
        Files.createDirectory(home.resolve("lock")); // cannot be opened, as on a file system that is read-only

        StoreLock.take(home).close();

        assertThat(home.resolve("lock")).isDirectory();
    }
}
