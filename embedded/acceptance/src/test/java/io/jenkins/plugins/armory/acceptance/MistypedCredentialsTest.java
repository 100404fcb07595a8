package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import org.junit.jupiter.api.Test;

/** Settings as code that name credentials which do not exist. */
class MistypedCredentialsTest {

    private static final String CASC = """
            credentials:
              system:
                domainCredentials:
                  - credentials:
                      - string: {id: callback-token, scope: SYSTEM, secret: "a secret of the settings", description: "of the settings"}
                      - usernamePassword: {id: client, scope: SYSTEM, username: "client-1", password: "a secret of the client"}
            unclassified:
              armory:
                callbackCredentialsId: callback-tokn
                allowedHosts: ["127.0.0.1"]
              armoryClients:
                clients: [{credentialsId: client, jobs: "**"}, {credentialsId: clinet, jobs: "**"}]
            """;

    private static final String WITHOUT_TOKEN =
            "armoryWebhookApproval(uriTemplate: '%s/{{armory.callbackUri}}', method: 'GET')";

    @Test
    void areReportedAndMatterOnlyToAWebhookThatHandsOverNoToken() {
        try (Controller controller = Controller.create(CASC);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();

            Wait.until("the last warning is printed")
                    .until(() -> controller.output().contains("clients[1].credentialsId"));
            assertThat(controller.output())
                    .contains(
                            "callbackCredentialsId: there is no Secret text credential \"callback-tokn\" in Jenkins itself",
                            "clients[1].credentialsId: there is no username/password credential \"clinet\" in Jenkins itself",
                            "correct the id in Manage Jenkins")
                    .doesNotContain("clients[0]");

            Jenkins jenkins = new Jenkins(controller);
            Build build = jenkins.build(process.approval());
            process.awaitCall().callback().succeed("fine");
            assertThat(build.awaitResult("SUCCESS"))
                    .contains("WARNING: callbackCredentialsId of the settings of Jenkins: there is no Secret text");

            assertThat(jenkins.build(WITHOUT_TOKEN.formatted(process.url())).awaitResult("FAILURE"))
                    .contains("callbackCredentialsId of the settings of Jenkins: there is no Secret text");
            assertThat(process.calls()).hasSize(1);
        }
    }

    @Test
    void whereNobodyCouldCallBackNothingIsCalled() {
        try (Controller controller = Controller.create("""
                        unclassified:
                          armory:
                            allowedHosts: ["127.0.0.1"]
                          armoryClients:
                            clients: [{credentialsId: client, jobs: "other/*"}]
                        """);
                ExternalProcess process = new ExternalProcess()) {
            controller.start();
            Jenkins jenkins = new Jenkins(controller);

            assertThat(jenkins.build(WITHOUT_TOKEN.formatted(process.url())).awaitResult("FAILURE"))
                    .contains(
                            "nobody has a token. The callers",
                            "client client (jobs: other/*). Put {{armory.callbackToken}} into");
            assertThat(process.calls()).isEmpty();

            Build build = jenkins.build("armoryWebhookApproval(uriTemplate: '" + process.url() + "')");
            process.awaitCall().callback().succeed("fine");
            assertThat(build.awaitResult("SUCCESS")).contains("Webhook approval '127.0.0.1' succeeded");
        }
    }
}
