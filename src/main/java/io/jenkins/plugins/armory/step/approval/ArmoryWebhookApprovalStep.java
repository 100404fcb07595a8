package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.RelativePath;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Job;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.DecisionText;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.approval.TermsBuilder;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.config.form.AnswerDefinition;
import io.jenkins.plugins.armory.config.form.Argument;
import io.jenkins.plugins.armory.config.form.BodyTemplate;
import io.jenkins.plugins.armory.config.form.CancelDefinition;
import io.jenkins.plugins.armory.config.form.Forms;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.config.form.ListField;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.config.form.Parameter;
import io.jenkins.plugins.armory.config.form.RetryDefinition;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.config.form.StatusDefinition;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import io.jenkins.plugins.armory.config.form.WebhookForm;
import io.jenkins.plugins.armory.config.form.Webhooks;
import io.jenkins.plugins.armory.step.ArmoryStepDescriptor;
import io.jenkins.plugins.armory.step.Messages;
import io.jenkins.plugins.armory.step.Shorthands;
import io.jenkins.plugins.armory.step.StepArguments;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
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
 * callback. Without a webhook it asks a person. Parameters have the names of Armory's deployment file where it has
 * them.
 *
 * <p>The class is long because data binding needs a getter and a setter here for each of its parameters, and a method
 * of the descriptor for each check and list of its form. The rules are in {@link Terms}, {@link Shorthands} and {@link
 * WebhookForm}.
 */
@Restricted(NoExternalUse.class)
public class ArmoryWebhookApprovalStep extends Step implements ApprovalDefinition {

    static final String FUNCTION = "armoryWebhookApproval";

    @CheckForNull
    private String webhook;

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

    @CheckForNull
    private Long timeout;

    @CheckForNull
    private TimeUnit unit;

    private long heartbeat;

    @CheckForNull
    private TimeUnit heartbeatUnit;

    /** See {@link Terms#fromCall}. */
    private boolean fromCall;

    @CheckForNull
    private CancelDefinition cancel;

    @CheckForNull
    private AnswerDefinition answer;

    @CheckForNull
    private StatusDefinition status;

    @CheckForNull
    private String callbackCredentialsId;

    private List<String> allowedCallers = List.of();
    private List<String> notified = List.of();

    public ArmoryWebhookApprovalStep() {}

    /**
     * For {@code armoryWebhookApproval('name')}: workflow-cps gives the only parameter of the constructor a value
     * without a name. It has a setter too, so it may be left out.
     */
    @DataBoundConstructor
    public ArmoryWebhookApprovalStep(@CheckForNull String webhook) {
        setWebhook(webhook);
    }

    @CheckForNull
    @Override
    public String getWebhook() {
        return webhook;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public final void setWebhook(@CheckForNull String webhook) {
        this.webhook = Util.fixEmptyAndTrim(webhook);
    }

    @CheckForNull
    public String getName() {
        return definition.getName();
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setName(@CheckForNull String name) {
        definition.setName(name);
    }

    @CheckForNull
    public String getUriTemplate() {
        return definition.getUriTemplate();
    }

    @DataBoundSetter
    @Argument(filled = true)
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
    @Argument(filled = true)
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
    @Argument(filled = true)
    public void setSignWith(@CheckForNull String signWith) {
        definition.setSignWith(signWith);
    }

    @CheckForNull
    public String getClientCertificateId() {
        return definition.getClientCertificateId();
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setClientCertificateId(@CheckForNull String clientCertificateId) {
        definition.setClientCertificateId(clientCertificateId);
    }

    @CheckForNull
    public String getTrustCertificateId() {
        return definition.getTrustCertificateId();
    }

    @DataBoundSetter
    @Argument(filled = true)
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
    @Argument(map = true, forProcess = true)
    public void setContext(@CheckForNull List<KeyValue> context) {
        definition.setContext(context);
    }

    @CheckForNull
    public String getEnvironment() {
        return environment;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setEnvironment(@CheckForNull String environment) {
        this.environment = Util.fixEmptyAndTrim(environment);
    }

    public String getPhase() {
        return phase;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setPhase(@CheckForNull String phase) {
        this.phase = Objects.requireNonNullElse(Util.fixEmptyAndTrim(phase), Phase.STRATEGY.toString());
    }

    @CheckForNull
    @Override
    public ManualApproval getManualApproval() {
        return manualApproval;
    }

    @DataBoundSetter
    @Argument(text = "message")
    public void setManualApproval(@CheckForNull ManualApproval manualApproval) {
        this.manualApproval = manualApproval;
    }

    public long getTimeout() {
        return timeout == null ? Terms.STANDARD_HOURS : timeout;
    }

    @DataBoundSetter
    public void setTimeout(long timeout) {
        this.timeout = timeout;
    }

    public TimeUnit getUnit() {
        return unit == null || isUnitOfHeartbeat() ? TimeUnit.HOURS : unit;
    }

    @DataBoundSetter
    public void setUnit(@CheckForNull TimeUnit unit) {
        this.unit = unit;
    }

    /** Returns the longest time between two reports of progress, 0 for no limit. */
    public long getHeartbeat() {
        return heartbeat;
    }

    @DataBoundSetter
    @Argument(forProcess = true)
    public void setHeartbeat(long heartbeat) {
        this.heartbeat = heartbeat;
    }

    /** Returns {@code null} without a heartbeat, so that the Snippet Generator writes the unit with every heartbeat. */
    @CheckForNull
    public TimeUnit getHeartbeatUnit() {
        return heartbeat == 0 ? null : unitOfHeartbeat();
    }

    private TimeUnit unitOfHeartbeat() {
        if (heartbeatUnit != null) {
            return heartbeatUnit;
        }
        return unit != null && isUnitOfHeartbeat() ? unit : TimeUnit.MINUTES;
    }

    /**
     * Returns whether {@code unit} belongs to the heartbeat: in {@code heartbeat: 10, unit: 'MINUTES'} there is no
     * timeout.
     */
    private boolean isUnitOfHeartbeat() {
        return heartbeat != 0 && timeout == null && heartbeatUnit == null;
    }

    @DataBoundSetter
    public void setHeartbeatUnit(@CheckForNull TimeUnit heartbeatUnit) {
        this.heartbeatUnit = heartbeatUnit;
    }

    /** Returns the step's own cancel webhook, which replaces the one of the webhook's definition. */
    @CheckForNull
    public CancelDefinition getCancel() {
        return cancel;
    }

    @DataBoundSetter
    @Argument(text = "webhook", forProcess = true)
    public void setCancel(@CheckForNull CancelDefinition cancel) {
        this.cancel = cancel;
    }

    /** Returns the step's own rule for the answer, which replaces the one of the webhook's definition. */
    @CheckForNull
    public AnswerDefinition getAnswer() {
        return answer;
    }

    @DataBoundSetter
    @Argument(filled = true, forProcess = true)
    public void setAnswer(@CheckForNull AnswerDefinition answer) {
        this.answer = answer;
    }

    /** Returns the step's own question for the status, which replaces the one of the webhook's definition. */
    @CheckForNull
    public StatusDefinition getStatus() {
        return status;
    }

    @DataBoundSetter
    @Argument(filled = true, forProcess = true)
    public void setStatus(@CheckForNull StatusDefinition status) {
        this.status = status;
    }

    @CheckForNull
    @Override
    public String getCallbackCredentialsId() {
        return callbackCredentialsId;
    }

    @DataBoundSetter
    @Argument(filled = true, forProcess = true)
    public void setCallbackCredentialsId(@CheckForNull String callbackCredentialsId) {
        this.callbackCredentialsId = Util.fixEmptyAndTrim(callbackCredentialsId);
    }

    @Override
    public List<String> getAllowedCallers() {
        return allowedCallers;
    }

    /** @param allowedCallers entries in the format of {@link AllowedCallers} */
    @DataBoundSetter
    @Argument(filled = true, forProcess = true)
    public void setAllowedCallers(@CheckForNull List<String> allowedCallers) {
        this.allowedCallers = ListField.of(allowedCallers);
    }

    @Override
    public List<String> getNotify() {
        return notified;
    }

    @DataBoundSetter
    @Argument(scalar = true)
    public void setNotify(@CheckForNull List<String> names) {
        notified = ListField.of(names);
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryWebhookApprovalExecution(stepContext, this);
    }

    /** Returns the name of the step in messages. */
    String functionName() {
        return FUNCTION;
    }

    /**
     * Returns the step's approvals.
     *
     * @param place the environment or stage, for people; {@code null} outside both
     * @throws AbortException naming the parameter that is wrong
     */
    List<Approval> approvals(ApprovalFactory factory, @CheckForNull String place) throws AbortException {
        if (mistake != null) {
            throw new AbortException(mistake);
        }
        return List.of(approval("", "", this, factory, place));
    }

    final void beginsWithItsCall() {
        fromCall = true;
    }

    /** Returns what is wrong with the arguments, {@code null} for nothing that was found yet. */
    @CheckForNull
    final String mistake() {
        return mistake;
    }

    /**
     * @param path where its arguments stand
     * @param label what messages name the approval by
     */
    final Approval approval(
            String path,
            String label,
            ArmoryWebhookApprovalStep of,
            ApprovalFactory factory,
            @CheckForNull String place)
            throws AbortException {
        try {
            return factory.approval(label, of.requirePhase(), place, of);
        } catch (AbortException x) {
            throw new AbortException(DecisionText.at(label, x.getMessage()));
        } catch (IllegalArgumentException x) {
            throw new AbortException(functionName() + ": " + DecisionText.at(path, x.getMessage()));
        }
    }

    @Override
    public Map<String, String> contextMap() {
        return definition.contextMap();
    }

    @Override
    public TermsBuilder terms() {
        Duration limit = Terms.limit(getTimeout(), getUnit());
        return Terms.standard().timeout(limit).fromCall(fromCall).heartbeat(silence(limit));
    }

    @Override
    public CancelReference cancel() {
        return cancel == null ? null : cancel.toCancel();
    }

    @Override
    public AnswerRule answer() {
        return answer == null ? null : answer.toRule();
    }

    @Override
    public StatusCheck status() {
        return status == null ? null : status.toCheck();
    }

    /** Returns the webhook that the step defines, {@code null} if it names one and if people alone decide. */
    @CheckForNull
    @Override
    public Webhook inline() {
        if (webhook != null || asksPersonAlone()) {
            return null;
        }
        if (getUriTemplate() == null && getName() == null) {
            throw new IllegalArgumentException(
                    "webhook: is missing; name one that is defined in Manage Jenkins or on a"
                            + " folder, define one here with uriTemplate, or let people alone decide with manualApproval: 'Go?'");
        }
        return definition.toInlineWebhook();
    }

    /**
     * Returns whether the step has a manual approval and nothing of a webhook. A step that has anything of one does
     * not: a forgotten parameter must not leave the decision to the person.
     */
    private boolean asksPersonAlone() {
        List<String> given = Parameter.given(this);
        if (manualApproval == null || given.stream().anyMatch(ArmoryWebhookApprovalStep::isOfDefinition)) {
            return false;
        }
        String names =
                given.stream().filter(ArmoryWebhookApprovalStep::isForProcess).collect(Collectors.joining(", "));
        if (!names.isEmpty()) {
            throw new IllegalArgumentException(
                    names + ": is for an external process, and the step has no webhook; name one"
                            + " with webhook or define one with uriTemplate, or leave out " + names
                            + ", so that a person alone decides");
        }
        return true;
    }

    /**
     * Returns the longest silence of the external process, {@code null} for any.
     *
     * @throws IllegalArgumentException naming the parameter and a valid value
     */
    @CheckForNull
    private Duration silence(Duration limit) {
        if (heartbeat == 0) {
            return null;
        }
        long millis = unitOfHeartbeat().toMillis(heartbeat);
        if (millis < 1 || millis >= limit.toMillis()) {
            throw new IllegalArgumentException("heartbeat: " + heartbeat + " " + unitOfHeartbeat()
                    + " is not between 1 millisecond and the timeout of " + getTimeout() + " " + getUnit()
                    + "; give its unit with heartbeatUnit, or leave it out");
        }
        return Duration.ofMillis(millis);
    }

    /** Returns how the approvals are asked for, with a key that steps share if their arguments are the same. */
    StepApprovals.Asked asked() {
        return new StepApprovals.Asked(argumentsKey(), "", false, false, true);
    }

    /**
     * Returns a key that steps share if their arguments are the same. A success makes up for the failure of such a step
     * alone: an approval that asks another person or another environment is no retry.
     */
    final String argumentsKey() {
        return argumentsKey;
    }

    /** @throws IllegalArgumentException naming the parameter and the known phases */
    Phase requirePhase() {
        return Phase.of(phase)
                .orElseThrow(() -> new IllegalArgumentException(
                        "phase: there is no phase \"" + phase + "\"; known are " + Phase.names()));
    }

    /** Returns whether a parameter belongs to the definition of a webhook, and not to each approval of one. */
    static boolean isOfDefinition(String name) {
        return Parameter.of(WebhookDefinition.class).containsKey(name) && !isForProcess(name);
    }

    /** Returns whether a parameter is for the external process, whoever defines its webhook. */
    static boolean isForProcess(String name) {
        return Parameter.of(ArmoryWebhookApprovalStep.class).get(name).is(Argument::forProcess);
    }

    @Extension
    public static class DescriptorImpl extends ArmoryStepDescriptor implements WebhookForm, ListField {

        private static final String WEBHOOK = "webhook";

        public DescriptorImpl() {
            this(FUNCTION, false);
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
        protected Step instantiate(Map<String, Object> arguments) throws Exception {
            Step step = super.instantiate(arguments);
            ((ArmoryWebhookApprovalStep) step).argumentsKey = StepArguments.keyOf(arguments);
            return step;
        }

        /**
         * Returns the step itself, so that its failure is that of an approval. Of the arguments, those count that say
         * where it is: the environments have to hear of its failure.
         */
        @Override
        protected Step mistaken(String mistake, Map<String, Object> arguments) {
            ArmoryWebhookApprovalStep failing = newStep();
            failing.mistake = nameInMessages() + ": " + mistake;
            if (arguments.get("phase") instanceof CharSequence given) {
                failing.setPhase(given.toString());
            }
            if (arguments.get("environment") instanceof CharSequence given) {
                failing.setEnvironment(given.toString());
            }
            return failing;
        }

        ArmoryWebhookApprovalStep newStep() {
            return new ArmoryWebhookApprovalStep();
        }

        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            Map<String, Object> inFull = super.customInstantiate(arguments);
            StepArguments.checkNamed(inFull, WEBHOOK, ArmoryWebhookApprovalStep::isOfDefinition);
            return inFull;
        }

        /**
         * Says what an empty form lacks.
         *
         * @param ofAll the webhook that the form around this has for all of its approvals
         */
        @POST
        public FormValidation doCheckWebhook(
                @QueryParameter String value,
                @QueryParameter String uriTemplate,
                @QueryParameter boolean manualApproval,
                @RelativePath("..") @QueryParameter(WEBHOOK) String ofAll) {
            return !manualApproval && (Util.fixNull(value) + Util.fixNull(uriTemplate) + Util.fixNull(ofAll)).isBlank()
                    ? ofEmptyForm()
                    : FormValidation.ok();
        }

        FormValidation ofEmptyForm() {
            return FormValidation.warning(Messages.ArmoryWebhookApprovalStep_empty());
        }

        @POST
        public FormValidation doCheckHeartbeat(@QueryParameter String value) {
            return Forms.checkNumber(value, 0);
        }

        @POST
        public FormValidation doCheckTimeout(@QueryParameter String value) {
            return Forms.checkNumber(value, 1);
        }

        /**
         * Returns the webhooks that the job may call, for a user who may configure it, and the one that the step has.
         */
        @POST
        public ListBoxModel doFillWebhookItems(@AncestorInPath Job<?, ?> job, @QueryParameter String webhook) {
            boolean mayKnow = job != null && job.hasPermission(Item.CONFIGURE);
            Set<String> names = mayKnow ? Webhooks.of(job).names() : new TreeSet<>();
            names.add(Util.fixNull(webhook));
            names.add("");
            return Forms.items(names);
        }

        /** Returns the phases that the step takes. */
        List<Phase> phases() {
            return List.of(Phase.values());
        }

        /**
         * Returns the phase that the form proposes. It must be the step's default, or the Snippet Generator writes it.
         */
        public String getDefaultPhase() {
            return Phase.STRATEGY.toString();
        }

        @POST
        public ListBoxModel doFillPhaseItems() {
            return Forms.items(phases());
        }

        @POST
        public ListBoxModel doFillUnitItems() {
            return Forms.units(TimeUnit.SECONDS, TimeUnit.MINUTES, TimeUnit.HOURS, TimeUnit.DAYS);
        }

        @POST
        public ListBoxModel doFillHeartbeatUnitItems() {
            return doFillUnitItems();
        }

        @POST
        public ListBoxModel doFillCallbackCredentialsIdItems(
                @AncestorInPath Item item, @QueryParameter String callbackCredentialsId) {
            return SecretTexts.items(item, callbackCredentialsId);
        }

        @POST
        public FormValidation doCheckCallbackCredentialsId(@AncestorInPath Item item, @QueryParameter String value) {
            return SecretTexts.problem(item, Util.fixEmptyAndTrim(value))
                    .map(FormValidation::error)
                    .orElseGet(FormValidation::ok);
        }
    }
}
