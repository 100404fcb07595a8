package io.jenkins.plugins.armory.config;

import hudson.ExtensionPoint;
import hudson.model.Job;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.List;
import java.util.Map;

/** Knows webhooks that are defined nearer to a job than in <i>Manage Jenkins » System</i>. */
interface WebhookSource extends ExtensionPoint {

    /**
     * The definitions that the job may use, by their names, one map for each place that has some, the nearest first.
     */
    List<Map<String, Webhook>> webhooks(Job<?, ?> job);
}
