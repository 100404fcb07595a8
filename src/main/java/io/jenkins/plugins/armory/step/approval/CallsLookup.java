package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.config.form.Webhooks;
import io.jenkins.plugins.armory.step.EnclosingAction;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * Finds the webhooks that the approvals of a step name: on the job's folders, the innermost first, then in the
 * settings. Approvals that name the same webhooks share their calls.
 */
final class CallsLookup {

    /** The format of W3C Trace Context, section 3.2.2. */
    private static final Pattern TRACE_PARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final Webhooks webhooks;

    /** The step of a deployment's plan around the step, {@code null} for none. */
    @CheckForNull
    private final EnclosingAction action;

    /**
     * The trace that the build is part of, as the OpenTelemetry plugin names it in an environment variable; {@code
     * null} for none.
     */
    @CheckForNull
    private final String trace;

    /** Calls without notices and the step's context, by what they were looked up from. */
    private final Map<List<Object>, OutgoingCalls> known = new HashMap<>();

    /**
     * @param forRules whether the approvals are rules of an environment, which know nothing of the job but its build
     */
    CallsLookup(StepContext context, boolean forRules) throws IOException, InterruptedException {
        webhooks = forRules
                ? Webhooks.ofSettings()
                : Webhooks.of(context.get(Run.class).getParent());
        action = forRules ? null : context.get(EnclosingAction.class);
        String parent = context.get(EnvVars.class).get("TRACEPARENT");
        trace = parent != null && TRACE_PARENT.matcher(parent).matches() ? parent : null;
    }

    /**
     * Returns the calls of an approval, {@code null} for none.
     *
     * @throws AbortException naming the parameter that is wrong
     */
    @CheckForNull
    OutgoingCalls find(Draft draft) throws AbortException {
        Notifications notifications = notifications(draft);
        String name = draft.terms().webhook();
        if (name == null) {
            return OutgoingCalls.NONE.notifying(notifications);
        }
        List<Object> key = Arrays.asList(name, draft.inline(), draft.cancel(), draft.answer(), draft.status());
        OutgoingCalls shared = known.get(key);
        if (shared == null) {
            shared = findShared(draft);
            known.put(key, shared);
        }
        Map<String, String> context = merged(shared.context(), draft.context());
        return shared.with(calls -> calls.notifications(notifications).context(context));
    }

    private OutgoingCalls findShared(Draft draft) throws AbortException {
        Webhook webhook = withVerdict(
                draft.inline() == null ? find("webhook", draft.terms().webhook()) : draft.inline(), draft);
        Webhook cancel = cancelOf(webhook, draft.cancel() == null ? webhook.cancel() : draft.cancel());
        StatusCheck status = webhook.status();
        return new OutgoingCalls(
                traced(webhook.alone()),
                cancel == null ? null : traced(cancel),
                status == null ? null : new StatusCheck(traced(status.webhook().sentLike(webhook)), status.every()),
                null,
                merged(cancel == null ? Map.of() : cancel.context(), webhook.context()),
                action == null ? null : action.account(),
                action == null ? null : action.namespace());
    }

    private static Map<String, String> merged(Map<String, String> context, Map<String, String> further) {
        Map<String, String> all = new LinkedHashMap<>(context);
        all.putAll(further);
        return all;
    }

    /** Returns a webhook with the step's own ways to a verdict. */
    private static Webhook withVerdict(Webhook webhook, Draft draft) throws AbortException {
        try {
            Webhook judged = draft.answer() == null ? webhook : webhook.withAnswer(draft.answer());
            return draft.status() == null ? judged : judged.withStatus(draft.status());
        } catch (InvalidWebhookException x) {
            throw new AbortException(x.getMessage());
        }
    }

    @CheckForNull
    private Webhook cancelOf(Webhook webhook, @CheckForNull CancelReference cancel) throws AbortException {
        if (cancel == null) {
            return null;
        }
        Webhook inline = cancel.inline();
        return (inline != null ? inline.onTheWayOf(webhook) : find("cancel", cancel.name())).asCancel();
    }

    /** @param parameter the parameter of the step, or field of the definition, that has the name */
    private Webhook find(String parameter, @CheckForNull String name) throws AbortException {
        return webhooks.find(name)
                .orElseThrow(() ->
                        new AbortException(parameter + ": there is no webhook \"" + name + "\"; " + namesOfWebhooks()));
    }

    private String namesOfWebhooks() {
        var names = webhooks.names();
        return names.isEmpty() ? "none is defined" : "known are " + String.join(", ", names);
    }

    /**
     * Returns who is told of the approval, {@code null} for nobody. The context of a webhook is its own and that of the
     * step.
     */
    @CheckForNull
    private Notifications notifications(Draft draft) throws AbortException {
        List<Webhook> told = new ArrayList<>();
        for (String name : draft.notified().stream().distinct().toList()) {
            Webhook webhook = webhooks.find(name)
                    .orElseThrow(() -> new AbortException("notify: there is no webhook \"" + name
                            + "\" on a folder or in Manage Jenkins » System; " + namesOfWebhooks()));
            checkTold(webhook);
            try {
                told.add(traced(webhook.asCancel().withContext(merged(webhook.context(), draft.context()))));
            } catch (InvalidWebhookException x) {
                throw new AbortException(x.getMessage());
            }
        }
        return told.isEmpty() ? null : Notifications.by(told);
    }

    private static void checkTold(Webhook webhook) throws AbortException {
        for (String variable : List.of(Variables.CALLBACK_URI, Variables.CALLBACK_TOKEN)) {
            if (webhook.mentions(variable)) {
                throw new AbortException("notify: webhook '" + webhook.name() + "' has {{" + variable
                        + "}}, and whoever is told must not be able to decide; name a webhook that is made for people");
            }
        }
    }

    /** Returns a webhook whose calls are part of the trace, unless it names another one. */
    private Webhook traced(Webhook webhook) {
        return trace == null ? webhook : webhook.withDefaultHeader("traceparent", trace);
    }
}
