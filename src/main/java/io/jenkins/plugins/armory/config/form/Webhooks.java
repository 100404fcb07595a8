package io.jenkins.plugins.armory.config.form;

import hudson.model.Job;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The webhooks of Jenkins that one job, or the rules of an environment, may name. */
@Restricted(NoExternalUse.class)
public final class Webhooks {

    /** The nearest first. */
    private final List<Map<String, Webhook>> places;

    private Webhooks(List<Map<String, Webhook>> places) {
        this.places = places;
    }

    /** Returns those of a job: on its folders from the inside, then in the settings. */
    public static Webhooks of(Job<?, ?> job) {
        List<Map<String, Webhook>> places = new ArrayList<>();
        if (!(job.getParent() instanceof Jenkins)) { // so the plugin that has folders is installed
            places.addAll(FolderWebhooks.around(job));
        }
        places.add(Settings.get().webhooks());
        return new Webhooks(places);
    }

    /** Returns those of the settings alone, which no folder replaces. */
    public static Webhooks ofSettings() {
        return new Webhooks(List.of(Settings.get().webhooks()));
    }

    /** Returns the nearest webhook of a name. */
    public Optional<Webhook> find(String name) {
        return places.stream()
                .map(place -> place.get(name))
                .filter(Objects::nonNull)
                .findFirst();
    }

    /** Returns the names of all. */
    public TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>();
        places.forEach(place -> names.addAll(place.keySet()));
        return names;
    }
}
