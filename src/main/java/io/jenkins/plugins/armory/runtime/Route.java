package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.http.WebhookCaller;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The way on which a webhook is called. */
public interface Route {

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

    /**
     * The way that a webhook's definition asks for.
     *
     * @param account of the environment's target in a deployment file, {@code null} where there is none
     * @param log for a line when there is something to wait for
     * @throws AbortException when it asks for an agent and does not say which
     */
    static Route of(
            Webhook webhook,
            @CheckForNull String account,
            @CheckForNull String environment,
            Run<?, ?> run,
            Consumer<String> log)
            throws AbortException {
        if (webhook.networkMode() == NetworkMode.DIRECT) {
            return direct();
        }
        String agent = webhook.agentIdentifier() != null ? webhook.agentIdentifier() : account;
        if (agent == null) {
            throw new AbortException("webhook '" + webhook.name() + "': agentIdentifier: is missing; name the agent that"
                    + " makes the call, or a label, or name a deployment file with configFile, whose target '" + environment
                    + "' has an account of that name");
        }
        return new AgentRoute(agent, run, log);
    }

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
