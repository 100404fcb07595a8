package io.jenkins.plugins.armory.config;

import hudson.ExtensionList;
import hudson.model.Job;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The webhooks that are defined in Jenkins, by name. */
@Restricted(NoExternalUse.class)
public final class Webhooks {

    private Webhooks() {}

    /** The definition of that name that is nearest to the job: on one of its folders, from the inside, or in the settings. */
    public static Optional<Webhook> find(Job<?, ?> job, String name) {
        return placesOf(job, name).map(place -> place.webhooks().get(name)).findFirst();
    }

    /** The place where {@link #find} finds something, for people to read. */
    public static Optional<String> placeOf(Job<?, ?> job, String name) {
        return placesOf(job, name).map(WebhookSource.Place::description).findFirst();
    }

    /** All names that {@link #find} finds something for, in alphabetical order. */
    public static TreeSet<String> names(Job<?, ?> job) {
        TreeSet<String> names = new TreeSet<>();
        places(job).forEach(place -> names.addAll(place.webhooks().keySet()));
        return names;
    }

    private static Stream<WebhookSource.Place> placesOf(Job<?, ?> job, String name) {
        return places(job).stream().filter(place -> place.webhooks().containsKey(name));
    }

    private static List<WebhookSource.Place> places(Job<?, ?> job) {
        List<WebhookSource.Place> places = new ArrayList<>();
        ExtensionList.lookup(WebhookSource.class).forEach(source -> places.addAll(source.places(job)));
        places.add(new WebhookSource.Place(
                "in Manage Jenkins » System",
                WebhookDefinition.checked(ArmoryConfiguration.get().getWebhooks())));
        return places;
    }
}
