package io.jenkins.plugins.armory.config;

import hudson.ExtensionPoint;
import hudson.model.Job;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.List;
import java.util.Map;

/** A source of webhook definitions that take precedence over those in <i>Manage Jenkins » System</i>. */
interface WebhookSource extends ExtensionPoint {

    /**
     * A place with webhook definitions.
     *
     * @param description the place, for error messages, such as "on folder team"
     * @param webhooks the definitions by their names
     */
    record Place(String description, Map<String, Webhook> webhooks) {}

    /** Returns the places whose definitions the job may use, the nearest first. */
    List<Place> places(Job<?, ?> job);
}
