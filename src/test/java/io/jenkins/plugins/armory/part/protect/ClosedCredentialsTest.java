package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.part.protect.ClosedCredentials.Refusal;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ClosedCredentialsTest {

    /** {@code hudson.Functions} prints an exception of a Pipeline so, and cuts no stack trace. */
    @Test
    void aRefusalIsOneLineInTheLogOfTheBuild() {
        var refusal = new Refusal("it is closed");
        refusal.addSuppressed(new IllegalStateException("the id of the error in the Pipeline"));
        var log = new StringWriter();

        refusal.printStackTrace(new PrintWriter(log));

        assertThat(log).hasToString("ERROR: it is closed" + System.lineSeparator());
    }
}
