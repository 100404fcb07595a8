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
import java.util.regex.Pattern;

/**
 * Shows what the plugin is for, in about a quarter of a minute: the example Jenkinsfile calls the example external
 * process, waits, and is called back. Checks what it shows, and fails when something is not as it should be. In a
 * terminal, the controller then stays up to look around.
 */
public final class Demo {

    private static final String CLIENT_SECRET = "demo";

    /** A client, for whoever wants to try the examples that fetch a token. */
    private static final String CASC = """
            credentials:
              system:
                domainCredentials:
                  - credentials:
                      - usernamePassword: {id: demo-client, scope: GLOBAL, username: demo, password: %s}
            unclassified:
              armory:
                callbackClients:
                  - {credentialsId: demo-client, jobs: "**"}
            """.formatted(CLIENT_SECRET);

    private static final Pattern HOW_TO_CALL_BACK = Pattern.compile("curl [\\s\\S]*?/callback'");

    private final Jenkins jenkins;
    private final ExampleReceiver receiver;
    private final Job job;

    private Demo(Jenkins jenkins, ExampleReceiver receiver) {
        this.jenkins = jenkins;
        this.receiver = receiver;
        this.job = ExampleReceiver.createJob(jenkins, "deploy");
    }

    public static void main(String[] args) throws IOException {
        say("Starting the embedded controller and the example external process...");
        try (Controller controller = new EmbeddedController(CASC)) {
            controller.start();
            try (ExampleReceiver receiver = new ExampleReceiver()) {
                say("The controller is at        " + controller.url());
                say("The external process is at  " + receiver.url());
                Demo demo = new Demo(new Jenkins(controller), receiver);
                demo.showPassingChecks();
                demo.showFailingChecks();
                if (System.console() != null) {
                    demo.stay();
                }
            }
        }
        say("");
        say("Everything was as it should be. The controller and the external process are stopped.");
    }

    private void showPassingChecks() {
        title("A deployment whose checks pass");
        Build build = showUntilItWaits("pass");
        show(
                build,
                "SUCCESS",
                "The external process says: All **42** checks of `staging` passed.",
                "Deploy to production");
        JsonNode decision = decision(build);
        expect(decision.get("success").asBoolean(), "the approval succeeded");
        expect(
                decision.get("mdMessage").asText().equals("All **42** checks of `staging` passed."),
                "its message is the callback's");
        expect(jenkins.get("armory/").body().contains("armory-approvals"), "there is a page of all approvals");
        say("The page of all approvals, " + jenkins.controller().url() + "armory/, has it too:");
        quote(List.of("decided by the " + decision.get("decidedBy").asText() + ": "
                + decision.get("mdMessage").asText()));
    }

    private void showFailingChecks() {
        title("A deployment whose checks fail");
        Build build = showUntilItWaits("fail");
        show(build, "FAILURE", "**3** of 42 checks of `staging` failed.");
        expect(!build.log().contains("Deploy to production"), "nothing is deployed to production");
        expect(!decision(build).get("success").asBoolean(), "the approval failed");
    }

    private Build showUntilItWaits(String outcome) {
        Build build = receiver.build(job, outcome);
        say("Build " + build + " deploys to staging and calls the external process.");
        build.awaitWaiting(1);
        say("The call was answered at once. The build waits, without a thread or an executor, while the checks run...");
        return build;
    }

    /** Shows how the build ended, and checks that it did so in the way that it should. */
    private static void show(Build build, String result, String... inTheLog) {
        String log = build.awaitResult(result);
        say("The external process has called back, and the build has ended: " + result + ". Its log:");
        quote(log.lines().toList());
        for (String text : inTheLog) {
            expect(log.contains(text), "the log of " + build + " says \"" + text + "\"");
        }
    }

    private static JsonNode decision(Build build) {
        List<JsonNode> approvals = build.approvals();
        expect(approvals.size() == 1, "the data of the page has the approval of " + build);
        return approvals.get(0).get("decision");
    }

    private void stay() throws IOException {
        title("Your turn");
        Build build = receiver.build(job, "by-hand");
        build.awaitWaiting(1);
        say("Build " + build + " waits for you: " + jenkins.controller().url() + "job/" + job.name() + "/"
                + build.number() + "/");
        say("Call back as the external process would:");
        say("");
        say(receiver.awaitOutput(HOW_TO_CALL_BACK));
        say("");
        say("Or as a script for Armory does, which fetches a token first:");
        say("");
        say("CALLBACK_URI=" + jenkins.controller().url() + "armory/approvals/"
                + build.approvals().get(0).get("id").asText() + " CLIENT_ID=demo CLIENT_SECRET=" + CLIENT_SECRET
                + " docs/examples/external-process/call-back.sh true 'Looks **good** to me.'");
        say("");
        say("Approvals: " + jenkins.controller().url() + "armory/");
        say("Press Enter to end the demo.");
        System.in.read();
    }

    private static void title(String text) {
        say("");
        say(text);
        say("=".repeat(text.length()));
    }

    private static void quote(List<String> lines) {
        lines.forEach(line -> say("    | " + line));
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
