package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A maker of the requests of approvals: it fills in the templates with secrets and tokens, and chooses the sender. */
@Restricted(NoExternalUse.class)
public interface Requests {

    /**
     * A call that is to be made.
     *
     * @param webhook one of the approval's calls
     * @param notice what is told, without how to call back; {@code null} for a call that tells nobody
     */
    record Order(
            Approval approval,
            Webhook webhook,
            @CheckForNull Notifications.Notice notice) {

        /** Returns one of an approval's calls, if the approval has it. */
        static List<Order> of(Approval approval, Function<OutgoingCalls, Webhook> which) {
            return Stream.ofNullable(approval.calls())
                    .map(which)
                    .filter(Objects::nonNull)
                    .map(webhook -> new Order(approval, webhook, null))
                    .toList();
        }
    }

    /** A request that is ready to be sent. */
    record Ready(WebhookRequest request, Sender sender) {}

    /**
     * Returns the host and port of a call, without reading a secret.
     *
     * @throws UndeliverableException if the call cannot be made as it is defined
     */
    String host(Order order) throws UndeliverableException;

    /**
     * Makes the request for one attempt. It is made anew for each, so that secrets are in memory only while they are
     * needed.
     *
     * @param log takes a line for the build's log if the sender has to wait
     * @throws UndeliverableException if the call cannot be made as it is defined
     */
    Ready ready(Order order, Consumer<String> log) throws UndeliverableException;

    /**
     * Returns why this Jenkins must not call for an approval that was there when it started: it is a copy of another
     * Jenkins, or the build is not there now. The call is left for a later start then.
     */
    Optional<String> reasonToWait(Approval approval);
}
