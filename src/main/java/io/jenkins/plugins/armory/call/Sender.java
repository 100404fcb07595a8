package io.jenkins.plugins.armory.call;

import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A maker of outgoing calls, from Jenkins or from an agent. */
@Restricted(NoExternalUse.class)
public interface Sender {

    /**
     * Makes one attempt and returns at once.
     *
     * @param idempotencyKey the same for all attempts of one call
     * @param wanted whether the call is still to be made, for a sender that may have to wait first
     * @param done takes the result, on any thread; {@code null} if the call was no longer wanted
     */
    void send(WebhookRequest request, String idempotencyKey, BooleanSupplier wanted, Consumer<CallResult> done);

    /** Returns the text for the log behind the webhook's name; empty for Jenkins itself. */
    default String description() {
        return "";
    }
}
