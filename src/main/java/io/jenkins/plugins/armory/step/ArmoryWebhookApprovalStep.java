package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import edu.umd.cs.findbugs.annotations.NonNull;
import hudson.EnvVars;
import hudson.Extension;
import hudson.Util;
import hudson.model.Item;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.callback.AllowedCallers;
import io.jenkins.plugins.armory.config.SecretTexts;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;
import org.jenkinsci.plugins.structs.describable.UninstantiatedDescribable;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.stapler.AncestorInPath;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * {@code armoryWebhookApproval}: calls a webhook, suspends the build, and goes on or fails as the callback says. The names
 * of the parameters are those of Armory's deployment file where it has them.
 */
public final class ArmoryWebhookApprovalStep extends Step {

    private final String name;
    private final String uriTemplate;
    private String method = DescriptorImpl.DEFAULT_METHOD;
    private List<KeyValue> headers = List.of();

    @CheckForNull
    private BodyTemplate bodyTemplate;

    private List<KeyValue> context = List.of();

    @CheckForNull
    private String environment;

    private long timeout = DescriptorImpl.DEFAULT_TIMEOUT;
    private TimeUnit unit = DescriptorImpl.DEFAULT_UNIT;

    @CheckForNull
    private String callbackCredentialsId;

    private List<String> allowedCallers = List.of();

    /**
     * @param name what people know the webhook by
     * @param uriTemplate template of the address to call
     */
    @DataBoundConstructor
    public ArmoryWebhookApprovalStep(String name, String uriTemplate) {
        this.name = name;
        this.uriTemplate = uriTemplate;
    }

    public String getName() {
        return name;
    }

    public String getUriTemplate() {
        return uriTemplate;
    }

    public String getMethod() {
        return method;
    }

    @DataBoundSetter
    public void setMethod(String method) {
        this.method = method == null || method.isBlank() ? DescriptorImpl.DEFAULT_METHOD : method.strip();
    }

    public List<KeyValue> getHeaders() {
        return headers;
    }

    @DataBoundSetter
    public void setHeaders(@CheckForNull List<KeyValue> headers) {
        this.headers = headers == null ? List.of() : headers;
    }

    @CheckForNull
    public BodyTemplate getBodyTemplate() {
        return bodyTemplate;
    }

    @DataBoundSetter
    public void setBodyTemplate(@CheckForNull BodyTemplate bodyTemplate) {
        this.bodyTemplate = bodyTemplate == null || bodyTemplate.getInline() == null ? null : bodyTemplate;
    }

    public List<KeyValue> getContext() {
        return context;
    }

    @DataBoundSetter
    public void setContext(@CheckForNull List<KeyValue> context) {
        this.context = context == null ? List.of() : context;
    }

    @CheckForNull
    public String getEnvironment() {
        return environment;
    }

    @DataBoundSetter
    public void setEnvironment(@CheckForNull String environment) {
        this.environment = Util.fixEmptyAndTrim(environment);
    }

    public long getTimeout() {
        return timeout;
    }

    @DataBoundSetter
    public void setTimeout(long timeout) {
        this.timeout = timeout;
    }

    public TimeUnit getUnit() {
        return unit;
    }

    @DataBoundSetter
    public void setUnit(@CheckForNull TimeUnit unit) {
        this.unit = unit == null ? DescriptorImpl.DEFAULT_UNIT : unit;
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
        this.allowedCallers = allowedCallers == null
                ? List.of()
                : allowedCallers.stream().flatMap(String::lines).map(String::strip).filter(each -> !each.isEmpty()).toList();
    }

    /** For the form. */
    public String getAllowedCallerLines() {
        return String.join("\n", allowedCallers);
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new ArmoryWebhookApprovalExecution(stepContext, this);
    }

    /** @throws IllegalArgumentException naming the parameter and what to put there */
    Webhook toWebhook() {
        List<Webhook.Header> all = new ArrayList<>();
        for (KeyValue header : headers) {
            all.add(new Webhook.Header(header.getKey(), header.getValue()));
        }
        return new Webhook(name, method, uriTemplate, all, bodyTemplate == null ? null : bodyTemplate.getInline());
    }

    /** The context as templates see it. */
    LinkedHashMap<String, String> contextMap() {
        LinkedHashMap<String, String> map = new LinkedHashMap<>();
        context.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        return map;
    }

    /** @throws IllegalArgumentException naming the parameter and what to put there */
    Duration timeoutDuration() {
        long millis = timeout > 0 ? unit.toMillis(timeout) : 0;
        if (millis < 1 || millis > DescriptorImpl.LONGEST_TIMEOUT.toMillis()) {
            throw new IllegalArgumentException("timeout: " + timeout + " " + unit + " is not between 1 millisecond and "
                    + DescriptorImpl.LONGEST_TIMEOUT.toDays() + " days; leave it out for "
                    + DescriptorImpl.DEFAULT_TIMEOUT + " " + DescriptorImpl.DEFAULT_UNIT);
        }
        return Duration.ofMillis(millis);
    }

    @Extension
    public static final class DescriptorImpl extends StepDescriptor implements CustomDescribableModel {

        static final String DEFAULT_METHOD = "POST";
        /** Armory's <i>External Automation</i>: without a callback within 24 hours the process times out. */
        static final long DEFAULT_TIMEOUT = 24;

        static final TimeUnit DEFAULT_UNIT = TimeUnit.HOURS;
        static final Duration LONGEST_TIMEOUT = Duration.ofDays(366);
        private static final String CONTEXT = "context";

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
            return Set.of(Run.class, TaskListener.class, EnvVars.class);
        }

        @Override
        public String argumentsToString(Map<String, Object> arguments) {
            return arguments.get("name") instanceof String name ? name : null;
        }

        /** {@code context: [key: 'value']} becomes the list of pairs that a form has. */
        @Override
        public Map<String, Object> customInstantiate(Map<String, Object> arguments) {
            if (!(arguments.get(CONTEXT) instanceof Map<?, ?> context)) {
                return arguments;
            }
            List<Map<String, Object>> entries = new ArrayList<>();
            context.forEach((key, value) -> entries.add(Map.of(
                    "key", String.valueOf(key), "value", value == null ? "" : String.valueOf(value))));
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
        public FormValidation doCheckName(@QueryParameter String value) {
            return FormValidation.validateRequired(value);
        }

        @POST
        public FormValidation doCheckUriTemplate(@QueryParameter String value) {
            String uri = Util.fixEmptyAndTrim(value);
            if (uri == null) {
                return FormValidation.validateRequired(value);
            }
            String lowerCase = uri.toLowerCase(Locale.ROOT);
            return lowerCase.startsWith("http://") || lowerCase.startsWith("https://") || uri.startsWith("{{")
                    ? FormValidation.ok()
                    : FormValidation.error(Messages.ArmoryWebhookApprovalStep_uriScheme());
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

        @POST
        public ListBoxModel doFillMethodItems() {
            ListBoxModel items = new ListBoxModel();
            Webhook.METHODS.forEach(method -> items.add(method, method));
            return items;
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
