package io.jenkins.plugins.armory.step;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SuspendedExecutionTest {

    @Test
    void anErrorEndsTheWorkLikeAnyFailure() throws IOException {
        var unreadable = new Error("Failed to load the key"); // as HMACConfidentialKey throws it
        List<Exception> failures = new ArrayList<>();

        SuspendedExecution.runOnce(
                () -> {
                    throw unreadable;
                },
                failures::add);
        SuspendedExecution.runOnce(
                () -> {
                    throw new IOException("disk full");
                },
                failures::add);

        assertThat(failures).hasSize(2);
        assertThat(failures.get(0)).hasCause(unreadable);
        assertThat(failures.get(1)).hasMessage("disk full");
    }
}
