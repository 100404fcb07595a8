package io.jenkins.plugins.armory.config;

import hudson.ExtensionPoint;
import hudson.model.Job;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.List;
import java.util.Map;

/** Knows webhooks that are defined nearer to a job than in <i>Manage Jenkins » System</i>. */
interface WebhookSource extends ExtensionPoint {

    /**
     * A place where webhooks are defined.
     *
     * @param description for people, such as "on folder team"
     * @param webhooks the definitions by their names
     */
    record Place(String description, Map<String, Webhook> webhooks) {}

    /** Returns the places whose definitions the job may use, the nearest first. */
    List<Place> places(Job<?, ?> job);
}
