package io.jenkins.plugins.armory.config;

import hudson.Extension;
import hudson.model.AbstractDescribableImpl;
import hudson.model.Descriptor;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/**
 * One of a webhook's {@code headers}, as in Armory's deployment file, or of the pairs of {@code context}, of which
 * Jenkinsfiles have a map and forms a list.
 */
@Restricted(NoExternalUse.class)
public final class KeyValue extends AbstractDescribableImpl<KeyValue> {

    private final String key;
    private final String value;

    /**
     * @param key name of the header, or what follows {@code context.} in a template
     * @param value template of the header's value, or what a template gets for {@code context}'s key
     */
    @DataBoundConstructor
    public KeyValue(String key, String value) {
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
    public static final class DescriptorImpl extends Descriptor<KeyValue> {
        @Override
        public String getDisplayName() {
            return "";
        }
    }
}
