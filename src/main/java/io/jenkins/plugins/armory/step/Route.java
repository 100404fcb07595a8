package io.jenkins.plugins.armory.step;

import io.jenkins.plugins.armory.ArmoryApprovals;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.JenkinsProxy;
import io.jenkins.plugins.armory.webhook.WebhookCaller;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The way on which a webhook is called. */
interface Route {

    /**
     * Makes one attempt and returns at once.
     *
     * @param idempotencyKey the same for all attempts of one approval
     * @param wanted whether the call is still to be made, for a way on which there may be something to wait for first
     * @param done is given the result, on whatever thread; is told nothing when the call was not wanted any more
     */
    void call(
            WebhookRequest request,
            String idempotencyKey,
            BooleanSupplier wanted,
            Consumer<WebhookCaller.Result> done);

    /** How the log names it, behind the webhook's name; empty for the usual one. */
    String description();

    /** From Jenkins itself, through its proxy where it has one for the host. */
    static Route direct() {
        return new Route() {
            @Override
            public void call(
                    WebhookRequest request,
                    String idempotencyKey,
                    BooleanSupplier wanted,
                    Consumer<WebhookCaller.Result> done) {
                ArmoryApprovals.get()
                        .caller()
                        .call(
                                request,
                                idempotencyKey,
                                ArmoryConfiguration.get().hosts(),
                                JenkinsProxy.forHost(request.hostName()),
                                done);
            }

            @Override
            public String description() {
                return "";
            }
        };
    }
}
