package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/** Stages and environments where the plugin may not use private fields of Pipeline: Groovy. Compare {@link StagesTest}. */
class CpsInternalsTest {

    private static final String AFTER = "phase: 'afterDeployment'";

    private static Controller controller;

    private final ExternalProcess process = new ExternalProcess();

    @BeforeAll
    static void startController() {
        controller = Controller.create(Settings.CASC, "-Dio.jenkins.plugins.armory.cpsInternals=false");
        controller.start();
    }

    @AfterAll
    static void closeController() {
        controller.close();
    }

    @AfterEach
    void closeProcess() {
        process.close();
    }

    private Build fail(String script) {
        Build build = new Jenkins(controller).build(script);
        process.awaitCallback().fail("2 of 42 failed");
        return build;
    }

    @Test
    @EnabledIfSystemProperty(
            named = "jenkins.war",
            matches = ".+",
            disabledReason = "the embedded controller leaves out cancelled stages without private fields")
    void laterStagesOfAScriptedPipelineEndAtTheirFirstStep() {
        Build build = fail("""
                stage('staging') { %s }
                stage('prod') { echo 'never' }
                stage('more') {
                    stage('nested') { echo 'never' }
                    echo 'never'
                }
                parallel a: { stage('in a') { error 'never' } }, b: { echo 'in b' }
                echo "between: ${currentBuild.result}"
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains("in b", "between: UNSTABLE", "Stage 'prod' is cancelled: ")
                .doesNotContain("never");
        assertThat(build.deployment().get("cancelledStages"))
                .extracting(stage -> stage.asText())
                .containsExactly("prod", "more", "in a");
        assertThat(build.graphView())
                .contains(
                        entry("staging", "unstable"),
                        entry("prod", "aborted"),
                        entry("more", "aborted"),
                        entry("in a", "aborted"));
        assertThat(build.stageView())
                .contains(entry("staging", "UNSTABLE"), entry("prod", "ABORTED"), entry("more", "ABORTED"));
    }

    @Test
    @EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "needs Declarative Pipelines")
    void laterStagesOfADeclarativePipelineEndAtTheirFirstStep() {
        Build build = fail("""
                pipeline {
                    agent none
                    stages {
                        stage('staging') { steps { %s } }
                        stage('prod') {
                            agent any
                            steps { echo 'never' }
                        }
                        stage('more') { steps { echo 'never' } }
                    }
                    post { failure { echo 'post: failure' } }
                }
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE")).contains("post: failure").doesNotContain("never");
        assertThat(build.graphView())
                .contains(entry("staging", "unstable"), entry("prod", "aborted"), entry("more", "aborted"));
        assertThat(build.stageView())
                .contains(entry("staging", "UNSTABLE"), entry("prod", "ABORTED"), entry("more", "ABORTED"));
    }

    @Test
    void environmentsOutsideStagesAreNoStages() {
        Build build = fail("""
                armoryEnvironment('staging') { %s }
                armoryEnvironment(name: 'prod', dependsOn: ['staging']) { echo 'never' }
                armoryEnvironment(name: 'notify', dependsOn: []) { echo 'independent' }
                """.formatted(process.approval(AFTER)));

        assertThat(build.awaitResult("FAILURE"))
                .contains("Environment 'prod' is cancelled: ", "independent")
                .doesNotContain("never");
        assertThat(build.environments())
                .containsOnly(entry("staging", "COMPLETE"), entry("prod", "CANCELLED"), entry("notify", "COMPLETE"));
        assertThat(build.graphView()).doesNotContainKeys("staging", "prod", "notify");
        assertThat(build.stageView()).doesNotContainKeys("staging", "prod", "notify");
    }
}
