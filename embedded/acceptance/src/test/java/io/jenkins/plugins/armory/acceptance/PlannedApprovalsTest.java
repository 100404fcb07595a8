package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The approvals of a deployment file are checked before anything is done: a mistake that a step finds when its turn comes costs a deployment
 * and its rollback. The controller has no credential that may call back.
 */
class PlannedApprovalsTest {

    private static final String BODY = " { echo \"DID ${env.ARMORY_ACTION}\" }";
    private static final String TELLS =
            "\"callbackUri\": \"{{armory.callbackUri}}\", \"callbackToken\": \"{{armory.callbackToken}}\"";

    private static Controller controller;
    private static Jenkins jenkins;
    private static ExternalProcess process;

    @BeforeAll
    static void start() {
        process = new ExternalProcess();
        process.onCall(call -> {
            call.callback().succeed("fine");
            return Reply.of(202);
        });
        controller = Controller.createLean("""
                credentials:
                  system:
                    domainCredentials:
                      - credentials:
                          - string: {id: prod-token, scope: SYSTEM, secret: "only for prod"}
                          - string: {id: prod-hook, scope: SYSTEM, secret: "%s"}
                          - string: {id: prod-pin, scope: SYSTEM, secret: "12"}
                unclassified:
                  armory:
                    allowedHosts: ["127.0.0.1", "listed.example"]
                    environments:
                      - {name: prod, jobs: "job-*", credentials: [prod-token, prod-hook, prod-pin]}
                """.formatted(process.url()));
        controller.start();
        jenkins = new Jenkins(controller);
    }

    @AfterAll
    static void stop() {
        process.close();
        controller.close();
    }

    private static Build deploy(String file, String body) {
        return jenkins.build(
                "armoryDeployment(config: '''" + file.replace("\\", "\\\\").replace("'", "\\'") + "''')" + body);
    }

    /**
     * Returns a file whose canary runs a webhook.
     *
     * @param webhook the fields of the webhook, beside its name and method, in flow style
     */
    private static String file(String webhook) {
        return """
                version: v1
                kind: kubernetes
                application: shop
                targets: {prod: {account: cluster, strategy: gradual}}
                strategies: {gradual: {canary: {steps: [{setWeight: {weight: 50}}, {runWebhook: {name: tests}}]}}}
                webhooks:
                  - {name: tests, method: POST, %s}
                """.formatted(webhook.replace("TELLS", TELLS));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "http://127.0.0.1:9/{{armory.nmespace}} | {inline: '{TELLS}'} | | uriTemplate: {{armory.nmespace}} at line 1, column 20 has no value",
                "http://127.0.0.1:9/{{armory.namespace}} | {inline: '{TELLS}'} | | uriTemplate: {{armory.namespace}} at line 1, column 20 has no value; it is known from the target",
                "http://127.0.0.1:9/ | {inline: '{\"x\" TELLS}'} | | bodyTemplate: is not JSON once rendered",
                "http://127.0.0.1:9/{{secrets.missing}} | {inline: '{TELLS}'} | | there is no Secret text credential \"missing\"",
                "http://10.1.2.3/{{context.late}} | {inline: '{TELLS}'} | | may not be called: 10.1.2.3 is not in the list of allowed hosts",
                "http://127.0.0.1:9/ | {inline: '{TELLS}'} | networkMode: remoteNetworkAgent, agentIdentifier: nowhere | agent 'nowhere': there is no agent of that name or label",
                "http://127.0.0.1:9/ | {inline: '{TELLS}'} | networkMode: remoteNetworkAgent | agent 'cluster': there is no agent of that name or label",
                "http://127.0.0.1:9/ | {inline: '{TELLS}'} | headers: [{key: Origin, value: 'null'}] | headers.Origin: is the text \"null\"",
                "http://127.0.0.1:9/ | {inline: '{\"u\": \"{{armory.callbackUri}}\"}'} | | nobody could call back, because nobody has a token",
            })
    void aMistakeOfAnApprovalIsSaidBeforeAnythingIsDone(String uri, String body, String more, String message) {
        String file = file("uriTemplate: '" + uri + "', bodyTemplate: " + body + (more == null ? "" : ", " + more));
        Build build = body.contains("path")
                ? jenkins.build(
                        "node {\narmoryDeployment(config: '''" + file.replace("'", "\\'") + "''')" + BODY + " }")
                : deploy(file, BODY);

        assertThat(build.awaitResult("FAILURE"))
                .contains("armoryDeployment: config cannot be used:\ntarget 'prod', webhook tests: ", message)
                .doesNotContain("DID");
        assertThat(build.environments().values()).containsExactly("FAILED");
    }

    @Test
    void allMistakesAreSaidAtOnce() {
        String log = deploy("""
                        version: v1
                        kind: kubernetes
                        application: shop
                        targets:
                          prod:
                            account: cluster
                            strategy: gradual
                            constraints:
                              beforeDeployment: [{runWebhook: {name: first}}]
                              afterDeployment: [{runWebhook: {name: last}}]
                        strategies: {gradual: {canary: {steps: [{setWeight: {weight: 50}}]}}}
                        webhooks:
                          - {name: first, method: POST, uriTemplate: 'http://127.0.0.1:9/{{secrets.one}}', disableCallback: true}
                          - {name: last, method: POST, uriTemplate: 'http://127.0.0.1:9/{{secrets.two}}', disableCallback: true}
                        """, BODY).awaitResult("FAILURE");

        assertThat(log).contains("\"one\"", "\"two\"").doesNotContain("DID");
    }

    @Test
    void aValueThatTheBodyDoesNotReturnIsSaidWhenItsTurnComes() {
        String file = file("uriTemplate: 'http://listed.example/{{context.late}}', bodyTemplate: {inline: '{TELLS}'}");

        assertThat(deploy(file, BODY).awaitResult("FAILURE"))
                .contains("add \"late\" to context", "DID deploy", "DID rollback");
    }
}
