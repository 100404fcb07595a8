package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A class of tests with a controller of its own, which they may end: it runs again before the next test. */
abstract class OwnController {

    static Controller controller;
    static Jenkins jenkins;
    final ExternalProcess process = new ExternalProcess();

    /** Makes the controller of the class. */
    Controller create() {
        return Controller.create(Settings.CASC);
    }

    @BeforeEach
    void startController() {
        if (controller == null) {
            controller = create();
            jenkins = new Jenkins(controller);
        }
        controller.start();
    }

    @AfterAll
    static void closeController() {
        controller.close();
        controller = null;
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }
}
