package io.jenkins.plugins.armory.acceptance.campaign;

import io.jenkins.plugins.armory.acceptance.driver.DeploymentFiles;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import java.util.stream.Stream;

/** The kinds of builds there are in the campaign, each with what its external process does. */
enum Scenario {
    /** One callback that says success. */
    SUCCESS,
    /** One that says failure. */
    FAILURE,
    /** Three callbacks at once, that do not agree. */
    RACE,
    /** The callback comes before the webhook's call is answered, and that is answered when the controller is dead. */
    EARLY,
    /** The first call is answered 503. */
    RETRIED,
    /** A person has to approve beside the callback. */
    PERSON,
    /** The webhook's answer decides. */
    ANSWER,
    /** The status decides, which the controller asks for; nobody calls back. */
    STATUS,
    /** The status and a callback say the same at about the same time. */
    STATUS_RACE,
    /** People are told of the decision. */
    NOTIFIED,
    /** No callback is awaited. */
    NO_CALLBACK,
    /** No callback comes in time. */
    TIMEOUT,
    /** Nothing is heard for longer than the step has it. */
    SILENT,
    /** The build is stopped. */
    STOPPED,
    /** The build is stopped while a callback is on its way. */
    STOPPED_RACE,
    /** One approval after the other. */
    SEQUENCE,
    /** Two environments of which one waits for the other, with an approval each. */
    ENVIRONMENTS,
    /** A deployment file with two targets, one of which waits for the other, and a canary with a webhook. */
    DEPLOYMENT_FILE,
    /** Two approvals of one phase, of which one fails, and an environment that is cancelled for it. */
    PHASE_FAILURE,
    /** An environment of the settings whose rules are met, before its body and after it. */
    PROTECTED,
    /** A rule before the body of one fails, and the rule after that of another one, which cancels a third. */
    PROTECTED_FAILURE,
    /** Many approvals in one step, with few calls at a time. */
    MANY,
    /** One of many fails. */
    MANY_FAILURE,
    /** The build is stopped while callbacks of many are on their way. */
    MANY_STOPPED;

    /** How many approvals the step has in the kinds with many. */
    static final int ALL = 6;

    /** The one of them that fails, or that nobody calls back. */
    static final String ODD = "all2";

    private static final String HOSTILE_CONTEXT = "context: [hostile: '" + Hostile.IN_GROOVY + "']";

    /**
     * What the Pipelines print when they have a decision. Their own variable counts: what a program does twice, it
     * shows.
     */
    private static final String APPLY = """
            def r%1$s = %2$s
            applied++
            echo "applied ${applied}: ${r%1$s.success} ${r%1$s.mdMessage}"
            """;

    /** The same for many. */
    private static final String APPLY_ALL = """
            def all = %s
            for (int i = 0; i < all.size(); i++) {
                applied++
                echo "applied ${applied}: ${all[i].success} ${all[i].mdMessage}"
            }
            """;

    /** Prints what is done, and when. */
    private static final String ACTION = """
            {
                echo ">>> ${env.ARMORY_ENVIRONMENT_NAME} ${env.ARMORY_ACTION} ${env.ARMORY_WEIGHT} at ${System.currentTimeMillis()}"
            }
            """;

    /** Prints in the body of an environment, and when. */
    private static final String DEPLOYED = "echo \">>> deployed at ${System.currentTimeMillis()}\"";

    /** @param canceller what is told to stop when nobody waits any more, in the kinds of builds that have such a one */
    String script(ExternalProcess process, ExternalProcess canceller) {
        return "int applied = 0\n" + body(process, canceller.url(), "cancel: [uriTemplate: '" + canceller.url() + "']");
    }

    /**
     * @param other address of the other process, which is told to stop, tells the status, or is told of the decision
     */
    private String body(ExternalProcess process, String other, String cancel) {
        String status = "status: [uriTemplate: '" + other + "', every: 5, pointer: '/state', success: ['passed']]";
        return switch (this) {
            case SUCCESS, FAILURE, RACE -> apply(process, "one");
            case EARLY -> apply(process, "one", "requestTimeout: 300"); // not answered until the controller dies
            case STOPPED, STOPPED_RACE -> apply(process, "one", cancel);
            case RETRIED -> apply(process, "one", "retryCount: 5", cancel);
            case ANSWER ->
                APPLY.formatted(
                        "one",
                        "armoryWebhookApproval(name: 'one', uriTemplate: '" + process.url()
                                + "/one', retryCount: 5, answer: [pointer: '/state', equals: ['passed']])");
            case STATUS -> apply(process, "one", "disableCallback: true", status);
            case STATUS_RACE -> apply(process, "one", status);
            case NOTIFIED -> apply(process, "one", "notify: ['chat']", "context: [chat: '" + other + "']");
            case PERSON -> apply(process, "one", "manualApproval: [message: '" + Hostile.IN_GROOVY + "']");
            case NO_CALLBACK -> process.approvalNamed("one", "disableCallback: true") + "\necho 'applied 1: sent'";
            case TIMEOUT -> apply(process, "one", "timeout: 3", "unit: 'SECONDS'", cancel);
            case SILENT -> apply(process, "one", "heartbeat: 2", "heartbeatUnit: 'SECONDS'");
            case SEQUENCE -> apply(process, "one") + apply(process, "two");
            case ENVIRONMENTS -> """
                parallel(
                    dev: { stage('dev') { armoryEnvironment('dev') { %s } } },
                    prod: { stage('prod') { armoryEnvironment(name: 'prod', dependsOn: ['dev']) { %s } } })
                echo 'applied both'
                """.formatted(process.approvalNamed("dev"), process.approvalNamed("prod"));
            case DEPLOYMENT_FILE ->
                DeploymentFiles.of(process)
                                .target("dev", "")
                                .target(
                                        "prod",
                                        "dependsOn: [dev], afterDeployment: [" + DeploymentFiles.run("two") + ", "
                                                + DeploymentFiles.pause(1) + "]")
                                .steps(DeploymentFiles.weight(50), DeploymentFiles.run("one"))
                                .webhook("one", "two")
                                .pipeline(ACTION)
                        + "\necho 'applied all'\n";
            case PHASE_FAILURE -> """
                parallel(
                    dev: { armoryEnvironment('dev') { parallel(a: { %s }, b: { %s }) } },
                    prod: { armoryEnvironment(name: 'prod', dependsOn: ['dev']) { echo 'never' } })
                """.formatted(process.approvalNamed("pass"), process.approvalNamed("fail"));
            case PROTECTED -> "armoryEnvironment('guarded') { " + DEPLOYED + " }\necho 'applied all'\n";
            case PROTECTED_FAILURE -> """
                try { armoryEnvironment(name: 'guarded', dependsOn: []) { %1$s } } catch (x) { echo 'it is closed' }
                armoryEnvironment(name: 'checked', dependsOn: []) { echo 'checked' }
                armoryEnvironment(name: 'never', dependsOn: ['checked']) { %1$s }
                """.formatted(DEPLOYED);
            case MANY, MANY_FAILURE -> applyAll(process, HOSTILE_CONTEXT);
            case MANY_STOPPED -> applyAll(process, HOSTILE_CONTEXT, cancel);
        };
    }

    private static String apply(ExternalProcess process, String name, String... more) {
        return APPLY.formatted(name, approval(process, name, more));
    }

    private static String applyAll(ExternalProcess process, String... ofAll) {
        return APPLY_ALL.formatted(process.approvalsNamed("all", ALL, ofAll));
    }

    private static String approval(ExternalProcess process, String name, String... more) {
        boolean hasContext = Stream.of(more).anyMatch(each -> each.startsWith("context:"));
        return process.approvalNamed(
                name,
                Stream.concat(Stream.of(more), hasContext ? Stream.of() : Stream.of(HOSTILE_CONTEXT))
                        .toArray(String[]::new));
    }

    /** Whether the external process is told to stop when an approval ends without it. */
    boolean isCancelled() {
        return isStopped() || this == TIMEOUT || this == RETRIED;
    }

    /** Whether the external process says nothing by itself. */
    boolean isAsked() {
        return this == ANSWER || this == STATUS;
    }

    /** Whether rules of the settings are asked for, and nothing else. */
    boolean isProtected() {
        return this == PROTECTED || this == PROTECTED_FAILURE;
    }

    /** The step that calls. */
    String waitingStep() {
        return isProtected() ? "armoryEnvironment" : "armoryWebhookApproval";
    }

    /** Whether builds of this kind may be stopped. */
    boolean isStopped() {
        return this == STOPPED || this == STOPPED_RACE || this == MANY_STOPPED;
    }

    /** Whether one step has many approvals. */
    boolean isMany() {
        return this == MANY || this == MANY_FAILURE || this == MANY_STOPPED;
    }
}
