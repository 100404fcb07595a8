package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The webhooks of the parameter {@code notify}, by their names. They are those of Jenkins, on folders or in the settings. Their context is
 * their own and that of the step.
 */
final class NotifyTargets {

    private NotifyTargets() {}

    /**
     * Looks up the webhooks.
     *
     * @param ofStep the {@code context} of the step
     * @return {@code null} if nobody is to be told
     * @throws AbortException naming a webhook that is unknown, or that is not one for this
     */
    @CheckForNull
    static Notifications find(List<String> names, Map<String, String> ofStep, Surroundings at) throws AbortException {
        if (names.isEmpty()) {
            return null;
        }
        List<Webhook> webhooks = new ArrayList<>();
        for (String name : names.stream().distinct().toList()) {
            Webhook webhook = at.webhooks().find(name).orElse(null);
            if (webhook == null) {
                throw new AbortException(unknown(name, at.webhooks().names()));
            }
            check(webhook);
            try {
                Map<String, String> context = new LinkedHashMap<>(webhook.context());
                context.putAll(ofStep);
                webhooks.add(at.trace().addTo(webhook.asCancel().withContext(context)));
            } catch (InvalidWebhookException x) {
                throw new AbortException(x.getMessage());
            }
        }
        return Notifications.by(webhooks);
    }

    private static String unknown(String name, TreeSet<String> known) {
        return "notify: there is no webhook \"" + name + "\" on a folder or in Manage Jenkins » System; "
                + WebhookReference.known(known);
    }

    private static void check(Webhook webhook) throws AbortException {
        String start = "notify: webhook '" + webhook.name() + "' ";
        for (String variable : List.of(Variables.CALLBACK_URI, Variables.CALLBACK_TOKEN)) {
            if (webhook.mentions(variable)) {
                throw new AbortException(start + "has {{" + variable
                        + "}}, and whoever is told must not be able to decide; name a webhook that is made for people");
            }
        }
    }
}
