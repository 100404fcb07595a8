package io.jenkins.plugins.armory.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StepWorkTest {

    @Test
    void anErrorEndsTheWorkLikeAnyFailure() {
        var unreadable = new Error("Failed to load the key"); // as HMACConfidentialKey throws it
        List<Exception> failures = new ArrayList<>();

        StepWork.run(
                () -> {
                    throw unreadable;
                },
                failures::add,
                line -> fail(line),
                Runnable::run);
        StepWork.run(
                () -> {
                    throw new IOException("disk full");
                },
                failures::add,
                line -> fail(line),
                Runnable::run);

        assertThat(failures).hasSize(2);
        assertThat(failures.get(0)).hasCause(unreadable);
        assertThat(failures.get(1)).hasMessage("disk full");
    }
}
