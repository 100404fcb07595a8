package io.jenkins.plugins.armory.acceptance.driver;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Deployment files whose webhooks call an external process, at the path of their names, and Pipelines that run them.
 */
public final class DeploymentFiles {

    /** Does nothing for an action, except fail for the one that the parameter names. */
    private static final String BODY = """
             {
                if (env.ARMORY_ENVIRONMENT_NAME + ' ' + env.ARMORY_ACTION == '%s') { error 'No space left on the cluster' }
                echo "DID ${env.ARMORY_ENVIRONMENT_NAME} ${env.ARMORY_ACTION}"
            }
            """;

    private final ExternalProcess process;
    private final List<String> targets = new ArrayList<>();
    private final List<String> webhooks = new ArrayList<>();
    private String steps = "";

    private DeploymentFiles(ExternalProcess process) {
        this.process = process;
    }

    public static DeploymentFiles of(ExternalProcess process) {
        return new DeploymentFiles(process);
    }

    /**
     * Adds a target with the strategy of the file.
     *
     * @param constraints YAML in flow style: {@code dependsOn}, {@code beforeDeployment}, {@code afterDeployment}
     */
    public DeploymentFiles target(String name, String constraints) {
        targets.add("  " + name + ":\n    account: " + name + "-cluster\n    strategy: gradual\n    constraints: {"
                + constraints + "}\n");
        return this;
    }

    /** Sets the steps of the strategy, in flow style. */
    public DeploymentFiles steps(String... flow) {
        steps = List.of(flow).stream().map(step -> "        - " + step + "\n").collect(Collectors.joining());
        return this;
    }

    public DeploymentFiles webhook(String... names) {
        for (String name : names) {
            webhooks.add("""
                      - name: %s
                        method: POST
                        uriTemplate: %s/%s
                        bodyTemplate: {inline: '{"callbackUri": "{{armory.callbackUri}}", "callbackToken": "{{armory.callbackToken}}"}'}
                    """.formatted(name, process.url(), name));
        }
        return this;
    }

    public static String run(String name) {
        return "{runWebhook: {name: " + name + "}}";
    }

    public static String pause(long seconds) {
        return "{pause: {duration: " + seconds + ", unit: seconds}}";
    }

    public static String weight(int percent) {
        return "{setWeight: {weight: " + percent + "}}";
    }

    public String text() {
        return "version: v1\nkind: kubernetes\napplication: potato\ntargets:\n" + String.join("", targets)
                + "strategies:\n  gradual:\n    canary:\n      steps:\n" + steps
                + (webhooks.isEmpty() ? "" : "webhooks:\n" + String.join("", webhooks));
    }

    /** Returns the Pipeline that runs the file. */
    public String pipeline() {
        return pipelineFailingAt("");
    }

    /** @param script what the body does at each {@code setWeight} */
    public String pipelineDoing(String script) {
        return pipeline(" { if (env.ARMORY_ACTION == 'setWeight') { " + script + " } }");
    }

    /** @param action the target and its action that fail: {@code staging setWeight} */
    public String pipelineFailingAt(String action) {
        return pipeline(BODY.formatted(action));
    }

    /** @param body with its braces */
    public String pipeline(String body) {
        return "armoryDeployment(config: '''" + text() + "''')" + body;
    }

    /** @param more further parameters of the step */
    public String pipeline(String more, String body) {
        return "armoryDeployment(config: '''" + text() + "''', " + more + ")" + body;
    }

    /**
     * Adds a field to what webhooks are told.
     *
     * @param template of the field {@code text}, in JSON
     */
    public DeploymentFiles withBody(String template) {
        webhooks.replaceAll(webhook -> webhook.replace("{inline: '{", "{inline: '{\"text\": " + template + ", "));
        return this;
    }
}
