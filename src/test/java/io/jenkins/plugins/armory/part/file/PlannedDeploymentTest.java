package io.jenkins.plugins.armory.part.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import io.jenkins.plugins.armory.part.file.DeploymentPlan.Action;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.ManualApproval;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Pause;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.RunWebhook;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Step;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Target;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.RetryRules;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlannedDeploymentTest {

    private static final String STRATEGIES = "strategies: {now: {canary: {steps: [{setWeight: {weight: 100}}]}}}\n";

    private static PlannedDeployment read(String text) throws PlannedDeployment.InvalidException {
        return PlannedDeployment.read(text, Map.of(), Map.of());
    }

    private static List<String> labels(Stream<Step> steps) {
        return steps.map(step -> step.id() + " " + step.label()).toList();
    }

    static Stream<Step> steps(DeploymentPlan plan) {
        return plan.targets().stream().flatMap(DeploymentPlan.Target::steps);
    }

    private static Step step(DeploymentPlan plan, String id) {
        return steps(plan).filter(step -> step.id().equals(id)).findFirst().orElseThrow();
    }

    private static Map<String, String> variables(DeploymentPlan plan, String id) {
        return ((Action) step(plan, id)).variables();
    }

    @Test
    void canaryGoesStepByStepAndEndsWithAll() throws Exception {
        PlannedDeployment planned = Examples.plan("canary");

        Target target = planned.plan().targets().get(0);
        assertThat(labels(target.steps()))
                .containsExactly(
                        "production/strategy/1 deploy",
                        "production/strategy/2 set weight 25",
                        "production/strategy/3 webhook Integration_Tests",
                        "production/strategy/4 pause 10 minutes",
                        "production/strategy/5 set weight 50",
                        "production/strategy/6 approval by release-managers",
                        "production/strategy/7 set weight 100");
        assertThat(target.strategy()).hasSize(7).allMatch(group -> group.size() == 1);
        assertThat(step(planned.plan(), "production/strategy/3"))
                .isEqualTo(new RunWebhook(
                        "production/strategy/3",
                        "webhook Integration_Tests",
                        "Integration_Tests",
                        Map.of("suite", "checkout")));
        assertThat(step(planned.plan(), "production/strategy/4"))
                .isEqualTo(new Pause("production/strategy/4", "pause 10 minutes", Duration.ofMinutes(10)));
        assertThat(variables(planned.plan(), "production/strategy/2"))
                .containsExactly(
                        entry("ARMORY_ACTION", "setWeight"),
                        entry("ARMORY_ACCOUNT", "production-cluster"),
                        entry("ARMORY_NAMESPACE", "shop"),
                        entry("ARMORY_STRATEGY", "cautious"),
                        entry("ARMORY_STRATEGY_TYPE", "canary"),
                        entry("ARMORY_WEIGHT", "25"));
        assertThat(planned.plan().actionTimeout()).isEqualTo(Duration.ofMinutes(20));
        assertThat(planned.webhooks()).containsOnlyKeys("Integration_Tests");
        assertThat(planned.notes())
                .containsExactly("The plugin does not use application, manifests; that is for the body of the step.");
    }

    @Test
    void blueGreenHasItsConditionsSideBySide() throws Exception {
        DeploymentPlan plan = Examples.plan("blue-green").plan();

        Target target = plan.targets().get(0);
        assertThat(labels(target.steps()))
                .containsExactly(
                        "production/strategy/1 deploy",
                        "production/strategy/2/1 approval",
                        "production/strategy/2/2 expose services payments-preview",
                        "production/strategy/2/3 webhook Preview_Tests",
                        "production/strategy/3 redirect traffic",
                        "production/strategy/4 pause 15 minutes",
                        "production/strategy/5 shut down old version");
        assertThat(target.strategy()).extracting(List::size).containsExactly(1, 3, 1, 1, 1);
        assertThat(step(plan, "production/strategy/2/1"))
                .isEqualTo(new ManualApproval("production/strategy/2/1", "approval", List.of(), Duration.ofHours(2)));
        assertThat(variables(plan, "production/strategy/2/2"))
                .contains(entry("ARMORY_SERVICES", "payments-preview"), entry("ARMORY_TTL_SECONDS", "1800"));
        assertThat(variables(plan, "production/strategy/3"))
                .containsExactly(
                        entry("ARMORY_ACTION", "redirectTraffic"),
                        entry("ARMORY_ACCOUNT", "production-cluster"),
                        entry("ARMORY_NAMESPACE", "payments"),
                        entry("ARMORY_STRATEGY", "switch-over"),
                        entry("ARMORY_STRATEGY_TYPE", "blueGreen"),
                        entry("ARMORY_ACTIVE_SERVICE", "payments"),
                        entry("ARMORY_PREVIEW_SERVICE", "payments-preview"));
        assertThat(target.rollback())
                .isEqualTo(new Action(
                        "production/rollback",
                        "roll back",
                        "rollback",
                        Map.of(
                                "ARMORY_ACTION", "rollback",
                                "ARMORY_ACCOUNT", "production-cluster",
                                "ARMORY_NAMESPACE", "payments",
                                "ARMORY_STRATEGY", "switch-over",
                                "ARMORY_STRATEGY_TYPE", "blueGreen",
                                "ARMORY_ACTIVE_SERVICE", "payments",
                                "ARMORY_PREVIEW_SERVICE", "payments-preview")));
    }

    @Test
    void constraintsAreBeforeAndAfter() throws Exception {
        DeploymentPlan plan = Examples.plan("constraints").plan();

        Target production = plan.targets().get(1);
        assertThat(production.dependsOn()).containsExactly("staging");
        assertThat(labels(production.before().stream()))
                .containsExactly(
                        "production/before/1 approval by Organization Admin",
                        "production/before/2 webhook Tell_Chat_Room");
        assertThat(labels(production.after().stream())).containsExactly("production/after/1 webhook Smoke_Tests");
        assertThat(production.before().get(0))
                .isEqualTo(new ManualApproval(
                        "production/before/1",
                        "approval by Organization Admin",
                        List.of("Organization Admin"),
                        Duration.ofHours(24)));
        assertThat(labels(production.strategy().stream().flatMap(List::stream)))
                .containsExactly("production/strategy/1 deploy", "production/strategy/2 set weight 100");
    }

    @Test
    void fourTargetsDependOnEachOther() throws Exception {
        PlannedDeployment planned = Examples.plan("four-targets");

        assertThat(planned.plan().targets())
                .extracting(Target::name)
                .containsExactly("dev", "security", "staging", "production");
        assertThat(planned.plan().targets())
                .extracting(Target::dependsOn)
                .containsExactly(List.of(), List.of("dev"), List.of("dev"), List.of("security", "staging"));
        assertThat(variables(planned.plan(), "production/after/1"))
                .containsExactly(
                        entry("ARMORY_ACTION", "analysis"),
                        entry("ARMORY_ACCOUNT", "production-cluster"),
                        entry("ARMORY_NAMESPACE", "catalog"),
                        entry("ARMORY_STRATEGY", "in-steps"),
                        entry("ARMORY_STRATEGY_TYPE", "canary"),
                        entry("ARMORY_QUERIES", "errorRate"),
                        entry("ARMORY_INTERVAL_SECONDS", "30"),
                        entry("ARMORY_JUDGMENT_RUNS", "5"),
                        entry("ARMORY_METRIC_PROVIDER", "prometheus"),
                        entry("ARMORY_ROLLBACK_MODE", "manual"),
                        entry("ARMORY_ROLLFORWARD_MODE", "automatic"),
                        entry("ARMORY_ANALYSIS_CONTEXT", "{}"));
        assertThat(step(planned.plan(), "production/strategy/5").label()).isEqualTo("analysis errorRate, latency");
        assertThat(planned.notes())
                .containsExactly(
                        "The plugin does not use application, manifests, analysis.queries; that is for the body of the step.");
    }

    @Test
    void ownContextOfACallWins() throws Exception {
        PlannedDeployment planned =
                PlannedDeployment.read(Examples.text("context"), Map.of("ref", "main", "suite", "added"), Map.of());

        assertThat(steps(planned.plan()))
                .filteredOn(RunWebhook.class::isInstance)
                .extracting(step -> ((RunWebhook) step).context())
                .containsExactly(
                        Map.of("channel", "releases", "suite", "added", "ref", "main", "text", "A deployment begins"),
                        Map.of("channel", "releases", "suite", "added", "ref", "main"),
                        Map.of("channel", "releases", "suite", "complete", "ref", "main"));
    }

    /** A value of one webhook is more specific than one of the whole deployment. */
    @Test
    void contextOfAWebhookComesBeforeThatOfTheFileAndBehindThatOfThePipeline() throws Exception {
        PlannedDeployment planned = PlannedDeployment.read("""
                context: {suite: of-the-file, room: of-the-file, ref: of-the-file, all: of-the-file, over: of-the-file}
                contextOverrides: {over: of-the-overrides}
                targets: {prod: {account: a, strategy: now}}
                strategies: {now: {canary: {steps: [{runWebhook: {name: tests, context: {suite: of-the-call}}}]}}}
                webhooks:
                  - name: tests
                    uriTemplate: https://ci.example.com/
                    context: {suite: of-the-webhook, room: of-the-webhook, ref: of-the-webhook}
                """, Map.of("ref", "of-the-pipeline"), Map.of());

        assertThat(((RunWebhook) step(planned.plan(), "prod/strategy/2")).context())
                .isEqualTo(Map.of(
                        "suite", "of-the-call",
                        "room", "of-the-webhook",
                        "ref", "of-the-pipeline",
                        "all", "of-the-file",
                        "over", "of-the-overrides"));
    }

    @Test
    void lambdaHasItsOwnFields() throws Exception {
        PlannedDeployment planned = read(STRATEGIES + """
                kind: lambda
                targets:
                  dev: {account: dev-account, region: us-east-1, deployAsIamRole: 'arn:role', strategy: now}
                artifacts: [{functionName: f, path: 's3://f.zip', type: zipFile}]
                providerOptions: {lambda: [{name: f, target: dev, runAsIamRole: r, handler: h, runtime: python3.12}]}
                """);

        assertThat(variables(planned.plan(), "dev/strategy/1"))
                .contains(entry("ARMORY_REGION", "us-east-1"), entry("ARMORY_DEPLOY_AS_IAM_ROLE", "arn:role"));
        assertThat(planned.notes()).singleElement().asString().contains("artifacts, providerOptions");
    }

    @Test
    void documentedVariantsAreRead() throws Exception {
        DeploymentPlan plan = read("""
                targets: {prod: {account: a, strategy: bg}}
                strategies:
                  bg:
                    blueGreen:
                      redirectTrafficAfter:
                        - analysis:
                            {interval: 1, unit: MINUTE, numberOfJudgmentRuns: 1, queries: [q], metricProviderName: m,
                             lookbackMethod: Sliding, abortOnFailedJudgment: yes, context: {owner: me}}
                        - pause: {untilApproved: true, requiresRole: admins, approvalExpiration: {duration: 1, units: Hours}}
                        - pause: {untilApproved: false, duration: 1, unit: hours}
                        - exposeServices: {services: [a, b]}
                      shutdownOldVersionAfter: [{pause: {duration: 2, unit: seconds}}]
                """).plan();

        assertThat(labels(steps(plan)))
                .containsExactly(
                        "prod/strategy/1 deploy",
                        "prod/strategy/2/1 analysis q",
                        "prod/strategy/2/2 approval by admins",
                        "prod/strategy/2/3 pause 1 hour",
                        "prod/strategy/2/4 expose services a, b",
                        "prod/strategy/3 redirect traffic",
                        "prod/strategy/4 pause 2 seconds",
                        "prod/strategy/5 shut down old version");
        assertThat(variables(plan, "prod/strategy/2/1"))
                .contains(
                        entry("ARMORY_INTERVAL_SECONDS", "60"),
                        entry("ARMORY_METRIC_PROVIDER", "m"),
                        entry("ARMORY_LOOKBACK_METHOD", "sliding"),
                        entry("ARMORY_ABORT_ON_FAILED_JUDGMENT", "true"),
                        entry("ARMORY_ANALYSIS_CONTEXT", "{\"owner\":\"me\"}"))
                .doesNotContainKeys("ARMORY_NAMESPACE", "ARMORY_ROLLBACK_MODE");
        assertThat(variables(plan, "prod/strategy/2/4"))
                .contains(entry("ARMORY_SERVICES", "a,b"), entry("ARMORY_TTL_SECONDS", "300"));
    }

    @Test
    void anchorsAndMergeKeysStandForWhatTheyName() throws Exception {
        DeploymentPlan plan = read(STRATEGIES + """
                targets:
                  one: &one {account: a, namespace: x, strategy: now, constraints: &c {beforeDeployment: [&p {pause: {duration: 1, unit: hours}}]}}
                  two: {<<: *one, namespace: y}
                  three: {<<: [*one], constraints: {<<: *c, dependsOn: [one], afterDeployment: [*p, *p]}}
                """).plan();

        assertThat(labels(steps(plan).filter(Pause.class::isInstance)))
                .containsExactly(
                        "one/before/1 pause 1 hour",
                        "two/before/1 pause 1 hour",
                        "three/before/1 pause 1 hour",
                        "three/after/1 pause 1 hour",
                        "three/after/2 pause 1 hour");
        assertThat(plan.targets()).extracting(Target::namespace).containsExactly("x", "y", "x");
    }

    @Test
    void webhooksHaveTheFieldsOfTheFile() throws Exception {
        Map<String, Webhook> webhooks = PlannedDeployment.read(
                        STRATEGIES + """
                targets: {prod: {account: a, strategy: now}}
                webhooks:
                  - &all
                    name: all
                    method: put
                    uriTemplate: "https://{{context.host}}/start"
                    networkMode: remoteNetworkAgent
                    agentIdentifier: inside
                    retryCount: 5
                    headers: [{key: Authorization, value: "token {{secrets.github}}"}]
                    bodyTemplate: {inline: '{"callback": "{{armory.callbackUri}}/callback"}'}
                    context: {host: ci.example.com, empty: }
                  - {<<: [{name: merged, retryCount: 1}, *all]}
                  - {name: short, uriTemplate: 'https://chat/', disableCallback: yes, bodyTemplate: text}
                  - {name: of-a-file, uriTemplate: 'https://ci/', bodyTemplate: {path: body.json}}
                """, Map.of(), Map.of("body.json", "{{armory.callbackUri}}"))
                .webhooks();

        assertThat(webhooks).containsOnlyKeys("all", "merged", "short", "of-a-file");
        assertThat(webhooks.get("all"))
                .isEqualTo(all("all").retry(RetryRules.ofCount(5)).build());
        assertThat(webhooks.get("merged"))
                .isEqualTo(all("merged").retry(RetryRules.ofCount(1)).build());
        assertThat(webhooks.get("short"))
                .isEqualTo(Webhook.named("short")
                        .uriTemplate("https://chat/")
                        .disableCallback(true)
                        .body("text")
                        .build());
        assertThat(webhooks.get("of-a-file").body()).isEqualTo("{{armory.callbackUri}}");
    }

    private static WebhookBuilder all(String name) {
        return Webhook.named(name)
                .method("PUT")
                .uriTemplate("https://{{context.host}}/start")
                .networkMode(NetworkMode.REMOTE_NETWORK_AGENT)
                .agentIdentifier("inside")
                .headers(List.of(new Webhook.Header("Authorization", "token {{secrets.github}}")))
                .body("{\"callback\": \"{{armory.callbackUri}}/callback\"}")
                .context(Map.of("host", "ci.example.com", "empty", ""));
    }

    @Test
    void targetFiltersLeaveTargetsOut() throws Exception {
        PlannedDeployment planned = read(STRATEGIES + """
                targets:
                  one: {account: a, strategy: now}
                  two: {account: a, strategy: now, constraints: {dependsOn: [one]}}
                targetFilters: [{includeTarget: two}]
                deploymentConfig: {keepDeploymentObject: true, ifDeploymentInProgress: {strategy: enqueueOne}}
                """);

        assertThat(planned.plan().targets()).extracting(Target::name).containsExactly("two");
        assertThat(planned.plan().targets().get(0).dependsOn()).isEmpty();
        assertThat(planned.notes())
                .containsExactly(
                        "The plugin does not use deploymentConfig.keepDeploymentObject; that is for the body of the step.",
                        "deploymentConfig.ifDeploymentInProgress does nothing here; use disableConcurrentBuilds() in the"
                                + " Pipeline.",
                        "targetFilters: only two is deployed to.");
    }

    @Test
    void aFileOfManyTargetsIsRead() throws Exception {
        var text = new StringBuilder(STRATEGIES).append("targets:\n");
        for (int i = 0; i < 2000; i++) {
            text.append("  t" + i + ": {account: a, strategy: now, constraints: {dependsOn: ["
                    + (i == 0 ? "" : "t" + (i - 1)) + "]}}\n");
        }
        assertThat(read(text.toString()).plan().targets()).hasSize(2000);
    }
}
