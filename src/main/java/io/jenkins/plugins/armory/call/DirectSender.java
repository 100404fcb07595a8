package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Makes calls from Jenkins itself, through its proxy if it has one for the host. */
final class DirectSender implements Sender {

    private final WebhookClient client;

    DirectSender(WebhookClient client) {
        this.client = client;
    }

    @Override
    public void send(WebhookRequest request, String idempotencyKey, BooleanSupplier wanted, Consumer<CallResult> done) {
        client.call(
                request.attempt(idempotencyKey, Instant.now()),
                idempotencyKey,
                Settings.get().hosts(),
                JenkinsProxy.forHost(request.hostName()),
                done);
    }

    @Override
    public String description() {
        return "";
    }
}
