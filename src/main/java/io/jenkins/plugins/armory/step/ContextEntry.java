package io.jenkins.plugins.armory.step;

import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import org.kohsuke.stapler.DataBoundConstructor;

/** One pair of {@code context}. Jenkinsfiles have a map of them, forms a list. */
public final class ContextEntry extends AbstractDescribableImpl<ContextEntry> {

    private final String key;
    private final String value;

    /**
     * @param key what follows {@code context.} in a template
     * @param value what a template gets for it
     */
    @DataBoundConstructor
    public ContextEntry(String key, String value) {
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
    public static final class DescriptorImpl extends Descriptor<ContextEntry> {
        @Override
        public String getDisplayName() {
            return "";
        }
    }
}
