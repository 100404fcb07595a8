package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.webhook.RetryRules;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;
import org.kohsuke.stapler.DataBoundSetter;
import org.kohsuke.stapler.QueryParameter;
import org.kohsuke.stapler.verb.POST;

/**
 * The parameter {@code retry: [count: 5, on: ['429', '5xx'], delay: 2, maxDelay: 60]}: how a failed call is repeated.
 */
@Restricted(NoExternalUse.class)
public final class RetryDefinition extends AbstractDescribableImpl<RetryDefinition> {

    private int count;
    private List<String> on = new ArrayList<>();
    private int delay;
    private int maxDelay;

    @DataBoundConstructor
    public RetryDefinition() {}

    /** Sets the default of a field that a configuration leaves out, since XStream runs no initializers. */
    private Object readResolve() {
        setOn(on);
        return this;
    }

    /** Returns how many attempts there may be after the first. */
    public int getCount() {
        return count;
    }

    @DataBoundSetter
    public void setCount(int count) {
        this.count = count;
    }

    /** Returns the answers after which the call is repeated, empty for the default. */
    public List<String> getOn() {
        return on;
    }

    /**
     * @param on statuses and classes of them; an element may have several, separated by commas or spaces, as the form
     *     sends them
     */
    @DataBoundSetter
    @Argument(scalar = true)
    public void setOn(@CheckForNull List<String> on) {
        this.on = ListField.words(on);
    }

    public String getOnText() {
        return String.join(", ", on);
    }

    /** Returns the first delay in seconds, 0 for the default. */
    public int getDelay() {
        return delay;
    }

    @DataBoundSetter
    public void setDelay(int delay) {
        this.delay = delay;
    }

    /** Returns the longest delay in seconds, 0 for the default. */
    public int getMaxDelay() {
        return maxDelay;
    }

    @DataBoundSetter
    public void setMaxDelay(int maxDelay) {
        this.maxDelay = maxDelay;
    }

    /** @throws io.jenkins.plugins.armory.webhook.InvalidWebhookException naming what is wrong */
    RetryRules toRules() {
        return RetryRules.of(count, on, delay, maxDelay);
    }

    @Extension
    public static final class DescriptorImpl extends PartDescriptor<RetryDefinition> {

        @POST
        public FormValidation doCheckCount(@QueryParameter String value) {
            return Forms.check(() -> RetryRules.ofCount(Forms.number(value)));
        }

        @POST
        public FormValidation doCheckOn(@QueryParameter String value) {
            RetryDefinition retry = new RetryDefinition();
            retry.setOn(value == null ? null : List.of(value));
            return Forms.check(retry::toRules);
        }
    }
}
