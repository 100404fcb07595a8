package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import hudson.model.Item;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which jobs the controller takes. */
class JobCreationTest {
    private Controller controller;
    private EmbeddedJenkins jenkins;

    @BeforeEach
    void start(@TempDir Path home) throws IOException {
        controller = new Controller(home);
        jenkins = controller.jenkins();
    }

    @AfterEach
    void close() {
        controller.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "..", ".hidden", "a/b", "a\\b", " a", "a?", "a\n"})
    void refusesNamesThatDoNotFitUrlsAndPaths(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> jenkins.createJob(name, Controller.configXml("")));
    }

    @Test
    void refusesASecondJobOfTheSameName() throws IOException {
        jenkins.createJob("my job", Controller.configXml(""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> jenkins.createJob("my job", Controller.configXml("")))
                .withMessageContaining("already exists");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "<project/>",
                "<flow-definition/>",
                "<flow-definition><definition class='org.jenkinsci.plugins.workflow.cps.CpsScmFlowDefinition'/></flow-definition>",
                "<!DOCTYPE d [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><flow-definition><definition "
                        + "class='org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition'><script>&e;</script></definition></flow-definition>",
                "<flow-definition><parameterDefinitions><hudson.model.RunParameterDefinition/></parameterDefinitions><definition "
                        + "class='org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition'/></flow-definition>"
            })
    void refusesWhatItCannotRun(String config) {
        assertThatIllegalArgumentException().isThrownBy(() -> jenkins.createJob("job", config.getBytes()));
        assertThat(jenkins.getItems()).isEmpty();
        assertThat(jenkins.getRootDir().toPath().resolve("jobs/job")).doesNotExist();
    }

    @Test
    void finishesADeletionThatACrashHasCutOff(@TempDir Path home) throws IOException {
        controller.close();
        controller = new Controller(home);
        var job = controller.jenkins().createJob("job", Controller.configXml(""));
        var build = Files.createDirectories(job.folder().resolve("builds/.1"));
        var other = Files.createDirectories(home.resolve("jobs/.other/builds/1"));

        controller.close();
        controller = new Controller(home);
        assertThat(controller.jenkins().getItems()).extracting(Item::getName).containsExactly("job");
        assertThat(build).doesNotExist();
        assertThat(other).doesNotExist();
    }

    @Test
    void leavesOutABuildOfWhichAPowerCutHasLeftTheFolderAlone(@TempDir Path home) throws IOException {
        controller.close();
        controller = new Controller(home);
        var job = controller.jenkins().createJob("job", Controller.configXml(""));
        Files.createDirectories(job.folder().resolve("builds/1"));

        controller.close();
        controller = new Controller(home);
        assertThat(controller.jenkins().builds()).isEmpty();
    }
}
