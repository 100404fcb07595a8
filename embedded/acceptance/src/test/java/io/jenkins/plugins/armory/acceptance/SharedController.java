package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A class of tests that need nothing but the shared controller and an external process. */
@AcceptanceTest
public abstract class SharedController {

    public static Jenkins jenkins;
    public final ExternalProcess process = new ExternalProcess();

    @BeforeEach
    void take(Jenkins shared) {
        jenkins = shared;
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }
}
