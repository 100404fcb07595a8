package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Job;
import hudson.util.ComboBoxModel;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.config.AnswerDefinition;
import io.jenkins.plugins.armory.config.BodyTemplate;
import io.jenkins.plugins.armory.config.CancelDefinition;
import io.jenkins.plugins.armory.config.Certificates;
import io.jenkins.plugins.armory.config.KeyValue;
import io.jenkins.plugins.armory.config.Lines;
import io.jenkins.plugins.armory.config.RetryDefinition;
import io.jenkins.plugins.armory.config.SecretTexts;
import io.jenkins.plugins.armory.config.StatusDefinition;
import io.jenkins.plugins.armory.config.WebhookDefinition;
import io.jenkins.plugins.armory.config.WebhookForm;
import io.jenkins.plugins.armory.config.Webhooks;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The step {@code armoryWebhookApproval}: calls a webhook, suspends the build, and continues or fails according to the
 * callback. Without a webhook it asks a person. Parameters have the names of Armory's deployment file where it has them.
 *
 * <p>The class is long because data binding needs a getter and a setter here for each of its parameters, and a method of the
 * descriptor for each check and list of its form. The rules are in {@link WebhookReference}, {@link TimeLimits},
 * {@link Shorthands} and {@link StepForm}.
 */
@Restricted(NoExternalUse.class)
public class ArmoryWebhookApprovalStep extends Step {

    @CheckForNull
    private String webhook;

    @CheckForNull
    private String config;

    @CheckForNull
    private String configFile;

    /** The inline definition; empty for a step that names a webhook. */
    private final WebhookDefinition definition = new WebhookDefinition();

    @CheckForNull
    private String environment;

    private String phase = Phase.STRATEGY.toString();

    @CheckForNull
    private String mistake;

    private String argumentsKey = "";

    @CheckForNull
    private ManualApproval manualApproval;

    private final TimeLimits limits = new TimeLimits();

    @CheckForNull
    private CancelDefinition cancel;

    @CheckForNull
    private AnswerDefinition answer;

    @CheckForNull
    private StatusDefinition status;

    @CheckForNull
    private String callbackCredentialsId;

    private List<String> allowedCallers = List.of();
    private List<String> secrets = List.of();
    private List<String> agents = List.of();
    private List<String> notified = List.of();

    @DataBoundConstructor
    public ArmoryWebhookApprovalStep() {}

    /** Returns the name of a webhook that is defined in Jenkins or in the deployment file. */
    @CheckForNull
    public String getWebhook() {
        return webhook;
    }

    @DataBoundSetter
    public void setWebhook(@CheckForNull String webhook) {
        this.webhook = Util.fixEmptyAndTrim(webhook);
    }

    /** Returns the text of an Armory deployment file. */
    @CheckForNull
    public String getConfig() {
        return config;
    }

    /** @param config is not trimmed, since messages name its lines */
    @DataBoundSetter
    public void setConfig(@CheckForNull String config) {
        this.config = config == null || config.isBlank() ? null : config;
    }

    /** Returns the path of an Armory deployment file in the workspace. */
    @CheckForNull
    public String getConfigFile() {
        return configFile;
    }

    @DataBoundSetter
    public void setConfigFile(@CheckForNull String configFile) {
        this.configFile = Util.fixEmptyAndTrim(configFile);
    }

    @CheckForNull
    public String getName() {
        return definition.getName();
    }

    @DataBoundSetter
    public void setName(@CheckForNull String name) {
        definition.setName(name);
    }

    @CheckForNull
    public String getUriTemplate() {
        return definition.getUriTemplate();
    }

    @DataBoundSetter
    public void setUriTemplate(@CheckForNull String uriTemplate) {
        definition.setUriTemplate(uriTemplate);
    }

    public String getMethod() {
        return definition.getMethod();
    }

    @DataBoundSetter
    public void setMethod(@CheckForNull String method) {
        definition.setMethod(method);
    }

    public List<KeyValue> getHeaders() {
        return definition.getHeaders();
    }

    @DataBoundSetter
    public void setHeaders(@CheckForNull List<KeyValue> headers) {
        definition.setHeaders(headers);
    }

    @CheckForNull
    public BodyTemplate getBodyTemplate() {
        return definition.getBodyTemplate();
    }

    @DataBoundSetter
    public void setBodyTemplate(@CheckForNull BodyTemplate bodyTemplate) {
        definition.setBodyTemplate(bodyTemplate);
    }

    public int getRetryCount() {
        return definition.getRetryCount();
    }

    @DataBoundSetter
    public void setRetryCount(int retryCount) {
        definition.setRetryCount(retryCount);
    }

    @CheckForNull
    public RetryDefinition getRetry() {
        return definition.getRetry();
    }

    @DataBoundSetter
    public void setRetry(@CheckForNull RetryDefinition retry) {
        definition.setRetry(retry);
    }

    public int getConnectTimeout() {
        return definition.getConnectTimeout();
    }

    @DataBoundSetter
    public void setConnectTimeout(int connectTimeout) {
        definition.setConnectTimeout(connectTimeout);
    }

    public int getRequestTimeout() {
        return definition.getRequestTimeout();
    }

    @DataBoundSetter
    public void setRequestTimeout(int requestTimeout) {
        definition.setRequestTimeout(requestTimeout);
    }

    @CheckForNull
    public String getSignWith() {
        return definition.getSignWith();
    }

    @DataBoundSetter
    public void setSignWith(@CheckForNull String signWith) {
        definition.setSignWith(signWith);
    }

    @CheckForNull
    public String getClientCertificateId() {
        return definition.getClientCertificateId();
    }

    @DataBoundSetter
    public void setClientCertificateId(@CheckForNull String clientCertificateId) {
        definition.setClientCertificateId(clientCertificateId);
    }

    @CheckForNull
    public String getTrustCertificateId() {
        return definition.getTrustCertificateId();
    }

    @DataBoundSetter
    public void setTrustCertificateId(@CheckForNull String trustCertificateId) {
        definition.setTrustCertificateId(trustCertificateId);
    }

    public String getNetworkMode() {
        return definition.getNetworkMode();
    }

    @DataBoundSetter
    public void setNetworkMode(@CheckForNull String networkMode) {
        definition.setNetworkMode(networkMode);
    }

    @CheckForNull
    public String getAgentIdentifier() {
        return definition.getAgentIdentifier();
    }

    @DataBoundSetter
    public void setAgentIdentifier(@CheckForNull String agentIdentifier) {
        definition.setAgentIdentifier(agentIdentifier);
    }

    public boolean isDisableCallback() {
        return definition.isDisableCallback();
    }

    @DataBoundSetter
    public void setDisableCallback(boolean disableCallback) {
        definition.setDisableCallback(disableCallback);
    }

    public List<KeyValue> getContext() {
        return definition.getContext();
    }

    @DataBoundSetter
    public void setContext(@CheckForNull List<KeyValue> context) {
        definition.setContext(context);
    }

    @CheckForNull
    public String getEnvironment() {
        return environment;
    }

    @DataBoundSetter
    public void setEnvironment(@CheckForNull String environment) {
        this.environment = Util.fixEmptyAndTrim(environment);
    }

    public String getPhase() {
        return phase;
    }

    @DataBoundSetter
    public void setPhase(@CheckForNull String phase) {
        this.phase = Objects.requireNonNullElse(Util.fixEmptyAndTrim(phase), Phase.STRATEGY.toString());
    }

    @CheckForNull
    public ManualApproval getManualApproval() {
        return manualApproval;
    }

    @DataBoundSetter
    public void setManualApproval(@CheckForNull ManualApproval manualApproval) {
        this.manualApproval = manualApproval;
    }

    public long getTimeout() {
        return limits.getTimeout();
    }

    @DataBoundSetter
    public void setTimeout(long timeout) {
        limits.setTimeout(timeout);
    }

    public TimeUnit getUnit() {
        return limits.getUnit();
    }

    @DataBoundSetter
    public void setUnit(@CheckForNull TimeUnit unit) {
        limits.setUnit(unit);
    }

    /** Returns the longest time between two reports of progress, 0 for no limit. */
    public long getHeartbeat() {
        return limits.getHeartbeat();
    }

    @DataBoundSetter
    public void setHeartbeat(long heartbeat) {
        limits.setHeartbeat(heartbeat);
    }

    /** Returns {@code null} without a heartbeat, so that the Snippet Generator writes the unit with every heartbeat. */
    @CheckForNull
    public TimeUnit getHeartbeatUnit() {
        return limits.getHeartbeat() == 0 ? null : limits.getHeartbeatUnit();
    }

    @DataBoundSetter
    public void setHeartbeatUnit(@CheckForNull TimeUnit heartbeatUnit) {
        limits.setHeartbeatUnit(heartbeatUnit);
    }

    /** Returns what a failure of the webhook or of the external process does: {@code fail} or {@code ask}. */
    public String getOnFailure() {
        return limits.getOnFailure();
    }

    @DataBoundSetter
    public void setOnFailure(@CheckForNull String onFailure) {
        limits.setOnFailure(onFailure);
    }

    /** Returns whether a newer build that comes to the same environment and phase ends the wait of this one. */
    public boolean isSupersede() {
        return limits.isSupersede();
    }

    @DataBoundSetter
    public void setSupersede(boolean supersede) {
        limits.setSupersede(supersede);
    }

    /** Returns the step's own cancel webhook, which replaces the one of the webhook's definition. */
    @CheckForNull
    public CancelDefinition getCancel() {
        return cancel;
    }

    @DataBoundSetter
    public void setCancel(@CheckForNull CancelDefinition cancel) {
        this.cancel = cancel;
    }

    /** Returns the step's own rule for the answer, which replaces the one of the webhook's definition. */
    @CheckForNull
    public AnswerDefinition getAnswer() {
        return answer;
    }

    @DataBoundSetter
    public void setAnswer(@CheckForNull AnswerDefinition answer) {
        this.answer = answer;
    }

    /** Returns the step's own question for the status, which replaces the one of the webhook's definition. */
    @CheckForNull
    public StatusDefinition getStatus() {
        return status;
    }

    @DataBoundSetter
    public void setStatus(@CheckForNull StatusDefinition status) {
        this.status = status;
    }

    @CheckForNull
    public String getCallbackCredentialsId() {
        return callbackCredentialsId;
    }

    @DataBoundSetter
    public void setCallbackCredentialsId(@CheckForNull String callbackCredentialsId) {
        this.callbackCredentialsId = Util.fixEmptyAndTrim(callbackCredentialsId);
    }

    public List<String> getAllowedCallers() {
        return allowedCallers;
    }

    /** @param allowedCallers entries in the format of {@link AllowedCallers} */
    @DataBoundSetter
    public void setAllowedCallers(@CheckForNull List<String> allowedCallers) {
        this.allowedCallers = Lines.of(allowedCallers);
    }

    public String getAllowedCallerLines() {
        return String.join("\n", allowedCallers);
    }

    /** Returns the ids of the Secret texts that templates of the workspace may use. Other templates need no list. */
    public List<String> getSecrets() {
        return secrets;
    }

    @DataBoundSetter
    public void setSecrets(@CheckForNull List<String> secrets) {
        this.secrets = Lines.of(secrets);
    }

    public String getSecretLines() {
        return String.join("\n", secrets);
    }

    /** Returns the names and labels of the agents that files of the workspace may call from. The Pipeline and the settings need no list. */
    public List<String> getAgents() {
        return agents;
    }

    @DataBoundSetter
    public void setAgents(@CheckForNull List<String> agents) {
        this.agents = Lines.of(agents);
    }

    public String getAgentLines() {
        return String.join("\n", agents);
    }

    /** Returns the names of the webhooks that are told of the approval. */
    public List<String> getNotify() {
        return notified;
    }

    @DataBoundSetter
    public void setNotify(@CheckForNull List<String> names) {
        notified = Lines.of(names);
    }

    public String getNotifyLines() {
        return String.join("\n", notified);
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryWebhookApprovalExecution(stepContext, this);
    }

    /** Returns the name of the step in messages. */
    String functionName() {
        return "armoryWebhookApproval";
    }

    WebhookDefinition definition() {
        return definition;
    }

    TimeLimits limits() {
        return limits;
    }

    /**
     * Makes this a step that fails: once the environments of the build know of it, so that what depends on them is not deployed, even
     * where the Pipeline catches the error.
     *
     * @param reason why it cannot be what its arguments ask for
     * @param arguments as the Pipeline has them, of which only those count that say where the step is
     */
    private void mistaken(String reason, Map<String, Object> arguments) {
        mistake = reason;
        if (arguments.get("phase") instanceof CharSequence given) {
            setPhase(given.toString());
        }
        if (arguments.get("environment") instanceof CharSequence given) {
            setEnvironment(given.toString());
        }
    }

    /** Returns what is wrong with the arguments, {@code null} for nothing that was found yet. */
    @CheckForNull
    String mistake() {
        return mistake;
    }

    /**
     * Returns a key that steps share if their arguments are the same. A success makes up for the failure of such a step alone: an approval
     * that asks another person or another environment is no retry.
     */
    String argumentsKey() {
        return argumentsKey;
    }

    /** @throws IllegalArgumentException naming the parameter and the known phases */
    Phase requirePhase() {
        return Phase.of(phase)
                .orElseThrow(() -> new IllegalArgumentException(
                        "phase: there is no phase \"" + phase + "\"; known are " + Phase.names()));
    }

    @Extension
    public static class DescriptorImpl extends ArmoryStepDescriptor {

        private static final String WEBHOOK = "webhook";
        private static final String CONTEXT = "context";
        private static final String CANCEL = "cancel";
        private static final String ANSWER = "answer";
        private static final String MANUAL_APPROVAL = "manualApproval";
        private static final String STATUS = "status";

        /** The fields of nested objects that would mean something else without a value: less would decide, or anybody's server be trusted. */
        private static final Map<String, List<String>> FILLED_FIELDS = Map.of(
                MANUAL_APPROVAL,
                List.of("submitters"),
                ANSWER,
                List.of("success", "pointer", "equals", "failure"),
                STATUS,
                List.of("success", "pointer", "failure"),
                CANCEL,
                List.of(WEBHOOK, "uriTemplate", "signWith", "clientCertificateId", "trustCertificateId"),
                "bodyTemplate",
                List.of("inline", "path"));

        public DescriptorImpl() {
            this("armoryWebhookApproval", false);
        }

        DescriptorImpl(String function, boolean hasBody) {
            super(function, hasBody, WEBHOOK);
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryWebhookApprovalStep_displayName();
        }

        @Override
        public String argumentsToString(Map<String, Object> arguments) {
            Object name = arguments.getOrDefault(WEBHOOK, arguments.get("name"));
            return name instanceof String text ? text : null;
        }

        @Override
        Step instantiate(Map<String, Object> arguments) throws Exception {
            Step step = super.instantiate(arguments);
            ((ArmoryWebhookApprovalStep) step).argumentsKey = StepArguments.keyOf(arguments);
            return step;
        }

        /** The step itself, so that its failure is that of an approval. */
        @Override
        Step mistaken(String mistake, Map<String, Object> arguments) {
            ArmoryWebhookApprovalStep failing = newStep();
            failing.mistaken(mistake, arguments);
            return failing;
        }

        ArmoryWebhookApprovalStep newStep() {
            return new ArmoryWebhookApprovalStep();
        }

        /** @throws IllegalArgumentException naming an argument that the step does not have, or whose type is wrong */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            Map<String, Object> result = Shorthands.numbersToTexts(
                    Shorthands.mapToEntries(getFunctionName(), arguments, CONTEXT), "retry", "on");
            // Beside a manual approval, a variable that is not set would leave the decision to a person alone.
            // And without callbackCredentialsId or submitters, more would be let in than those; without phase, it would
            // be another. Without signWith the call would not be signed, and so on.
            StepArguments.checkNotEmpty(
                    getFunctionName(),
                    arguments,
                    WEBHOOK,
                    "name",
                    "uriTemplate",
                    "bodyTemplate",
                    "phase",
                    "environment",
                    "config",
                    "configFile",
                    "callbackCredentialsId",
                    "allowedCallers",
                    "signWith",
                    "clientCertificateId",
                    "trustCertificateId",
                    "onFailure",
                    ANSWER,
                    STATUS);
            StepArguments.checkSet(getFunctionName(), arguments, CONTEXT);
            StepArguments.checkSet(getFunctionName(), arguments, "headers");
            if (arguments.get(MANUAL_APPROVAL) instanceof Map<?, ?> fields) {
                StepArguments.checkSet(getFunctionName() + ": " + MANUAL_APPROVAL, fields, "message");
            }
            FILLED_FIELDS.forEach((parameter, filled) -> {
                if (arguments.get(parameter) instanceof Map<?, ?> fields) {
                    StepArguments.checkNotEmpty(
                            getFunctionName() + ": " + parameter, fields, filled.toArray(String[]::new));
                }
            });
            result = Shorthands.scalarsToTexts(
                    result, ANSWER, Set.of("success", "pointer"), Set.of("equals", "failure"));
            result = Shorthands.scalarsToTexts(result, STATUS, Set.of("pointer"), Set.of("success", "failure"));
            result = Shorthands.textToList(result, "notify");
            StepArguments.checkEntries(getFunctionName(), result, "allowedCallers", "secrets", "agents", "notify");
            result = super.customInstantiate(Shorthands.textToObject(result, CANCEL, WEBHOOK));
            StepArguments.checkNamed(getFunctionName(), arguments, WEBHOOK, Set.of(CONTEXT, CANCEL, ANSWER, STATUS));
            return result;
        }

        @Override
        public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
            return Shorthands.entriesToMap(step, CONTEXT);
        }

        @POST
        public FormValidation doCheckUriTemplate(@QueryParameter String value) {
            return WebhookForm.checkUriTemplate(value);
        }

        @POST
        public FormValidation doCheckRetryCount(@QueryParameter String value) {
            return WebhookForm.checkRetryCount(value);
        }

        @POST
        public FormValidation doCheckAgentIdentifier(@QueryParameter String value, @QueryParameter String networkMode) {
            return WebhookForm.checkAgentIdentifier(value, networkMode);
        }

        @POST
        public FormValidation doCheckHeartbeat(@QueryParameter String value) {
            return StepForm.checkPositiveOrZero(value);
        }

        @POST
        public FormValidation doCheckTimeout(@QueryParameter String value) {
            return StepForm.checkPositive(value);
        }

        /** Returns the names of the webhooks that the job may call; none for a user who may not configure it. */
        @POST
        public ComboBoxModel doFillWebhookItems(@AncestorInPath Job<?, ?> job) {
            return job != null && job.hasPermission(Item.CONFIGURE)
                    ? new ComboBoxModel(Webhooks.names(job))
                    : new ComboBoxModel();
        }

        /** Returns the phases that the step takes. */
        List<Phase> phases() {
            return List.of(Phase.values());
        }

        /** Returns the phase that the form proposes. It must be the step's default, or the Snippet Generator writes it. */
        public String getDefaultPhase() {
            return Phase.STRATEGY.toString();
        }

        @POST
        public ListBoxModel doFillPhaseItems() {
            return StepForm.phases(phases());
        }

        @POST
        public FormValidation doCheckConnectTimeout(
                @QueryParameter String value, @QueryParameter String requestTimeout) {
            return WebhookForm.checkConnectTimeout(value, requestTimeout);
        }

        @POST
        public FormValidation doCheckRequestTimeout(@QueryParameter String value) {
            return WebhookForm.checkRequestTimeout(value);
        }

        @POST
        public ListBoxModel doFillSignWithItems(@AncestorInPath Item item, @QueryParameter String signWith) {
            return SecretTexts.items(item, signWith);
        }

        @POST
        public ListBoxModel doFillClientCertificateIdItems(
                @AncestorInPath Item item, @QueryParameter String clientCertificateId) {
            return Certificates.items(item, clientCertificateId);
        }

        @POST
        public ListBoxModel doFillTrustCertificateIdItems(
                @AncestorInPath Item item, @QueryParameter String trustCertificateId) {
            return Certificates.items(item, trustCertificateId);
        }

        @POST
        public ListBoxModel doFillOnFailureItems() {
            return StepForm.onFailure();
        }

        @POST
        public ListBoxModel doFillMethodItems() {
            return WebhookForm.methods();
        }

        @POST
        public ListBoxModel doFillNetworkModeItems() {
            return WebhookForm.networkModes();
        }

        @POST
        public ListBoxModel doFillHeartbeatUnitItems() {
            return StepForm.units();
        }

        @POST
        public ListBoxModel doFillUnitItems() {
            return StepForm.units();
        }

        @POST
        public ListBoxModel doFillCallbackCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String callbackCredentialsId) {
            return SecretTexts.items(item, callbackCredentialsId);
        }
    }
}
