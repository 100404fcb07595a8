package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Credentials that the settings trust: they decide for jobs, and no job gets at them. */
class TrustOfTheSettingsTest {

    private static final String SECRET = "secret-that-the-settings-trust";
    private static final String CLIENT = "client-1";
    private static Controller controller;
    private static Jenkins jenkins;
    private final ExternalProcess process = new ExternalProcess();

    @BeforeAll
    static void start() {
        controller = Controller.create("""
                credentials:
                  system:
                    domainCredentials:
                      - credentials:
                          - string: {id: trusted, scope: SYSTEM, secret: "%s", description: "of the settings"}
                          - string: {id: other-system, scope: SYSTEM, secret: "x", description: "of Jenkins itself"}
                          - usernamePassword: {id: client, scope: SYSTEM, username: "%s", password: "%s"}
                          - usernamePassword: {id: other-client, scope: SYSTEM, username: "other", password: "a secret of other clients"}
                          - string: {id: short, scope: GLOBAL, secret: "a short secret"}
                unclassified:
                  armory:
                    callbackCredentialsId: trusted
                    allowedHosts: ["127.0.0.1"]
                  armoryClients:
                    clients:
                      - {credentialsId: client, jobs: "elsewhere/**"}
                      - {credentialsId: client, jobs: "job-*"}
                      - {credentialsId: other-client, jobs: "team/**"}
                """.formatted(SECRET, CLIENT, Settings.CLIENT_SECRET));
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterAll
    static void stop() {
        controller.close();
    }

    @Test
    void secretOfScopeSystemDecidesForAJob() {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();

        callback.with("wrong").succeed("no").expect(401);
        callback.with(SECRET).succeed("yes").expect(200);

        assertThat(build.awaitResult("SUCCESS")).contains("credentials trusted");
    }

    @Test
    void clientThatMayNotDecideForTheJobIsWarnedOf() {
        Build build = jenkins.build(process.approval("callbackCredentialsId: 'other-client'"))
                .awaitWaiting(1);

        assertThat(build.log())
                .contains(
                        "WARNING: callbackCredentialsId: the callback client of \"other-client\" may not decide for this job.");
        build.abort();
        build.awaitResult("ABORTED");
    }

    @Test
    void clientWhoseCredentialIsOfScopeSystemGetsTokens() {
        Build build = jenkins.build(process.approval("callbackCredentialsId: 'client'"))
                .awaitWaiting(1);
        Callback callback = process.awaitCallback();

        callback.with(SECRET).succeed("no").expect(403);
        callback.with(Settings.token(jenkins, CLIENT)).succeed("yes").expect(200);

        build.awaitResult("SUCCESS");
    }

    @ParameterizedTest
    @CsvSource({
        "trusted,      is a credential that Manage Jenkins » System trusts with callbacks",
        "client,       is a credential that Manage Jenkins » System trusts with callbacks",
        "other-system, 'has no value; there is no Secret text credential \"other-system\" that this job may use'",
    })
    void noJobSendsThem(String id, String message) {
        Build build = jenkins.build("armoryWebhookApproval(name: 'steal', uriTemplate: '%s', disableCallback: true,"
                        .formatted(process.url())
                + " headers: [[key: 'X-Token', value: '{{secrets." + id + "}}']])");

        assertThat(build.awaitResult("FAILURE")).contains("{{secrets." + id + "}} at line 1, column 1: " + message);
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void aSecretThatCouldBeGuessedDecidesNothing() {
        assertThat(jenkins.build(process.approval("callbackCredentialsId: 'short'"))
                        .awaitResult("FAILURE"))
                .contains("callbackCredentialsId: the Secret text credential \"short\" has fewer than 20 characters");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void noJobNamesThemAsItsOwn() {
        Build build = jenkins.build(process.approval("callbackCredentialsId: 'trusted'"));

        assertThat(build.awaitResult("FAILURE"))
                .contains(
                        "callbackCredentialsId: there is no Secret text credential \"trusted\" that this job may use");
        assertThat(process.calls()).isEmpty();
    }

    @Test
    void clientThatIsListedTwiceDecidesForTheJobsOfBoth() {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);
        Callback callback = process.awaitCallback();

        callback.with(Settings.token(jenkins, CLIENT)).succeed("yes").expect(200);

        build.awaitResult("SUCCESS");
    }

    @Test
    void anotherSecretOfTheSettingsTakesTheFirstOnesPlaceAlsoForWhatIsPending() throws IOException {
        try (Controller other = Controller.create(withSecretOfTheSettings("first"))) {
            other.start();
            Build build = new Jenkins(other).build(process.approval()).awaitWaiting(1);
            Callback callback = process.awaitCallback();
            other.stop();
            Files.writeString(
                    other.home().resolve(Controller.isReal() ? "casc/settings.yaml" : "casc.yaml"),
                    withSecretOfTheSettings("second"));
            other.start();
            build.awaitWaiting(1);

            callback.with("first-secret-of-the-settings").succeed("no").expect(401);
            callback.with("second-secret-of-the-settings").succeed("yes").expect(200);

            assertThat(build.awaitResult("SUCCESS")).contains("credentials second");
        }
    }

    private static String withSecretOfTheSettings(String id) {
        return """
                credentials:
                  system:
                    domainCredentials:
                      - credentials:
                          - string: {id: first, scope: SYSTEM, secret: "first-secret-of-the-settings", description: "until now"}
                          - string: {id: second, scope: SYSTEM, secret: "second-secret-of-the-settings", description: "from now on"}
                unclassified:
                  armory:
                    callbackCredentialsId: %s
                    allowedHosts: ["127.0.0.1"]
                """.formatted(id);
    }
}
