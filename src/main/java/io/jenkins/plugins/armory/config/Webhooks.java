package io.jenkins.plugins.armory.config;

import hudson.ExtensionList;
import hudson.model.Job;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** The webhooks that are defined in Jenkins, by name. */
public final class Webhooks {

    private Webhooks() {}

    /** The definition of that name that is nearest to the job: on one of its folders, from the inside, or in the settings. */
    public static Optional<Webhook> find(Job<?, ?> job, String name) {
        return places(job).stream()
                .map(webhooks -> webhooks.get(name))
                .filter(webhook -> webhook != null)
                .findFirst();
    }

    /** All names that {@link #find} finds something for, in alphabetical order. */
    public static TreeSet<String> names(Job<?, ?> job) {
        TreeSet<String> names = new TreeSet<>();
        places(job).forEach(webhooks -> names.addAll(webhooks.keySet()));
        return names;
    }

    private static List<Map<String, Webhook>> places(Job<?, ?> job) {
        List<Map<String, Webhook>> places = new ArrayList<>();
        ExtensionList.lookup(WebhookSource.class).forEach(source -> places.addAll(source.webhooks(job)));
        places.add(WebhookDefinition.checked(ArmoryConfiguration.get().getWebhooks()));
        return places;
    }
}
