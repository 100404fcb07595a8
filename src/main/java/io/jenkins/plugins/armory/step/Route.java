package io.jenkins.plugins.armory.step;

import hudson.ProxyConfiguration;
import io.jenkins.plugins.armory.ArmoryApprovals;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.webhook.ProxyServer;
import io.jenkins.plugins.armory.webhook.WebhookCaller;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import jenkins.model.Jenkins;

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
                        .call(request, idempotencyKey, ArmoryConfiguration.get().hosts(), proxyFor(request), done);
            }

            @Override
            public String description() {
                return "";
            }
        };
    }

    private static ProxyServer proxyFor(WebhookRequest request) {
        ProxyConfiguration configuration = Jenkins.get().getProxy();
        if (configuration == null) {
            return null;
        }
        Proxy proxy = configuration.createProxy(request.hostName());
        if (proxy.type() != Proxy.Type.HTTP || !(proxy.address() instanceof InetSocketAddress address)) {
            return null; // one of the hosts without a proxy
        }
        String user = configuration.getUserName();
        return new ProxyServer(
                address.getHostString(),
                address.getPort(),
                user == null || user.isEmpty() ? null : user,
                configuration.getSecretPassword() == null
                        ? null
                        : configuration.getSecretPassword().getPlainText());
    }
}
