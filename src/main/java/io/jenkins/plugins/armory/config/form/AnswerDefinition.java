package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.Util;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The field {@code answer: [success: '200-299', pointer: '/state', equals: ['passed'], failure: ['failed']]}: the
 * answer to the webhook decides, and no callback is awaited. {@link #toRule} checks it.
 */
@Restricted(NoExternalUse.class)
public final class AnswerDefinition extends VerdictDefinition<AnswerDefinition> {

    /** A value for the checks of the other fields. */
    private static final List<String> ANY = List.of("any");

    @CheckForNull
    private String success;

    private List<String> equals = new ArrayList<>();

    @DataBoundConstructor
    public AnswerDefinition() {}

    /** Sets the defaults of fields that a configuration leaves out, since XStream runs no initializers. */
    private Object readResolve() {
        setSuccess(success);
        setEquals(equals);
        setFailure(getFailure());
        return this;
    }

    /**
     * Returns the HTTP statuses that mean success. With a pointer, these are the statuses whose bodies are judged, and
     * {@code null} stands for 2xx.
     */
    @CheckForNull
    public String getSuccess() {
        return success;
    }

    @DataBoundSetter
    @Argument(filled = true, scalar = true)
    public void setSuccess(@CheckForNull String success) {
        this.success = Util.fixEmptyAndTrim(success);
    }

    /** Returns the values that mean success. */
    public List<String> getEquals() {
        return equals;
    }

    /** @param equals one value an entry or a line */
    @DataBoundSetter
    @Argument(filled = true, scalar = true)
    public void setEquals(@CheckForNull List<String> equals) {
        this.equals = ListField.of(equals);
    }

    /**
     * Checks the fields and returns the rule.
     *
     * @throws InvalidWebhookException naming the field that is wrong
     */
    public AnswerRule toRule() {
        try {
            return AnswerRule.ofAnswer(success, getPointer(), equals, getFailure());
        } catch (InvalidWebhookException x) {
            throw new InvalidWebhookException("answer", x.getMessage());
        }
    }

    static FormValidation checkPointer(@CheckForNull String value) {
        String pointer = Util.fixEmptyAndTrim(value);
        return pointer == null
                ? FormValidation.ok()
                : Forms.check(() -> AnswerRule.ofAnswer(null, pointer, ANY, List.of()));
    }

    @Extension
    public static final class DescriptorImpl extends PartDescriptor<AnswerDefinition> implements ListField {

        @POST
        public FormValidation doCheckSuccess(@QueryParameter String value, @QueryParameter String pointer) {
            String success = Util.fixEmptyAndTrim(value);
            return Forms.check(
                    () -> { // with a pointer, which has a check of its own, the statuses may be left out
                        boolean judgesBody = Util.fixEmptyAndTrim(pointer) != null;
                        AnswerRule.ofAnswer(
                                success, judgesBody ? "/any" : null, judgesBody ? ANY : List.of(), List.of());
                    });
        }

        @POST
        public FormValidation doCheckPointer(@QueryParameter String value) {
            return AnswerDefinition.checkPointer(value);
        }
    }
}
