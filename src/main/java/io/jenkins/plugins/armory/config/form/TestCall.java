package io.jenkins.plugins.armory.config.form;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.Item;
import hudson.model.ItemGroup;
import hudson.security.ACL;
import hudson.security.ACLContext;
import hudson.util.FormValidation;
import io.jenkins.plugins.armory.approval.Notifications.Occasion;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.call.ApprovalRequests;
import io.jenkins.plugins.armory.call.CallPermits;
import io.jenkins.plugins.armory.call.CallPermits.Permit;
import io.jenkins.plugins.armory.call.CallResult;
import io.jenkins.plugins.armory.call.CertificateMaterial;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.call.WebhookClient;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.RequestRenderer;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jenkins.model.Jenkins;

/**
 * A single call of a saved webhook, to try its definition. It uses the webhook's templates and secrets, the allowed hosts and the
 * proxy, and has no retries. Its approval id belongs to no approval: a callback to it is answered with 410.
 */
record TestCall(CallbackTokens tokens, CallPermits permits, WebhookClient client) {

    /** The longest wait for a permit. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

    private static final String SAMPLE = "sample";
    /** The time that is added to the limit of the call, for the work before and after it. */
    private static final Duration BESIDE_THE_CALL = Duration.ofSeconds(15);

    /**
     * Calls a webhook and waits for the answer. The caller checks permissions.
     *
     * @param item the folder that defines it, {@code null} for the settings
     */
    FormValidation send(@CheckForNull Item item, String name) {
        Webhook webhook;
        try {
            webhook = item == null
                    ? Settings.get().webhooks().get(name)
                    : FolderWebhooks.on(item).get(name);
        } catch (IllegalArgumentException x) { // a stored definition, by an earlier version or by hand
            return FormValidation.error(Messages.TestCall_notSent(x.getMessage()));
        }
        if (webhook == null) {
            return FormValidation.error(Messages.TestCall_none());
        }
        if (webhook.networkMode() != NetworkMode.DIRECT) {
            return FormValidation.error(Messages.TestCall_agent());
        }
        return send(webhook, item instanceof ItemGroup<?> folder ? folder : Jenkins.get());
    }

    /** @param place the place whose credentials the webhook may use */
    private FormValidation send(Webhook saved, ItemGroup<?> place) {
        Map<String, String> ofLaterCalls = valuesOfLaterCalls(saved);
        Webhook webhook = ofLaterCalls.isEmpty() ? saved : saved.asCancel(); // such a call awaits no callback
        String id = tokens.newId();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Variables variables =
                    variables(webhook, id, ofLaterCalls).withSecrets(secret -> SecretTexts.forTemplate(secret, place));
            var certificates = new CertificateMaterial(certificate -> SecretTexts.unlessOfSystem(
                    SecretTexts.find(StandardCertificateCredentials.class, certificate, place)));
            var request = new RequestRenderer(webhook, variables, certificates, Set.of());
            Permit permit = permits.of("", request.hostAndPort()); // test calls count as those of one job
            CompletableFuture<Void> granted = new CompletableFuture<>();
            try {
                permit.ask(() -> granted.complete(null));
                granted.get(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
                return call(request.render(), id);
            } catch (TimeoutException x) {
                return FormValidation.error(Messages.TestCall_busy());
            } finally {
                permit.giveBack();
            }
        } catch (UndeliverableException | IllegalStateException x) {
            return FormValidation.error(Messages.TestCall_notSent(x.getMessage()));
        } catch (ExecutionException x) {
            return FormValidation.error(Messages.TestCall_notSent(String.valueOf(x.getCause())));
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            return FormValidation.error(Messages.TestCall_shuttingDown());
        }
    }

    private FormValidation call(WebhookRequest request, String id) throws ExecutionException, InterruptedException {
        CompletableFuture<CallResult> answered = new CompletableFuture<>();
        client.send(request, id, () -> true, answered::complete);
        try {
            Duration limit = request.definition().limits().request();
            return report(request, answered.get(limit.plus(BESIDE_THE_CALL).toSeconds(), TimeUnit.SECONDS));
        } catch (TimeoutException x) { // a name server does not answer
            return FormValidation.error(Messages.TestCall_noAnswer());
        }
    }

    /** Returns the values that only notifications and cancel webhooks have; empty for a webhook that uses none of them. */
    private static Map<String, String> valuesOfLaterCalls(Webhook webhook) {
        Map<String, String> values = new HashMap<>(Map.of(
                Variables.EVENT,
                Occasion.WAITING.name(),
                Variables.TEXT,
                Messages.TestCall_text(),
                Variables.DEADLINE,
                Instant.now().truncatedTo(ChronoUnit.SECONDS).toString(),
                Variables.WEBHOOK_NAME,
                SAMPLE,
                Variables.OUTCOME,
                SAMPLE,
                Variables.REASON,
                SAMPLE));
        webhook.ofAnswer().forEach(name -> values.put(name, Variables.sampleOf(name)));
        return values.keySet().stream().anyMatch(webhook::mentions) ? values : Map.of();
    }

    private Variables variables(Webhook webhook, String id, Map<String, String> ofLaterCalls) {
        String root = Util.fixNull(Jenkins.get().getRootUrl());
        var variables = new Variables()
                .with(Variables.CALLBACK_URI, ApprovalRequests.callbackUriOf(id))
                .with(Variables.CALLBACK_TOKEN, tokens.tokenFor(id))
                .with(Variables.APPROVAL_ID, id)
                .with(Variables.DEPLOYMENT_ID, SAMPLE + "#1")
                .with(Variables.APPLICATION_NAME, SAMPLE)
                .with(Variables.ENVIRONMENT_NAME, SAMPLE)
                .with(Variables.BUILD_URL, root)
                .with(Variables.APPROVAL_URL, root)
                .with(Variables.PHASE, Phase.STRATEGY.toString())
                .with(Variables.ACCOUNT_NAME, SAMPLE)
                .with(Variables.NAMESPACE, SAMPLE)
                .withContext(webhook.context())
                .withContextSample(SAMPLE);
        ofLaterCalls.forEach(variables::with);
        return variables;
    }

    private static FormValidation report(WebhookRequest request, CallResult result) {
        String said = result.isAccepted()
                ? Messages.TestCall_answered(request.destination(), result.status())
                : result.failure() + ".";
        String html = Util.escape(said)
                + (result.answer().isEmpty() ? "" : "<pre>" + Util.escape(result.answer()) + "</pre>");
        return result.isAccepted() ? FormValidation.okWithMarkup(html) : FormValidation.errorWithMarkup(html);
    }
}
