package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Computer;
import hudson.model.Label;
import hudson.model.Node;
import hudson.model.Run;
import hudson.model.queue.CauseOfBlockage;
import hudson.remoting.VirtualChannel;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.security.MasterToSlaveCallable;
import jenkins.util.Timer;

/**
 * Makes calls from an agent, Jenkins's counterpart of Armory's Remote Network Agent: whatever the agent reaches can be
 * called. A call takes no executor and no workspace on the agent, and does not use Jenkins's own proxy.
 *
 * @param identifier name or label of the agent
 * @param run the build that calls; Jenkins must admit a part of it to the agent
 * @param log takes a line if the agent is offline
 * @param patience the longest time that an attempt waits for an agent that is offline
 */
record AgentSender(String identifier, Run<?, ?> run, WebhookClient client, Consumer<String> log, Duration patience)
        implements Sender {

    private static final Logger LOGGER = Logger.getLogger(AgentSender.class.getName());

    /** The longest time that an attempt waits for an agent that is offline. */
    static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(2);
    /**
     * The time for the agent's result beyond the one that the call may take there. It ends a call over a connection
     * that broke unnoticed.
     */
    private static final Duration ON_THE_WAY = Duration.ofSeconds(30);
    /** The time for the agent beyond the limit of the call, which ends the call by itself. */
    private static final Duration HOLD = Duration.ofSeconds(15);

    @Override
    public String description() {
        return " from agent '" + identifier + "'";
    }

    @Override
    public void send(WebhookRequest request, String idempotencyKey, BooleanSupplier wanted, Consumer<CallResult> done) {
        call(new Attempt(request, idempotencyKey, wanted, done), System.nanoTime() + patience.toNanos(), true);
    }

    private record Attempt(
            WebhookRequest request, String idempotencyKey, BooleanSupplier wanted, Consumer<CallResult> done) {}

    private void call(Attempt attempt, long until, boolean first) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            if (!attempt.wanted().getAsBoolean()) {
                attempt.done().accept(null);
            } else {
                callOrWait(attempt, until, first);
            }
        } catch (RuntimeException | Error x) { // of a security realm or another extension of Jenkins
            LOGGER.log(Level.WARNING, "Cannot find out whether " + run + " may use agent " + identifier, x);
            attempt.done()
                    .accept(failed(" may not be used now: Jenkins cannot find out whether this job may use it", true));
        }
    }

    private void callOrWait(Attempt attempt, long until, boolean first) {
        Node named = Jenkins.get().getNode(identifier);
        Label label = named == null ? Jenkins.get().getLabel(identifier) : named.getSelfLabel();
        CauseOfBlockage blockage = null;
        var usable = new ArrayList<Node>();
        for (Node node : named == null ? nodes(label) : List.of(named)) {
            CauseOfBlockage found = AgentTask.blockage(node, run, label);
            if (found == null) {
                usable.add(node);
            } else if (blockage == null) {
                blockage = found;
            }
        }
        if (usable.isEmpty()) {
            attempt.done()
                    .accept(
                            blockage == null
                                    ? failed(": there is no agent of that name or label; check agentIdentifier", true)
                                    : failed(" may not be used by this job: " + blockage.getShortDescription(), false));
            return;
        }
        for (Node node : usable) {
            VirtualChannel channel = channelOf(node);
            if (channel != null) {
                client.executor().execute(() -> attempt.done().accept(call(channel, attempt)));
                return;
            }
        }
        if (System.nanoTime() - until >= 0) {
            String howLong =
                    patience.isZero() ? " is offline" : " was offline for " + patience.toSeconds() + " seconds";
            attempt.done().accept(failed(howLong + "; start it, or check agentIdentifier", true));
            return;
        }
        if (first) {
            log.accept("Agent '" + identifier + "' is offline; waiting up to " + patience.toSeconds()
                    + " seconds for it.");
        }
        Timer.get()
                .schedule(
                        () -> client.executor().execute(() -> call(attempt, until, false)),
                        LOOK_EVERY.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /**
     * Returns the channel to an agent, {@code null} if it is offline: not connected, or taken offline by an
     * administrator, who leaves it connected.
     */
    @CheckForNull
    private static VirtualChannel channelOf(Node node) {
        Computer computer = node.toComputer();
        return computer == null || computer.isOffline() ? null : computer.getChannel();
    }

    /** Returns the agents of a label. The built-in node is Jenkins itself and no agent. */
    private static List<Node> nodes(@CheckForNull Label label) {
        return label == null
                ? List.of()
                : label.getNodes().stream()
                        .filter(node -> !node.equals(Jenkins.get()))
                        .toList();
    }

    /** Has the agent make the call, and returns the result. */
    private CallResult call(VirtualChannel channel, Attempt attempt) {
        WebhookRequest request = attempt.request();
        String idempotencyKey = attempt.idempotencyKey();
        try {
            var call = new AgentCall(
                    request.attempt(idempotencyKey, Instant.now()),
                    idempotencyKey,
                    Settings.get().hosts().fromAgent());
            Future<?> answer = channel.callAsync(call); // of any type: the agent is not trusted
            try {
                return answer.get(limit(request, ON_THE_WAY), TimeUnit.MILLISECONDS) instanceof CallResult claimed
                        ? claimed.asFarAsCredible(request)
                        : lost(" returned no result of the call; look at its log");
            } finally {
                answer.cancel(true); // else the agent may go on with what nobody waits for
            }
        } catch (IOException | ExecutionException | TimeoutException x) {
            LOGGER.log(Level.INFO, "A webhook could not be called from agent " + identifier, x);
            return lost(" did not make the call: its connection broke, or it did not answer; look at its log");
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            return lost(" did not make the call: Jenkins is shutting down");
        } catch (RuntimeException | Error x) { // of Jenkins's settings or its remoting
            LOGGER.log(Level.WARNING, "A webhook could not be called from agent " + identifier, x);
            return lost(" did not make the call: " + x);
        }
    }

    /** Returns the limit for a call that takes more time than on its way, in milliseconds. */
    private static long limit(WebhookRequest request, Duration more) {
        return request.definition().limits().request().plus(more).toMillis();
    }

    private CallResult lost(String what) {
        return CallResult.lost("agent '" + identifier + "'" + what);
    }

    private CallResult failed(String what, boolean mayBeRepeated) {
        return CallResult.notMade("agent '" + identifier + "'" + what, mayBeRepeated);
    }

    /** The call, as it runs on the agent. */
    private static final class AgentCall extends MasterToSlaveCallable<CallResult, IOException> {

        private static final long serialVersionUID = 1L;

        private final WebhookRequest request;
        private final String idempotencyKey;
        private final AllowedHosts hosts;

        AgentCall(WebhookRequest request, String idempotencyKey, AllowedHosts hosts) {
            this.request = request;
            this.idempotencyKey = idempotencyKey;
            this.hosts = hosts;
        }

        @Override
        public CallResult call() throws IOException {
            CompletableFuture<CallResult> result = new CompletableFuture<>();
            new WebhookClient().call(request, idempotencyKey, hosts, null, result::complete);
            try {
                return result.get(limit(request, HOLD), TimeUnit.MILLISECONDS);
            } catch (ExecutionException | TimeoutException x) {
                throw new IOException(x);
            } catch (InterruptedException x) {
                Thread.currentThread().interrupt();
                throw new IOException(x);
            }
        }
    }
}
