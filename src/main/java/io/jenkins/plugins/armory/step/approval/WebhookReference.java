package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.config.AnswerDefinition;
import io.jenkins.plugins.armory.config.CancelDefinition;
import io.jenkins.plugins.armory.config.Parameter;
import io.jenkins.plugins.armory.config.StatusDefinition;
import io.jenkins.plugins.armory.config.WebhookDefinition;
import io.jenkins.plugins.armory.deploymentfile.DeploymentFile;
import io.jenkins.plugins.armory.step.EnclosingAction;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.Nearest;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * A step's webhook: its inline definition, or a name. Names are looked up in the deployment file, then on the job's folders from
 * the inside, then in the settings. A deployment file replaces no webhook of a folder or of the settings.
 *
 * <p>Files of the workspace are not trusted: a stranger can write them, for example with a pull request from a fork. So templates
 * of the workspace may only use the secrets that the step lists, and no such file has a call made from an agent that the step does not
 * list. The text of a deployment file that the Pipeline hands over is the Pipeline's, like an inline definition.
 */
final class WebhookReference implements Serializable {

    private static final long serialVersionUID = 2L;

    /** The parameter with the text of a deployment file, and the name of that file in messages. */
    private static final String CONFIG = "config";

    /** What stands for a body that is read later. */
    private static final String BODY_OF_LATER =
            "[\"{{" + Variables.CALLBACK_URI + "}}\", \"{{" + Variables.CALLBACK_TOKEN + "}}\"]";

    @CheckForNull
    private final String name;

    @CheckForNull
    private final Webhook inline;

    private final LinkedHashMap<String, String> context;

    /** The text of a deployment file. */
    @CheckForNull
    private final String config;

    /** The path of a deployment file in the workspace; {@code null} if there is a text. */
    @CheckForNull
    private final String configFile;

    /** The step's own cancel webhook, {@code null} for the one of the webhook's definition. */
    @CheckForNull
    private final CancelReference cancel;

    /** The step's own rule for the answer, {@code null} for the one of the webhook's definition. */
    @CheckForNull
    private final AnswerRule answer;

    /** The step's own question for the status, {@code null} for the one of the webhook's definition. */
    @CheckForNull
    private final StatusCheck status;

    /** Ids of the Secret texts that templates of the workspace may use. */
    private final ArrayList<String> secrets;

    /** Names and labels of the agents that files of the workspace may call from. */
    private final ArrayList<String> agents;

    private WebhookReference(
            @CheckForNull String name,
            @CheckForNull Webhook inline,
            Map<String, String> context,
            ArmoryWebhookApprovalStep step) {
        CancelDefinition ownCancel = step.getCancel();
        AnswerDefinition ownAnswer = step.getAnswer();
        StatusDefinition ownStatus = step.getStatus();
        this.name = name;
        this.inline = inline;
        this.context = new LinkedHashMap<>(context);
        config = step.getConfig();
        configFile = step.getConfigFile();
        cancel = ownCancel == null ? null : ownCancel.toCancel();
        answer = ownAnswer == null ? null : ownAnswer.toRule();
        status = ownStatus == null ? null : ownStatus.toCheck();
        secrets = new ArrayList<>(step.getSecrets());
        agents = new ArrayList<>(step.getAgents());
    }

    /**
     * Returns the webhook of a step, checked without reading a file; {@code null} if the step leaves the decision to a person
     * alone.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    @CheckForNull
    static WebhookReference of(ArmoryWebhookApprovalStep step) {
        String name = step.getWebhook();
        Bound.NAME.check("webhook", name);
        Bound.NAME.checkEach("secrets", step.getSecrets(), Bound.LIST);
        Bound.LINE.checkEach("agents", step.getAgents(), Bound.LIST);
        checkConfig(step);
        if (name == null) {
            if (asksPersonAlone(step)) {
                return null;
            }
            checkInline(step);
        }
        WebhookDefinition definition = step.definition();
        Webhook inline = name == null ? definition.toWebhook() : null;
        return new WebhookReference(name, inline, inline == null ? definition.contextMap() : inline.context(), step);
    }

    private static void checkConfig(ArmoryWebhookApprovalStep step) {
        String config = step.getConfig();
        if (config != null && step.getConfigFile() != null) {
            throw new IllegalArgumentException(
                    CONFIG + " and configFile: are two deployment files; leave one of them out");
        }
        Bound.TEMPLATE.check(CONFIG, config);
        Bound.LINE.check("configFile", step.getConfigFile());
    }

    /**
     * Returns whether a step has a manual approval and nothing of a webhook. A step that has anything of one does not: a
     * forgotten parameter must not leave the decision to the person.
     *
     * @throws IllegalArgumentException naming the parameters that are for the external process
     */
    private static boolean asksPersonAlone(ArmoryWebhookApprovalStep step) {
        List<String> given = Parameter.given(step);
        if (step.getManualApproval() == null
                || deploymentFileOf(step) != null
                || given.stream().anyMatch(ArmoryWebhookApprovalStep::isOfDefinition)) {
            return false;
        }
        String names =
                given.stream().filter(ArmoryWebhookApprovalStep::isForProcess).collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            throw new IllegalArgumentException(
                    names + ": is for an external process, and the step has no webhook; name one"
                            + " with webhook or define one with name and uriTemplate, or leave out " + names
                            + ", so that a person alone decides");
        }
        return true;
    }

    private static void checkInline(ArmoryWebhookApprovalStep step) {
        String file = deploymentFileOf(step);
        if (step.getUriTemplate() == null && file != null) {
            throw new IllegalArgumentException("webhook: is missing; name one of the webhooks in " + file);
        }
        if (step.getUriTemplate() == null && step.getName() == null) {
            throw new IllegalArgumentException("webhook: is missing; name one that is defined in Manage Jenkins, on a"
                    + " folder, or in a deployment file (config or configFile), define one here with name and"
                    + " uriTemplate, or let people alone decide with manualApproval: [message: 'Go?']");
        }
    }

    /** Returns the name of the step's deployment file in messages, {@code null} if it has none. */
    @CheckForNull
    private static String deploymentFileOf(ArmoryWebhookApprovalStep step) {
        return step.getConfig() != null ? CONFIG : step.getConfigFile();
    }

    /** Returns the {@code context} of the step. */
    Map<String, String> context() {
        return Collections.unmodifiableMap(context);
    }

    /** Returns the name of the webhook, for people. */
    String name() {
        return inline == null ? String.valueOf(name) : inline.name();
    }

    /**
     * Looks up the webhook and reads its files. Must run on a thread that may wait for an agent.
     *
     * @param environment the name of the target in a deployment file
     * @param notifications who is told of the approval, {@code null} for nobody
     * @throws AbortException naming the parameter that is wrong
     */
    OutgoingCalls resolve(Surroundings at, @CheckForNull String environment, @CheckForNull Notifications notifications)
            throws IOException, InterruptedException {
        List<Object> key =
                Arrays.asList(environment, name, inline, config, configFile, cancel, answer, status, secrets, agents);
        OutgoingCalls known = at.resolved().get(key);
        if (known == null) {
            known = resolve(at, environment);
            at.resolved().put(key, known);
        }
        Map<String, String> all = new LinkedHashMap<>(known.context());
        all.putAll(context);
        return new OutgoingCalls(
                known.webhook(),
                known.cancel(),
                known.status(),
                notifications,
                all,
                known.account(),
                known.namespace());
    }

    /** Resolves what approvals may share that differ in the context and the notices alone. */
    private OutgoingCalls resolve(Surroundings at, @CheckForNull String environment)
            throws IOException, InterruptedException {
        StepContext stepContext = at.context();
        DeploymentFile file = deploymentFile(stepContext);
        if (file != null) {
            new UnusedSections(configFile == null ? CONFIG : configFile, file.unusedByWebhooks())
                    .logOnce(at.run(), at.log());
        }
        Webhook webhook = withVerdict(withBody(at, inline == null ? named(at, file, "webhook", name()) : inline));
        Webhook toCancel = cancelOf(at, webhook, file);
        DeploymentFile.Target target =
                file == null ? null : file.target(environment).orElse(null);
        String foreign = configFile;
        EnclosingAction action = at.action();
        if (target == null && action != null) {
            target = new DeploymentFile.Target(action.account(), action.namespace());
            foreign = action.accountAgent() ? null : "the file of armoryDeployment";
        }
        TraceContext trace = at.trace();
        StatusCheck asked = webhook.status();
        var calls = new OutgoingCalls(
                trace.addTo(webhook.alone()),
                toCancel == null ? null : trace.addTo(toCancel),
                asked == null
                        ? null
                        : new StatusCheck(trace.addTo(asked.webhook().sentLike(webhook)), asked.every()),
                null,
                contextOf(file, toCancel, webhook),
                target == null ? null : target.account(),
                target == null ? null : target.namespace());
        if (foreign != null && calls.account() != null && !agents.contains(calls.account())) {
            checkAccount(calls, foreign);
        }
        return calls;
    }

    /**
     * Returns the context of the calls from the most general to the most specific one, of which the later wins. What the deployment file
     * says comes first: it replaces no default of Jenkins, since a stranger may have written it, and its value may be the host of a call.
     */
    static Map<String, String> contextOf(
            @CheckForNull DeploymentFile file, @CheckForNull Webhook toCancel, Webhook webhook) {
        Map<String, Webhook> inFile = file == null ? Map.of() : file.webhooks();
        Map<String, String> all = new LinkedHashMap<>(file == null ? Map.of() : file.context());
        Stream.of(toCancel, webhook)
                .filter(Objects::nonNull)
                .sorted(Comparator.comparing(each -> !inFile.containsKey(each.name())))
                .forEach(each -> all.putAll(each.context()));
        return all;
    }

    /** Returns a webhook with the step's own ways to a verdict. */
    private Webhook withVerdict(Webhook webhook) throws AbortException {
        try {
            Webhook judged = answer == null ? webhook : webhook.withAnswer(answer);
            return status == null ? judged : judged.withStatus(status);
        } catch (InvalidWebhookException x) {
            throw new AbortException(x.getMessage());
        }
    }

    @CheckForNull
    private Webhook cancelOf(Surroundings at, Webhook webhook, @CheckForNull DeploymentFile file)
            throws IOException, InterruptedException {
        CancelReference wanted = cancel == null ? webhook.cancel() : cancel;
        if (wanted == null) {
            return null;
        }
        Webhook inline = wanted.inline();
        Webhook found =
                inline != null ? inline.onTheWayOf(webhook) : named(at, file, "cancel", String.valueOf(wanted.name()));
        return withBody(at, found).asCancel();
    }

    private Webhook withBody(Surroundings at, Webhook webhook) throws IOException, InterruptedException {
        if (webhook.bodyPath() == null) {
            return webhook;
        }
        if (at.isRule()) {
            throw new AbortException(
                    "webhook '" + webhook.name() + "' reads its body from the workspace, which the Pipeline"
                            + " fills, and a rule takes nothing from there; an administrator has to give it"
                            + " bodyTemplate: {inline: '...'}");
        }
        if (at.isPlanned()) { // what goes before may write the file
            return webhook.withBody(BODY_OF_LATER);
        }
        String template = WorkspaceFile.read(at.context(), "bodyTemplate", webhook.bodyPath());
        checkSecrets(webhook.bodyPath() + ":", Variables.secretsIn(template));
        try {
            return webhook.withBody(template);
        } catch (InvalidWebhookException x) {
            throw new AbortException(webhook.bodyPath() + ": " + x.getMessage());
        }
    }

    /** @param parameter the parameter of the step, or field of the definition, that has the name */
    private Webhook named(Surroundings at, @CheckForNull DeploymentFile file, String parameter, String name)
            throws IOException, InterruptedException {
        Webhook inFile = file == null ? null : file.webhooks().get(name);
        if (inFile != null) {
            String place = at.webhooks().placeOf(name).orElse(null);
            if (place != null) {
                throw new AbortException(definedTwice(parameter, name, place));
            }
            if (configFile != null) {
                String where = configFile + ": webhook '" + name + "'";
                checkSecrets(where, inFile.secrets());
                checkAgent(where, inFile.agentIdentifier());
            }
            return inFile;
        }
        Webhook inJenkins = at.webhooks().find(name).orElse(null);
        if (inJenkins != null) {
            return inJenkins;
        }
        TreeSet<String> known = at.webhooks().names();
        if (file != null) {
            known.addAll(file.webhooks().keySet());
        }
        throw new AbortException(parameter + ": there is no webhook \"" + name + "\"; " + Nearest.known(name, known));
    }

    /** Returns the message about a name that is defined in the deployment file and in Jenkins. */
    private String definedTwice(String parameter, String name, String place) {
        boolean isText = configFile == null;
        String file = isText ? CONFIG : configFile;
        return parameter + ": \"" + name + "\" is defined in " + file + " and " + place + ", and "
                + (isText ? "a reader could not tell which is called" : "a file of the workspace cannot replace it")
                + "; give it another name in " + file + ", or leave " + (isText ? CONFIG : "configFile") + " out";
    }

    /** @param where the file, and the webhook in it, that uses the secrets */
    private void checkSecrets(String where, Set<String> used) throws AbortException {
        for (String id : used) {
            if (!secrets.contains(id)) {
                throw new AbortException(
                        where + " uses {{secrets." + id + "}}, which the step does not list; if that file may"
                                + " send it, say secrets: ['" + id + "'] in the step");
            }
        }
    }

    /** @param where the file, and the webhook in it, that is called from the agent */
    private void checkAgent(String where, @CheckForNull String agent) throws AbortException {
        if (agent != null && !agents.contains(agent)) {
            throw new AbortException(where + ": agentIdentifier: is the agent \"" + agent
                    + "\", which the step does not list; if that file may" + " call from there, say agents: ['" + agent
                    + "'] in the step");
        }
    }

    /**
     * Checks that no call is made from the agent of the account, which is that of all webhooks that name none, whoever defined them.
     *
     * @param foreign the file of the workspace that has chosen the account
     */
    static void checkAccount(OutgoingCalls calls, String foreign) throws AbortException {
        Webhook called = calls.all()
                .filter(webhook -> webhook.networkMode() == NetworkMode.REMOTE_NETWORK_AGENT)
                .filter(webhook -> webhook.agentIdentifier() == null)
                .findFirst()
                .orElse(null);
        if (called != null) {
            throw new AbortException("webhook '" + called.name()
                    + "': agentIdentifier: is missing, and the account \"" + calls.account() + "\" in " + foreign
                    + " is no agent that the step lists; name the agent in agentIdentifier, or say agents: ['"
                    + calls.account() + "'] in the step if that file may choose it");
        }
    }

    /** Returns the step's deployment file, {@code null} if it has none. */
    @CheckForNull
    private DeploymentFile deploymentFile(StepContext stepContext) throws IOException, InterruptedException {
        try {
            if (configFile != null) {
                return DeploymentFile.parse(configFile, WorkspaceFile.read(stepContext, "configFile", configFile));
            }
            return config == null ? null : DeploymentFile.parse(CONFIG, config);
        } catch (DeploymentFile.InvalidException x) {
            String where = configFile == null ? CONFIG + ":" : "configFile: " + configFile;
            throw new AbortException(where + " cannot be used:\n" + x.getMessage());
        }
    }
}
