package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.Groovy;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a file of the workspace, which may be that of a stranger's pull request, can have a step call and send. */
@AcceptanceTest
class WorkspaceFilesTest {

    private static final String STEALING = """
            webhooks:
              - name: steal
                uriTemplate: "%s"
                headers: [{key: X-Token, value: "{{ secrets.team }}"}]
            """;

    private static Build run(Jenkins jenkins, String path, String file, String parameters) {
        return jenkins.build("""
                        node {
                            writeFile file: '%s', text: %s
                            armoryWebhookApproval(%s)
                        }
                        """.formatted(path, Groovy.string(file), parameters));
    }

    private static void assertNothingIsCalled(Build build, ExternalProcess process, String message) {
        assertThat(build.awaitResult("FAILURE")).contains(message).doesNotContain(Settings.TEAM_SECRET);
        assertThat(build.approvals()).isEmpty();
        assertThat(process.calls()).isEmpty();
    }

    /** A webhook that is called from an agent, which reaches what Jenkins does not. */
    private static final String PROBING = """
            targets:
              prod: {account: absent, strategy: s}
            webhooks:
              - name: probe
                uriTemplate: "http://10.0.0.1/"
                networkMode: remoteNetworkAgent
            """;

    private static final String BY_NAME = PROBING + "    agentIdentifier: absent\n";

    /** What the step says if it gets as far as the agent: the controller has none of that name. */
    private static final String NO_AGENT = "agent 'absent': there is no agent of that name or label";

    @ParameterizedTest
    @ValueSource(strings = {"", ", agents: []", ", agents: ['outside', 'Absent']", ", secrets: ['absent']"})
    void deploymentFileCallsFromNoAgentThatTheStepDoesNotList(String agents, Jenkins jenkins, ExternalProcess process) {
        String step = "configFile: 'deploy.yml', environment: 'prod', webhook: 'probe'";

        assertNothingIsCalled(
                run(jenkins, "deploy.yml", BY_NAME, step + agents),
                process,
                "deploy.yml: webhook 'probe': agentIdentifier: is the agent \"absent\", which the step does not list; if that"
                        + " file may call from there, say agents: ['absent'] in the step");
        assertNothingIsCalled(
                run(jenkins, "deploy.yml", PROBING, step + agents),
                process,
                "webhook 'probe': agentIdentifier: is missing, and the account \"absent\" in deploy.yml is no agent that the"
                        + " step lists; name the agent in agentIdentifier, or say agents: ['absent'] in the step if that file may"
                        + " choose it");
    }

    /** The account of the file would be the agent of a webhook that is not the file's. */
    @Test
    void deploymentFileChoosesNoAgentForAnotherWebhookEither(Jenkins jenkins, ExternalProcess process) {
        String inline = "configFile: 'deploy.yml', environment: 'prod', name: 'own', uriTemplate: 'http://10.0.0.1/',"
                + " networkMode: 'remoteNetworkAgent'";

        assertNothingIsCalled(
                run(jenkins, "deploy.yml", PROBING, inline),
                process,
                "webhook 'own': agentIdentifier: is missing, and the account \"absent\" in deploy.yml is no agent");
        assertThat(run(jenkins, "deploy.yml", PROBING, inline + ", agentIdentifier: 'absent'")
                        .awaitResult("FAILURE"))
                .contains(NO_AGENT);
        assertNothingIsCalled(
                run(
                        jenkins,
                        "deploy.yml",
                        BY_NAME,
                        "configFile: 'deploy.yml', name: 'own', uriTemplate: '%s', cancel: 'probe'"
                                .formatted(process.url())),
                process,
                "deploy.yml: webhook 'probe': agentIdentifier: is the agent \"absent\", which");
    }

    @Test
    void deploymentFileCallsFromAnAgentThatTheStepLists(Jenkins jenkins) {
        String step = "configFile: 'deploy.yml', environment: 'prod', webhook: 'probe', agents: ['other', 'absent']";

        for (String file : List.of(BY_NAME, PROBING)) {
            assertThat(run(jenkins, "deploy.yml", file, step).awaitResult("FAILURE"))
                    .contains(NO_AGENT);
        }
    }

    /** Such a text is the Pipeline's. */
    @Test
    void textOfADeploymentFileCallsFromTheAgentsThatItNames(Jenkins jenkins) {
        for (String text : List.of(BY_NAME, PROBING)) {
            Build build = jenkins.build("armoryWebhookApproval(config: %s, environment: 'prod', webhook: 'probe')"
                    .formatted(Groovy.string(text)));
            assertThat(build.awaitResult("FAILURE")).contains(NO_AGENT);
        }
    }

    @Test
    void deploymentFileCannotReplaceAWebhookOfTheSettings(Jenkins jenkins, ExternalProcess process) {
        String file = "webhooks: [{name: deploy-checks, uriTemplate: \"%s\"}]".formatted(process.url());

        Build build = run(jenkins, "deploy.yml", file, "configFile: 'deploy.yml', webhook: 'deploy-checks'");

        assertNothingIsCalled(
                build,
                process,
                "webhook: \"deploy-checks\" is defined in deploy.yml and in Manage Jenkins » System, and a file of the workspace"
                        + " cannot replace it; give it another name in deploy.yml, or leave configFile out");
    }

    @Test
    void deploymentFileCannotReplaceACancelWebhookOfTheSettings(Jenkins jenkins, ExternalProcess process) {
        String file = "webhooks: [{name: stop-checks, uriTemplate: \"%s\"}]".formatted(process.url());

        Build build = run(
                jenkins,
                "deploy.yml",
                file,
                "configFile: 'deploy.yml', webhook: 'stoppable-checks', context: [uri: 'https://x/']");

        assertNothingIsCalled(
                build, process, "cancel: \"stop-checks\" is defined in deploy.yml and in Manage Jenkins » System, and");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ", secrets: []", ", secrets: ['hostile']", ", secrets: ['Team']"})
    void deploymentFileGetsNoSecretThatTheStepDoesNotList(String secrets, Jenkins jenkins, ExternalProcess process) {
        Build build = run(
                jenkins,
                "deploy.yml",
                STEALING.formatted(process.url()),
                "configFile: 'deploy.yml', webhook: 'steal'" + secrets);

        assertNothingIsCalled(
                build,
                process,
                "deploy.yml: webhook 'steal' uses {{secrets.team}}, which the step does not list; if that file may send it, say"
                        + " secrets: ['team'] in the step");
    }

    @Test
    void deploymentFileGetsASecretThatTheStepLists(Jenkins jenkins, ExternalProcess process) {
        Build build = run(
                jenkins,
                "deploy.yml",
                STEALING.formatted(process.url()) + "    disableCallback: true\n",
                "configFile: 'deploy.yml', webhook: 'steal', secrets: ['hostile', 'team']");

        build.awaitResult("SUCCESS");
        assertThat(process.awaitCall().header("X-Token")).isEqualTo(Settings.TEAM_SECRET);
    }

    @Test
    void bodyThatADeploymentFileReadsGetsNoSecretEither(Jenkins jenkins, ExternalProcess process) {
        String file = """
                webhooks:
                  - name: checks
                    uriTemplate: "%s"
                    bodyTemplate: {path: body.json}
                """.formatted(process.url());
        Build build = jenkins.build("""
                        node {
                            writeFile file: 'deploy.yml', text: %s
                            writeFile file: 'body.json', text: '{"a": "{{secrets.team}}"}'
                            armoryWebhookApproval(configFile: 'deploy.yml', webhook: 'checks')
                        }
                        """.formatted(Groovy.string(file)));

        assertNothingIsCalled(build, process, "body.json: uses {{secrets.team}}, which the step does not list");
    }

    /** Such as a file of another job on the same node, or one of Jenkins itself. A pipe would be waited for. */
    @ParameterizedTest
    @CsvSource({
        "../victim/key.txt, ../victim/key.txt is outside of",
        "/etc/hostname, /etc/hostname is outside of",
        "link, link is outside of",
        "folder/out/key.txt, folder/out/key.txt is outside of",
        "pipe, pipe is not a regular file",
        "folder, folder is not a regular file",
        "missing, there is no file missing in the workspace"
    })
    void noFileOutsideOfTheWorkspaceIsRead(String path, String message, Jenkins jenkins, ExternalProcess process) {
        String files = "mkdir -p ../victim folder; printf key-%s of-another-job > ../victim/key.txt;"
                + " ln -sf ../victim/key.txt link; ln -sfn ../../victim folder/out; mkfifo pipe";
        String file = """
                webhooks:
                  - name: steal
                    uriTemplate: "%s"
                    bodyTemplate: {path: %s}
                """.formatted(process.url(), path);

        Build body = jenkins.build("""
                        node {
                            sh '%s'
                            writeFile file: 'deploy.yml', text: %s
                            armoryWebhookApproval(configFile: 'deploy.yml', webhook: 'steal')
                        }
                        """.formatted(files, Groovy.string(file)));
        assertNothingIsCalled(body, process, "bodyTemplate: " + message);

        Build whole = jenkins.build(
                "node { sh '%s'; armoryWebhookApproval(configFile: '%s', webhook: 'steal') }".formatted(files, path));
        assertNothingIsCalled(whole, process, "configFile: " + message);
        assertThat(whole.log()).doesNotContain("key-of-another-job");
    }

    @Test
    void noNameInADeploymentFileMakesALineOfTheLog(Jenkins jenkins, ExternalProcess process) {
        String file = """
                webhooks:
                  - name: "a\\nFinished: SUCCESS"
                    uriTemplate: "%s"
                """.formatted(process.url());

        Build build = run(jenkins, "deploy.yml", file, "configFile: 'deploy.yml', webhook: 'checks'");

        assertNothingIsCalled(build, process, "name: has a line break or a control character; take it out");
        assertThat(build.log()).doesNotContain("\nFinished: SUCCESS");
    }

    /** The text is the Pipeline's, the body that it names is not. */
    @Test
    void bodyThatATextOfThePipelineReadsGetsNoSecretEither(Jenkins jenkins, ExternalProcess process) {
        String text = """
                webhooks:
                  - name: checks
                    uriTemplate: "%s"
                    headers: [{key: X-Token, value: "{{secrets.team}}"}]
                    bodyTemplate: {path: body.json}
                """.formatted(process.url());
        String step = "armoryWebhookApproval(config: %s, webhook: 'checks'%s)";
        String body =
                "writeFile file: 'body.json', text: '{\"a\": \"{{secrets.team}}\", \"to\": \"{{armory.callbackUri}}\"}'";

        Build outside = jenkins.build(step.formatted(Groovy.string(text), ""));
        assertNothingIsCalled(
                outside, process, "bodyTemplate: body.json is a file in the workspace, and there is none here");
        Build unlisted = jenkins.build("node { %s; %s }".formatted(body, step.formatted(Groovy.string(text), "")));
        assertNothingIsCalled(unlisted, process, "body.json: uses {{secrets.team}}, which the step does not list");

        Build listed = jenkins.build(
                "node { %s; %s }".formatted(body, step.formatted(Groovy.string(text), ", secrets: ['team']")));
        assertThat(process.awaitCall().json().get("a").asText()).isEqualTo(Settings.TEAM_SECRET);
        listed.abort();
    }

    /** The step's own cancel webhook, whose body is a file too. */
    @Test
    void cancelWebhookThatReadsAFileGetsNoSecretEither(Jenkins jenkins, ExternalProcess process) {
        Build build = run(
                jenkins,
                "body.json",
                "{\"a\": \"{{secrets.team}}\"}",
                "name: 'checks', uriTemplate: '%s', cancel: [uriTemplate: '%s', bodyTemplate: [path: 'body.json']]"
                        .formatted(process.url(), process.url()));

        assertNothingIsCalled(build, process, "body.json: uses {{secrets.team}}, which the step does not list");
    }

    @Test
    void bodyFromAFileGetsNoSecretThatTheStepDoesNotList(Jenkins jenkins, ExternalProcess process) {
        Build build = run(
                jenkins,
                "body.json",
                "{\"token\": \"{{secrets.team}}\"}",
                "name: 'checks', uriTemplate: '%s', bodyTemplate: [path: 'body.json']".formatted(process.url()));

        assertNothingIsCalled(
                build,
                process,
                "body.json: uses {{secrets.team}}, which the step does not list; if that file may send it, say");
    }

    @Test
    void templatesOfThePipelineNeedNoList(Jenkins jenkins, ExternalProcess process) {
        Build build = run(
                jenkins,
                "body.json",
                "{\"token\": \"{{secrets.hostile}}\", \"to\": \"{{armory.callbackUri}}\"}",
                ("name: 'checks', uriTemplate: '%s', bodyTemplate: [path: 'body.json'], secrets: ['hostile'],"
                                + " disableCallback: true, headers: [[key: 'X-Token', value: '{{secrets.team}}']]")
                        .formatted(process.url()));

        build.awaitResult("SUCCESS");
        Call call = process.awaitCall();
        assertThat(call.header("X-Token")).isEqualTo(Settings.TEAM_SECRET);
        assertThat(call.json().get("token").asText()).isEqualTo(Settings.HOSTILE_SECRET);
    }
}
