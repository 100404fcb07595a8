package io.jenkins.plugins.armory.config;

import hudson.ExtensionPoint;
import hudson.model.Job;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.List;
import java.util.Map;

/** A source of webhook definitions that take precedence over those in <i>Manage Jenkins » System</i>. */
interface WebhookSource extends ExtensionPoint {

    /** Returns the definitions that the job may use, by their names in each place, the nearest place first. */
    List<Map<String, Webhook>> places(Job<?, ?> job);
}
