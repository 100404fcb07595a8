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

/** Lookup of the webhooks that are defined in Jenkins: on the folders of a job from the inside, then in the settings. */
@Restricted(NoExternalUse.class)
public final class Webhooks {

    private Webhooks() {}

    /** Returns the nearest webhook of a name. */
    public static Optional<Webhook> find(Job<?, ?> job, String name) {
        return placesOf(job, name).map(place -> place.webhooks().get(name)).findFirst();
    }

    /** Returns the place of the nearest webhook of a name, for error messages. */
    public static Optional<String> placeOf(Job<?, ?> job, String name) {
        return placesOf(job, name).map(WebhookSource.Place::description).findFirst();
    }

    /** Returns the names of all webhooks that a job may call. */
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
