package io.jenkins.plugins.armory.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The calls that may still be made for an approval, with all that their templates need. They are part of the approval's
 * record, which makes the approval its own outbox. Templates are kept as they are written, so that no secret and no token
 * is in a record.
 *
 * @param webhook the approval's webhook, {@code null} once it took the call
 * @param cancel the cancel webhook, {@code null} for none
 * @param status the question for the status, {@code null} for none, and once there is a verdict
 * @param context values of {@code {{context.*}}}
 * @param account the account of the target in the deployment file, {@code null} without one
 * @param namespace the namespace of that target, {@code null} without one
 */
@Restricted(NoExternalUse.class)
public record OutgoingCalls(
        @CheckForNull Webhook webhook,
        @CheckForNull Webhook cancel,
        @CheckForNull StatusCheck status,
        Map<String, String> context,
        @CheckForNull String account,
        @CheckForNull String namespace) {

    public OutgoingCalls {
        context = Collections.unmodifiableMap(new LinkedHashMap<>(context));
    }

    /** Creates calls without a question for the status. */
    public OutgoingCalls(
            @CheckForNull Webhook webhook,
            @CheckForNull Webhook cancel,
            Map<String, String> context,
            @CheckForNull String account,
            @CheckForNull String namespace) {
        this(webhook, cancel, null, context, account, namespace);
    }

    /** Returns what is left once the webhook needs no further call, {@code null} if that is nothing. */
    @CheckForNull
    OutgoingCalls withoutWebhook() {
        return rest(status);
    }

    /** Returns what is left once there is a verdict of the external process, {@code null} if that is nothing. */
    @CheckForNull
    OutgoingCalls withoutProcessCalls() {
        return rest(null);
    }

    @CheckForNull
    private OutgoingCalls rest(@CheckForNull StatusCheck asked) {
        return cancel == null && asked == null
                ? null
                : new OutgoingCalls(null, cancel, asked, context, account, namespace);
    }
}
