package io.jenkins.plugins.armory.step;

import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import org.kohsuke.stapler.DataBoundConstructor;

/** One of a webhook's {@code headers}, as in Armory's deployment file. */
public final class Header extends AbstractDescribableImpl<Header> {

    private final String key;
    private final String value;

    /**
     * @param key name of the header
     * @param value template of its value
     */
    @DataBoundConstructor
    public Header(String key, String value) {
        this.key = key;
        this.value = value;
    }

    public String getKey() {
        return key;
    }

    public String getValue() {
        return value;
    }

    @Extension
    public static final class DescriptorImpl extends Descriptor<Header> {
        @Override
        public String getDisplayName() {
            return "";
        }
    }
}
