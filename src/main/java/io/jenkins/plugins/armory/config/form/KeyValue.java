package io.jenkins.plugins.armory.config.form;

import hudson.Extension;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundConstructor;

/** A header of a webhook, or an entry of its {@code context}. */
@Restricted(NoExternalUse.class)
public final class KeyValue extends AbstractDescribableImpl<KeyValue> {

    private final String key;
    private final String value;

    /**
     * @param key the header's name, or the key in {@code {{context.key}}}
     * @param value the template of the header's value, or the value of {@code {{context.key}}}
     */
    @DataBoundConstructor
    public KeyValue(String key, String value) {
        this.key = key;
        this.value = value;
    }

    /** Returns entries as a map, in their order. Of two with one key, the later counts. */
    public static Map<String, String> toMap(List<KeyValue> entries) {
        Map<String, String> map = new LinkedHashMap<>();
        entries.forEach(entry -> map.put(entry.key, entry.value));
        return map;
    }

    /**
     * Returns entries as headers of a webhook.
     *
     * @throws InvalidWebhookException naming what is wrong with one
     */
    static List<Webhook.Header> toHeaders(List<KeyValue> entries) {
        return entries.stream()
                .map(entry -> new Webhook.Header(entry.key, entry.value))
                .toList();
    }

    /**
     * Checks that both are given: a blank may be that of a variable that is not set.
     *
     * @throws IllegalArgumentException naming the one that is not
     */
    public void checkGiven() {
        ListField.notBlank("key", Util.fixNull(key));
        ListField.notBlank("value", Util.fixNull(value));
    }

    public String getKey() {
        return key;
    }

    public String getValue() {
        return value;
    }

    @Extension
    public static final class DescriptorImpl extends PartDescriptor<KeyValue> {}
}
