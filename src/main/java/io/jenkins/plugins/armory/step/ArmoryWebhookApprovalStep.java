package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Job;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.ComboBoxModel;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.config.BodyTemplate;
import io.jenkins.plugins.armory.config.CancelDefinition;
import io.jenkins.plugins.armory.config.KeyValue;
import io.jenkins.plugins.armory.config.SecretTexts;
import io.jenkins.plugins.armory.config.WebhookDefinition;
import io.jenkins.plugins.armory.config.WebhookForm;
import io.jenkins.plugins.armory.config.Webhooks;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code armoryWebhookApproval}: calls a webhook, suspends the build, and goes on or fails as the callback says. The names
 * of the parameters are those of Armory's deployment file where it has them.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryWebhookApprovalStep extends Step {

    @CheckForNull
    private String webhook;

    @CheckForNull
    private String configFile;

    /** What there is of a definition in the step itself. */
    private final WebhookDefinition definition = new WebhookDefinition();

    @CheckForNull
    private String environment;

    private String phase = Phase.STRATEGY.toString();

    @CheckForNull
    private ManualApproval manualApproval;

    /** {@code null} when the step does not say, and so are these. */
    @CheckForNull
    private Long timeout;

    @CheckForNull
    private TimeUnit unit;

    /** 0 for none. */
    private long heartbeat;

    @CheckForNull
    private TimeUnit heartbeatUnit;

    @CheckForNull
    private CancelDefinition cancel;

    @CheckForNull
    private String callbackCredentialsId;

    private List<String> allowedCallers = List.of();
    private List<String> secrets = List.of();

    @DataBoundConstructor
    public ArmoryWebhookApprovalStep() {}

    /** Name of a webhook that is defined elsewhere. */
    @CheckForNull
    public String getWebhook() {
        return webhook;
    }

    @DataBoundSetter
    public void setWebhook(@CheckForNull String webhook) {
        this.webhook = Util.fixEmptyAndTrim(webhook);
    }

    /** The Armory deployment file in the workspace whose webhooks the step may run. */
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
        return timeout == null ? DescriptorImpl.DEFAULT_TIMEOUT : timeout;
    }

    @DataBoundSetter
    public void setTimeout(long timeout) {
        this.timeout = timeout;
    }

    public TimeUnit getUnit() {
        return unit == null || isUnitOfHeartbeat() ? DescriptorImpl.DEFAULT_UNIT : unit;
    }

    @DataBoundSetter
    public void setUnit(@CheckForNull TimeUnit unit) {
        this.unit = unit;
    }

    /** How long the external process may be silent; 0 for as long as it likes. */
    public long getHeartbeat() {
        return heartbeat;
    }

    @DataBoundSetter
    public void setHeartbeat(long heartbeat) {
        this.heartbeat = heartbeat;
    }

    /** {@code null} without a heartbeat, so that whoever writes a step down says it with every heartbeat. */
    @CheckForNull
    public TimeUnit getHeartbeatUnit() {
        return heartbeat == 0 ? null : heartbeatUnit();
    }

    private TimeUnit heartbeatUnit() {
        if (heartbeatUnit != null) {
            return heartbeatUnit;
        }
        return unit != null && isUnitOfHeartbeat() ? unit : DescriptorImpl.DEFAULT_HEARTBEAT_UNIT;
    }

    @DataBoundSetter
    public void setHeartbeatUnit(@CheckForNull TimeUnit heartbeatUnit) {
        this.heartbeatUnit = heartbeatUnit;
    }

    /** In {@code heartbeat: 10, unit: 'MINUTES'} nothing else is there for the unit to belong to. */
    private boolean isUnitOfHeartbeat() {
        return heartbeat != 0 && timeout == null && heartbeatUnit == null;
    }

    /** What is called when the approval ends without its external process; before what the webhook's definition says. */
    @CheckForNull
    public CancelDefinition getCancel() {
        return cancel;
    }

    @DataBoundSetter
    public void setCancel(@CheckForNull CancelDefinition cancel) {
        this.cancel = cancel;
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

    /** @param allowedCallers as {@link AllowedCallers} has it; a form sends all of them in one text of several lines */
    @DataBoundSetter
    public void setAllowedCallers(@CheckForNull List<String> allowedCallers) {
        this.allowedCallers = lines(allowedCallers);
    }

    /** For the form. */
    public String getAllowedCallerLines() {
        return String.join("\n", allowedCallers);
    }

    /** Ids of the Secret texts that templates of the workspace may use; those of Pipelines and settings need no list. */
    public List<String> getSecrets() {
        return secrets;
    }

    /** @param secrets the ids; a form sends all of them in one text of several lines */
    @DataBoundSetter
    public void setSecrets(@CheckForNull List<String> secrets) {
        this.secrets = lines(secrets);
    }

    /** For the form. */
    public String getSecretLines() {
        return String.join("\n", secrets);
    }

    private static List<String> lines(@CheckForNull List<String> texts) {
        return texts == null
                ? List.of()
                : texts.stream()
                        .flatMap(String::lines)
                        .map(String::strip)
                        .filter(each -> !each.isEmpty())
                        .toList();
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryWebhookApprovalExecution(stepContext, this);
    }

    /**
     * Where the webhook comes from, checked as far as it can be before anything is read.
     *
     * @throws IllegalArgumentException naming the parameter and what to put there
     */
    WebhookReference toReference() {
        return toReferenceWithoutCancel()
                .cancelledBy(cancel == null ? null : cancel.toCancel())
                .withSecretsForFiles(secrets);
    }

    private WebhookReference toReferenceWithoutCancel() {
        if (webhook == null) {
            if (configFile != null && definition.getUriTemplate() == null) {
                throw new IllegalArgumentException("webhook: is missing; name one of the webhooks in " + configFile);
            }
            if (definition.getUriTemplate() == null && definition.getName() == null) {
                throw new IllegalArgumentException(
                        "webhook: is missing; name one that is defined in Manage Jenkins, on a"
                                + " folder, or in a deployment file (configFile), or define one here with name and uriTemplate");
            }
            return WebhookReference.to(definition.toWebhook(), configFile);
        }
        List<String> superfluous = new ArrayList<>();
        if (definition.getName() != null) {
            superfluous.add("name");
        }
        if (definition.getUriTemplate() != null) {
            superfluous.add("uriTemplate");
        }
        if (!definition.getMethod().equals(WebhookDefinition.DEFAULT_METHOD)) {
            superfluous.add("method");
        }
        if (!definition.getHeaders().isEmpty()) {
            superfluous.add("headers");
        }
        if (definition.getBodyTemplate() != null) {
            superfluous.add("bodyTemplate");
        }
        if (definition.getRetryCount() != 0) {
            superfluous.add("retryCount");
        }
        if (!definition.getNetworkMode().equals(NetworkMode.DIRECT.toString())) {
            superfluous.add("networkMode");
        }
        if (definition.getAgentIdentifier() != null) {
            superfluous.add("agentIdentifier");
        }
        if (definition.isDisableCallback()) {
            superfluous.add("disableCallback");
        }
        if (!superfluous.isEmpty()) {
            throw new IllegalArgumentException("webhook: names a definition, so leave out "
                    + String.join(", ", superfluous) + ", or leave out webhook to define one here");
        }
        return WebhookReference.to(webhook, definition.contextMap(), configFile);
    }

    /** @throws IllegalArgumentException naming the parameter and what to put there */
    Phase requirePhase() {
        return Phase.of(phase)
                .orElseThrow(() -> new IllegalArgumentException(
                        "phase: there is no phase \"" + phase + "\"; known are " + Phase.names()));
    }

    /** @throws IllegalArgumentException naming the parameter and what to put there */
    Duration timeoutDuration() {
        long millis = getTimeout() > 0 ? getUnit().toMillis(getTimeout()) : 0;
        if (millis < 1 || millis > DescriptorImpl.LONGEST_TIMEOUT.toMillis()) {
            throw new IllegalArgumentException(
                    "timeout: " + getTimeout() + " " + getUnit() + " is not between 1 millisecond and "
                            + DescriptorImpl.LONGEST_TIMEOUT.toDays() + " days; leave it out for "
                            + DescriptorImpl.DEFAULT_TIMEOUT + " " + DescriptorImpl.DEFAULT_UNIT);
        }
        return Duration.ofMillis(millis);
    }

    /**
     * How long the external process may be silent, {@code null} for as long as it likes.
     *
     * @throws IllegalArgumentException naming the parameter and what to put there
     */
    @CheckForNull
    Duration heartbeatDuration() {
        if (heartbeat == 0) {
            return null;
        }
        long millis = heartbeatUnit().toMillis(heartbeat);
        if (millis < 1 || millis >= timeoutDuration().toMillis()) {
            throw new IllegalArgumentException("heartbeat: " + heartbeat + " " + heartbeatUnit()
                    + " is not between 1 millisecond and the timeout of " + getTimeout() + " " + getUnit()
                    + "; give its unit with heartbeatUnit, or leave it out");
        }
        return Duration.ofMillis(millis);
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements CustomDescribableModel {

        /** Armory's <i>External Automation</i>: without a callback within 24 hours the process times out. */
        static final long DEFAULT_TIMEOUT = 24;

        static final TimeUnit DEFAULT_UNIT = TimeUnit.HOURS;
        static final TimeUnit DEFAULT_HEARTBEAT_UNIT = TimeUnit.MINUTES;
        static final Duration LONGEST_TIMEOUT = Duration.ofDays(366);
        private static final String CONTEXT = "context";
        private static final String CANCEL = "cancel";

        @Override
        public String getFunctionName() {
            return "armoryWebhookApproval";
        }

        @NonNull
        @Override
        public String getDisplayName() {
            return Messages.ArmoryWebhookApprovalStep_displayName();
        }

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of(Run.class, TaskListener.class, EnvVars.class, FlowNode.class);
        }

        @Override
        public String argumentsToString(Map<String, Object> arguments) {
            Object name = arguments.getOrDefault("webhook", arguments.get("name"));
            return name instanceof String text ? text : null;
        }

        /**
         * {@code context: [key: 'value']} becomes the list of pairs that a form has, and {@code cancel: 'name'} a definition that
         * has that name.
         *
         * @throws IllegalArgumentException naming an argument that the step does not have, or not so
         */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            Map<String, Object> result = withContextAsList(arguments);
            if (result.get(CANCEL) instanceof CharSequence name) {
                result = new LinkedHashMap<>(result);
                result.put(CANCEL, Map.of("webhook", name.toString()));
            }
            return StepArguments.checked(this, result);
        }

        private static Map<String, Object> withContextAsList(Map<String, Object> arguments) {
            if (!(arguments.get(CONTEXT) instanceof Map<?, ?> context)) {
                return arguments;
            }
            List<Map<String, Object>> entries = new ArrayList<>();
            context.forEach((key, value) -> entries.add(
                    Map.of("key", String.valueOf(key), "value", value == null ? "" : String.valueOf(value))));
            Map<String, Object> result = new LinkedHashMap<>(arguments);
            result.put(CONTEXT, entries);
            return result;
        }

        /** The reverse, for the Snippet Generator. */
        @Override
        public UninstantiatedDescribable customUninstantiate(UninstantiatedDescribable step) {
            if (!(step.getArguments().get(CONTEXT) instanceof List<?> entries)) {
                return step;
            }
            Map<String, Object> context = new LinkedHashMap<>();
            for (Object entry : entries) {
                if (entry instanceof UninstantiatedDescribable pair) {
                    context.put(
                            String.valueOf(pair.getArguments().get("key")),
                            pair.getArguments().get("value"));
                }
            }
            Map<String, Object> arguments = new LinkedHashMap<>(step.getArguments());
            arguments.put(CONTEXT, context);
            return step.withArguments(arguments);
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
            return "0".equals(Util.fixNull(value).strip()) ? FormValidation.ok() : doCheckTimeout(value);
        }

        @POST
        public FormValidation doCheckTimeout(@QueryParameter String value) {
            try {
                return Util.fixEmptyAndTrim(value) == null || Long.parseLong(value.strip()) > 0
                        ? FormValidation.ok()
                        : FormValidation.error(Messages.ArmoryWebhookApprovalStep_timeout());
            } catch (NumberFormatException x) {
                return FormValidation.error(Messages.ArmoryWebhookApprovalStep_timeout());
            }
        }

        /** The names that a job of that place can use, for whoever may configure it. */
        @POST
        public ComboBoxModel doFillWebhookItems(@AncestorInPath Job<?, ?> job) {
            return job != null && job.hasPermission(Item.CONFIGURE)
                    ? new ComboBoxModel(Webhooks.names(job))
                    : new ComboBoxModel();
        }

        @POST
        public ListBoxModel doFillPhaseItems() {
            ListBoxModel items = new ListBoxModel();
            for (Phase each : Phase.values()) {
                items.add(each.toString(), each.toString());
            }
            return items;
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
            return doFillUnitItems();
        }

        @POST
        public ListBoxModel doFillUnitItems() {
            ListBoxModel items = new ListBoxModel();
            for (TimeUnit unit : List.of(TimeUnit.SECONDS, TimeUnit.MINUTES, TimeUnit.HOURS, TimeUnit.DAYS)) {
                items.add(unit.name().toLowerCase(Locale.ROOT), unit.name());
            }
            return items;
        }

        @POST
        public ListBoxModel doFillCallbackCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String callbackCredentialsId) {
            return SecretTexts.items(item, callbackCredentialsId);
        }
    }
}
