package io.jenkins.plugins.armory.acceptance.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.EmbeddedController;
import io.jenkins.plugins.armory.acceptance.driver.ExampleReceiver;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Shows what the plugin is for, in less than a minute: the examples deploy, call the example external process, and are
 * called back. Checks what it shows, and fails if something is not as it should be. In a terminal, the controller then
 * stays up.
 */
public final class Demo {

    private static final String CLIENT_SECRET = "secret-of-the-demo-alone";

    /** A client, for whoever wants to try the examples that fetch a token. */
    private static final String CASC = """
            credentials:
              system:
                domainCredentials:
                  - credentials:
                      - usernamePassword: {id: demo-client, scope: GLOBAL, username: demo, password: %s}
            unclassified:
              armoryClients:
                clients:
                  - {credentialsId: demo-client, jobs: "**"}
            """.formatted(CLIENT_SECRET);

    private static final Pattern HOW_TO_CALL_BACK = Pattern.compile("curl [\\s\\S]*?/callback'");

    private final Jenkins jenkins;
    private final ExampleReceiver receiver;
    private final Job deploy;
    private final Job environments;
    private final Job deploymentFile;

    private Demo(Jenkins jenkins, ExampleReceiver receiver) {
        this.jenkins = jenkins;
        this.receiver = receiver;
        this.deploy = ExampleReceiver.createJob(jenkins, "deploy");
        this.environments = ExampleReceiver.createJobOfEnvironments(jenkins, "environments");
        this.deploymentFile = ExampleReceiver.createJobOfDeploymentFile(jenkins, "deployment-file");
    }

    public static void main(String[] args) throws IOException {
        say("Starting a controller and an external process on this machine...");
        try (Controller controller = new EmbeddedController(CASC)) {
            controller.start();
            try (ExampleReceiver receiver = new ExampleReceiver()) {
                Demo demo = new Demo(new Jenkins(controller), receiver);
                demo.showPassingChecks();
                demo.showRollback();
                demo.showCancelledDependents();
                demo.showPages();
                if (System.console() != null) {
                    demo.stay();
                }
            }
        }
        say("");
        say("Everything was as it should be. The controller and the external process are stopped.");
    }

    private void showPassingChecks() {
        title("1. The checks pass (docs/examples/Jenkinsfile)");
        Build build = receiver.build(deploy, "pass");
        say(build + " deploys to staging and calls the external process.");
        build.awaitWaiting(1);
        say("It waits, without a thread or an executor, while the checks run...");
        String log = build.awaitResult("SUCCESS");
        say("The external process has called back: " + quoted(decision(build)));
        say("The build goes on to production: SUCCESS.");
        expect(log.contains("Deploy to production"), "production is deployed to");
        expect(decision(build).get("success").asBoolean(), "the approval succeeded");
    }

    private void showRollback() {
        title("2. A check fails within a deployment (docs/examples/Jenkinsfile.environments)");
        Build build = receiver.buildEnvironments(environments, "staging/strategy=fail");
        say(build
                + " deploys to dev, staging, prod-east and prod-west, and to notify, which depends on none of them...");
        String log = build.awaitResult("FAILURE");
        say("The check of staging fails, so staging is rolled back and prod is not deployed to: FAILURE.");
        showEnvironments(build);
        expect(log.contains("Restoring what ran in staging before"), "staging is rolled back");
        expect(
                build.environments()
                        .equals(Map.of(
                                "dev", "COMPLETE",
                                "staging", "ROLLED_BACK",
                                "prod-east", "CANCELLED",
                                "prod-west", "CANCELLED",
                                "notify", "COMPLETE")),
                "staging is rolled back, and what depends on it is cancelled");
    }

    private void showCancelledDependents() {
        title("3. A check fails after a deployment (docs/examples/deploy.yml, a deployment file of Armory)");
        Build build = receiver.buildDeploymentFile(deploymentFile, "pass", "fail");
        say(build + " deploys to staging, production and docs, and tests staging once it is deployed...");
        String log = build.awaitResult("FAILURE");
        say("The test fails. Staging stays as it is, production is cancelled, docs goes on: FAILURE.");
        showEnvironments(build);
        expect(!log.contains("rollback"), "nothing is rolled back");
        expect(
                build.environments()
                        .equals(Map.of("staging", "COMPLETE", "production", "CANCELLED", "docs", "COMPLETE")),
                "what depends on staging is cancelled");
        expect("ABORTED".equals(build.outerStages().get("production")), "the stage of production is aborted");
    }

    /** Shows the environments of a build in the order in which they are known. */
    private static void showEnvironments(Build build) {
        Map<String, String> stages = build.outerStages();
        say("    %-12s %-12s %-10s".formatted("environment", "state", "stage"));
        build.deployment().get("environments").forEach(environment -> {
            String name = environment.get("name").asText();
            say("    %-12s %-12s %-10s"
                    .formatted(name, environment.get("state").asText(), stages.getOrDefault(name, "")));
        });
    }

    private void showPages() {
        title("Pages, while the controller is up");
        expect(jenkins.get("armory/").body().contains("armory-approvals"), "there is a page of all approvals");
        say("All approvals     " + jenkins.controller().url() + "armory/");
        say("A build's graph   " + new Build(environments, 1).tab());
        say("A deployment file " + new Build(deploymentFile, 1).tab());
    }

    private static JsonNode decision(Build build) {
        List<JsonNode> approvals = build.approvals();
        expect(approvals.size() == 1, "the data of the page has the approval of " + build);
        return approvals.get(0).get("decision");
    }

    private static String quoted(JsonNode decision) {
        return "\"" + decision.get("mdMessage").asText() + "\"";
    }

    private void stay() throws IOException {
        title("Your turn");
        Build person = receiver.buildDeploymentFile(deploymentFile, "pass", "pass");
        JsonNode question = person.awaitQuestion();
        say(person + " asks whether it may deploy to production. Answer with the buttons of");
        say("    " + person.tab());
        say("or with");
        say("    curl -X POST --data-urlencode 'comment=Looks good' "
                + jenkins.controller().url() + "armory/approvals/"
                + question.get("id").asText() + "/approve");
        say("");
        Build build = receiver.build(deploy, "by-hand");
        build.awaitWaiting(1);
        say(build + " waits for a callback. Call back as the external process would:");
        say("");
        say(receiver.awaitOutput(HOW_TO_CALL_BACK));
        say("");
        say("Or as a script for Armory does, which fetches a token first:");
        say("");
        say("CALLBACK_URI=" + jenkins.controller().url() + "armory/approvals/"
                + build.approval().get("id").asText() + " CLIENT_ID=demo CLIENT_SECRET=" + CLIENT_SECRET
                + " docs/examples/external-process/call-back.sh true 'Looks **good** to me.'");
        say("");
        say("Press Enter to end the demo.");
        System.in.read();
    }

    private static void title(String text) {
        say("");
        say(text);
        say("=".repeat(text.length()));
    }

    private static void expect(boolean condition, String what) {
        if (!condition) {
            throw new IllegalStateException("The demo expected that " + what + ", but it is not so.");
        }
    }

    private static void say(String text) {
        System.out.println(text);
    }
}
