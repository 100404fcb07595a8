package io.jenkins.plugins.armory.call;

import static org.assertj.core.api.Assertions.assertThat;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.call.CallKind.Order;
import io.jenkins.plugins.armory.webhook.Renderers;
import io.jenkins.plugins.armory.webhook.RequestRenderer;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Requests whose calls are answered when a test says so. */
final class FakeRequests extends ApprovalRequests {

    /** A call that was made and is not answered. */
    record Call(BuildRef build, String approval, String webhook, String host, String key, Consumer<CallResult> done) {

        void answer(CallResult result) {
            done.accept(result);
        }
    }

    final List<Call> calls = new ArrayList<>();

    /** What a sender that waits does once its call is not wanted any more. */
    Runnable drop;

    /** The calls that begin once a thread is there, while no thread is. */
    final Queue<Runnable> withoutThread = new ArrayDeque<>();

    boolean noThreadIsThere;
    boolean agentIsAway;
    boolean vaultIsAway;
    boolean vaultIsHalfInstalled;
    boolean proxyIsMistyped;

    @CheckForNull
    String undeliverable;

    @CheckForNull
    String reasonToWait;

    private final boolean failsAtOnce;

    /** @param failsAtOnce whether a vault that is away is needed for the host too */
    FakeRequests(boolean failsAtOnce) {
        super(null, null, null);
        this.failsAtOnce = failsAtOnce;
    }

    private void fail() {
        if (vaultIsAway) {
            throw new IllegalStateException("the vault does not answer");
        }
        if (vaultIsHalfInstalled) {
            throw new NoClassDefFoundError("com/example/Vault");
        }
    }

    @Override
    RequestRenderer of(CallKind kind, Order order) throws UndeliverableException {
        if (failsAtOnce) {
            fail();
        }
        if (undeliverable != null) {
            throw new UndeliverableException(undeliverable);
        }
        Variables variables = new Variables()
                .with(Variables.CALLBACK_URI, "http://jenkins.example.com/")
                .withSecrets(id -> {
                    fail();
                    return "s3cret";
                });
        Webhook withSecret = order.webhook().withDefaultHeader("Authorization", "Bearer {{secrets.token}}");
        return Renderers.of(withSecret, variables, kind.wanted(order));
    }

    @Override
    Sender sender(CallKind kind, Order order) {
        return new FakeSender(order);
    }

    /** Returns permits whose calls begin once a thread is there. */
    CallPermits permits() {
        return new CallPermits(work -> {
            if (noThreadIsThere) {
                withoutThread.add(work);
            } else {
                work.run();
            }
        });
    }

    @Override
    Optional<String> reasonToWait(Approval approval) {
        return Optional.ofNullable(reasonToWait);
    }

    private final class FakeSender implements Sender {

        private final Order order;

        FakeSender(Order order) {
            this.order = order;
        }

        @Override
        public void send(WebhookRequest request, String key, BooleanSupplier isWanted, Consumer<CallResult> done) {
            if (proxyIsMistyped) {
                throw new IllegalArgumentException("port out of range: 80800");
            }
            drop = () -> {
                assertThat(isWanted.getAsBoolean()).isFalse();
                done.accept(null);
            };
            if (!agentIsAway) {
                Approval approval = order.approval();
                calls.add(new Call(
                        approval.build(), approval.id(), order.webhook().name(), request.hostName(), key, done));
            }
        }
    }
}
