package io.jenkins.plugins.armory.acceptance.generator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An environment of the settings of the controller that runs the Pipelines. Each of its rules calls a webhook of the
 * settings.
 */
public enum ProtectedEnvironment {
    APPROVED("prod-1", 1, 0),
    CHECKED("prod-2", 0, 1),
    BOTH("prod-3", 2, 1),
    SEVERAL("prod-4", 3, 2),
    WITHOUT_RULES("prod-5", 0, 0),
    OF_OTHERS("prod-6", 1, 0);

    /** Webhooks of the settings. */
    private static final List<String> BEFORE = List.of("before-1", "before-2", "before-3");

    private static final List<String> AFTER = List.of("after-1", "after-2");

    /** A rule that asks a person as well. */
    private static final String WITH_PERSON = "before-2";

    /** The user who decides as this person. */
    public static final String PERSON = "alice";

    private final String environment;
    private final int before;
    private final int after;

    ProtectedEnvironment(String environment, int before, int after) {
        this.environment = environment;
        this.before = before;
        this.after = after;
    }

    String environment() {
        return environment;
    }

    /** Names of the webhooks of its rules. */
    List<String> before() {
        return BEFORE.subList(0, before);
    }

    List<String> after() {
        return AFTER.subList(0, after);
    }

    boolean isOfOthers() {
        return this == OF_OTHERS;
    }

    static boolean asksPerson(String webhook) {
        return webhook.equals(WITH_PERSON);
    }

    static Optional<ProtectedEnvironment> named(String environment) {
        return Arrays.stream(values())
                .filter(each -> each.environment.equals(environment))
                .findFirst();
    }

    static String path(String job, String environment, String webhook) {
        return String.join("/", "rules", job, environment, webhook);
    }

    /** The settings, with webhooks that call below that address. */
    public static String casc(String url) {
        List<String> lines = new ArrayList<>(
                List.of("unclassified:", "  armory:", "    allowedHosts: [\"127.0.0.0/8\"]", "    webhooks:"));
        for (List<String> webhooks : List.of(BEFORE, AFTER)) {
            webhooks.forEach(webhook -> lines.addAll(List.of(
                    "      - name: " + webhook,
                    "        uriTemplate: \"" + url + "/"
                            + path("{{armory.applicationName}}", "{{armory.environmentName}}", webhook) + "\"",
                    "        requestTimeout: " + Script.REQUEST_TIMEOUT,
                    "        bodyTemplate:",
                    "          inline: '" + Script.BODY + "'")));
        }
        lines.addAll(List.of("  armoryEnvironments:", "    environments:"));
        for (ProtectedEnvironment each : values()) {
            lines.add("      - name: " + each.environment);
            lines.add("        jobs: \"" + (each.isOfOthers() ? "other-*" : "job-*") + "\"");
            lines.add("        before: " + rules(each.before()));
            lines.add("        after: " + rules(each.after()));
        }
        return String.join("\n", lines) + "\n";
    }

    private static String rules(List<String> webhooks) {
        return webhooks.stream()
                .map(webhook -> "{webhook: " + webhook
                        + (asksPerson(webhook)
                                ? ", manualApproval: {message: \"Release?\", rules: [{submitters: [" + PERSON
                                        + "], required: 1}]}}"
                                : "}"))
                .collect(Collectors.joining(", ", "[", "]"));
    }
}
