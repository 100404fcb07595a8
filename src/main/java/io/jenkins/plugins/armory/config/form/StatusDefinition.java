package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import hudson.util.ListBoxModel;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The field {@code status: [uriTemplate: '...', every: 30, unit: 'SECONDS', pointer: '/state', success: ['passed'],
 * failure: ['failed']]}: Jenkins asks the external process whether it is done. {@link #toCheck} checks it.
 */
@Restricted(NoExternalUse.class)
public final class StatusDefinition extends VerdictDefinition<StatusDefinition> {

    private static final String FIELD = "status";
    private static final long DEFAULT_EVERY = 30;
    private static final TimeUnit DEFAULT_UNIT = TimeUnit.SECONDS;

    @CheckForNull
    private String uriTemplate;

    private List<KeyValue> headers = new ArrayList<>();
    private long every = DEFAULT_EVERY;
    private TimeUnit unit = DEFAULT_UNIT;

    @CheckForNull
    private String location;

    private List<String> success = new ArrayList<>();

    @DataBoundConstructor
    public StatusDefinition() {}

    /** Sets the defaults of fields that a configuration leaves out, since XStream runs no initializers. */
    private Object readResolve() {
        setHeaders(headers);
        setEvery(every == 0 ? DEFAULT_EVERY : every);
        setUnit(unit);
        setSuccess(success);
        setFailure(getFailure());
        return this;
    }

    @CheckForNull
    public String getUriTemplate() {
        return uriTemplate;
    }

    @DataBoundSetter
    public void setUriTemplate(@CheckForNull String uriTemplate) {
        this.uriTemplate = Util.fixEmptyAndTrim(uriTemplate);
    }

    public List<KeyValue> getHeaders() {
        return headers;
    }

    @DataBoundSetter
    public void setHeaders(@CheckForNull List<KeyValue> headers) {
        this.headers = ListField.copy(headers);
    }

    /** Returns the time between two questions, in {@link #getUnit}. */
    public long getEvery() {
        return every;
    }

    @DataBoundSetter
    public void setEvery(long every) {
        this.every = every;
    }

    public TimeUnit getUnit() {
        return unit;
    }

    @DataBoundSetter
    public void setUnit(@CheckForNull TimeUnit unit) {
        this.unit = Objects.requireNonNullElse(unit, DEFAULT_UNIT);
    }

    /**
     * Returns the place of the address of the next question in the body, as a JSON Pointer; {@code null} if it stays
     * the same.
     */
    @CheckForNull
    public String getLocation() {
        return location;
    }

    @DataBoundSetter
    @Argument(filled = true)
    public void setLocation(@CheckForNull String location) {
        this.location = Util.fixEmptyAndTrim(location);
    }

    /** Returns the values that mean success. */
    public List<String> getSuccess() {
        return success;
    }

    /** @param success one value an entry or a line */
    @DataBoundSetter
    @Argument(filled = true, scalar = true)
    public void setSuccess(@CheckForNull List<String> success) {
        this.success = ListField.of(success);
    }

    /**
     * Checks the fields and returns the question.
     *
     * @throws InvalidWebhookException naming the field that is wrong
     */
    public StatusCheck toCheck() {
        try {
            Webhook webhook = Webhook.named(FIELD)
                    .method("GET")
                    .uriTemplate(uriTemplate)
                    .headers(KeyValue.toHeaders(headers))
                    .disableCallback(true)
                    .answer(AnswerRule.ofStatus(getPointer(), location, success, getFailure()))
                    .build();
            return new StatusCheck(webhook, duration(every, unit));
        } catch (InvalidWebhookException x) {
            throw new InvalidWebhookException(FIELD, x.getMessage());
        }
    }

    private static Duration duration(long every, TimeUnit unit) {
        return Duration.ofMillis(unit.toMillis(every));
    }

    @Extension
    public static final class DescriptorImpl extends PartDescriptor<StatusDefinition> implements ListField {

        @Override
        public String getHelpFile(String fieldName) {
            return fieldName.equals("headers") ? Forms.helpFile(fieldName) : super.getHelpFile(fieldName);
        }

        @POST
        public FormValidation doCheckUriTemplate(@QueryParameter String value) {
            return value.isBlank()
                    ? FormValidation.validateRequired(value)
                    : Forms.checkField(webhook -> webhook.uriTemplate(value));
        }

        @POST
        public FormValidation doCheckPointer(@QueryParameter String value) {
            return value.isBlank() ? FormValidation.validateRequired(value) : AnswerDefinition.checkPointer(value);
        }

        @POST
        public FormValidation doCheckLocation(@QueryParameter String value) {
            return AnswerDefinition.checkPointer(value);
        }

        @POST
        public FormValidation doCheckEvery(@QueryParameter String value, @QueryParameter String unit) {
            String every = Util.fixEmptyAndTrim(value);
            String of = Util.fixEmptyAndTrim(unit);
            return Forms.check(() -> StatusCheck.checkEvery(duration(
                    every == null ? 0 : Long.parseLong(every), of == null ? DEFAULT_UNIT : TimeUnit.valueOf(of))));
        }

        /**
         * Returns all units: a saved one that is missing here would be replaced by the first when the form is saved.
         */
        @POST
        public ListBoxModel doFillUnitItems() {
            return Forms.units(TimeUnit.values());
        }
    }
}
