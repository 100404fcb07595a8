package io.jenkins.plugins.armory.part.file.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.jenkins.plugins.armory.part.file.PlannedDeployment;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;

class DeploymentRunTest {

    private static final String FILE = """
            version: v1
            kind: kubernetes
            application: shop
            context: {suite: smoke, room: ops}
            targets:
              prod:
                account: cluster
                namespace: shop
                strategy: gradual
                constraints:
                  beforeDeployment:
                    - pause: {untilApproved: true, requiresRoles: [alice, managers], approvalExpiration: {duration: 2, unit: hours}}
                    - pause: {untilApproved: true}
                    - pause: {untilApproved: true}
            strategies:
              gradual:
                canary:
                  steps:
                    - setWeight: {weight: 25}
                    - runWebhook: {name: tests, context: {suite: all}}
                    - pause: {duration: 2, unit: minutes}
            webhooks:
              - name: tests
                method: PUT
                uriTemplate: https://ci.example.com/start
                networkMode: remoteNetworkAgent
                agentIdentifier: inside
                headers: [{key: Accept, value: text/plain}]
                bodyTemplate: {path: body.json}
                retryCount: 2
            deploymentConfig:
              timeout: {duration: 5, unit: minutes}
            """;

    private static DeploymentRun.Target target() throws Exception {
        PlannedDeployment planned =
                PlannedDeployment.read(FILE, Map.of("ref", "abc"), Map.of("body.json", "{{armory.callbackUri}}"));
        DeploymentRun run = DeploymentRun.of(planned.plan(), planned.webhooks(), null, null);
        assertThat(run.targets()).hasSize(1);
        assertThat(run.timeoutSeconds()).isEqualTo(300);
        return resumed(run).targets().get(0);
    }

    /** Returns the run as it is after a restart of Jenkins. */
    private static DeploymentRun resumed(DeploymentRun run) throws Exception {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(run);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (DeploymentRun) in.readObject();
        }
    }

    @Test
    void webhookIsDefinedInlineWithTheContextOfAllThatKnowIt() throws Exception {
        DeploymentRun.Task task = target().strategy().get(2).tasks().get(0);

        assertThat(task.arguments())
                .containsOnly(
                        entry("environment", "prod"),
                        entry("planned", "prod/strategy/3"),
                        entry("label", "webhook tests"),
                        entry("phase", "strategy"),
                        entry("approval", true),
                        entry("variables", Map.of("ARMORY_ACCOUNT", "cluster", "ARMORY_NAMESPACE", "shop")));
        assertThat(task.approval(Map.of("replicaSetName", "web-7", "suite", "of the body")))
                .containsOnly(
                        entry("phase", "strategy"),
                        entry("name", "tests"),
                        entry("method", "PUT"),
                        entry("uriTemplate", "https://ci.example.com/start"),
                        entry("headers", List.of(Map.of("key", "Accept", "value", "text/plain"))),
                        entry("bodyTemplate", Map.of("inline", "{{armory.callbackUri}}")),
                        entry("retryCount", 2),
                        entry("networkMode", "remoteNetworkAgent"),
                        entry("agentIdentifier", "inside"),
                        entry("disableCallback", false),
                        entry(
                                "context",
                                Map.of("suite", "all", "room", "ops", "ref", "abc", "replicaSetName", "web-7")));
    }

    @Test
    void approvalsByPeopleHaveBranchesOfTheirOwn() throws Exception {
        DeploymentRun.Group group = target().before();

        assertThat(group.name()).isEqualTo("before deployment");
        assertThat(group.branches()).containsExactly("approval by alice, managers", "approval", "approval (2)");
        assertThat(group.tasks().get(0).approval(Map.of("a", "b")))
                .containsOnly(
                        entry("phase", "beforeDeployment"),
                        entry(
                                "manualApproval",
                                Map.of("message", "Continue the deployment to prod?", "submitters", "alice, managers")),
                        entry("timeout", 7200L),
                        entry("unit", "SECONDS"));
        assertThat(group.tasks().get(1).approval(Map.of())).doesNotContainKey("timeout");
    }

    @Test
    void actionsAndPausesAreNoApprovals() throws Exception {
        DeploymentRun.Task weight = target().strategy().get(1).tasks().get(0);
        DeploymentRun.Task pause = target().strategy().get(3).tasks().get(0);

        assertThat(weight.isApproval() || weight.pauseSeconds() > 0 || pause.isApproval())
                .isFalse();
        assertThat(weight.arguments().get("variables"))
                .asInstanceOf(InstanceOfAssertFactories.MAP)
                .contains(entry("ARMORY_ACTION", "setWeight"), entry("ARMORY_WEIGHT", "25"));
        assertThat(pause.pauseSeconds()).isPositive();
        assertThat(pause.pauseSeconds()).isEqualTo(120);
        assertThat(target().rollback().arguments()).containsEntry("planned", "prod/rollback");
    }
}
