package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalBuilder;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Channel;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.ManualApproval;
import io.jenkins.plugins.armory.config.form.Webhooks;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.armory.step.EnclosingAction;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import io.jenkins.plugins.armory.webhook.AnswerRule;
import io.jenkins.plugins.armory.webhook.CancelReference;
import io.jenkins.plugins.armory.webhook.InvalidWebhookException;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Makes the approvals of a step, with the webhooks that they name: on the job's folders, the innermost first, then in
 * the settings. Approvals that say the same share their terms and their webhooks. They become those of a step, and
 * their time begins, once {@link ApprovalStart} writes them.
 */
@Restricted(NoExternalUse.class)
public final class ApprovalFactory {

    /** What stands for the id of an approval and of its step until both are written. */
    private static final String UNWRITTEN = "";

    /** The format of W3C Trace Context, section 3.2.2. */
    private static final Pattern TRACE_PARENT = Pattern.compile("[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");

    private final boolean rules;
    private final SuspendedExecution step;
    private final Run<?, ?> run;
    private final BuildRef build;
    private final Approval.Origin origin = new Approval.Origin(addressIfKnown());
    private final Webhooks webhooks;

    /** See {@link OutgoingCalls#variables}. */
    private final Map<String, String> variables;

    /**
     * The trace that the build is part of, as the OpenTelemetry plugin names it in an environment variable; {@code
     * null} for none.
     */
    @CheckForNull
    private final String trace;

    /** Calls without notices and the step's context, by what they were looked up from. */
    private final Map<List<Object>, OutgoingCalls> known = new HashMap<>();

    private final Map<List<Object>, Notifications> knownNotifications = new HashMap<>();
    private final Map<Terms, Terms> knownTerms = new HashMap<>();

    /**
     * @param rules whether the approvals are rules of an environment, which know nothing of the job but its build
     */
    public ApprovalFactory(SuspendedExecution step, boolean rules) throws IOException, InterruptedException {
        this.step = step;
        this.rules = rules;
        StepContext context = step.getContext();
        run = step.build();
        build = BuildRecord.refTo(run);
        webhooks = rules ? Webhooks.ofSettings() : Webhooks.of(run.getParent());
        variables = new LinkedHashMap<>(step.variables());
        EnclosingAction action = rules ? null : context.get(EnclosingAction.class);
        if (action != null) {
            action.variables(variables::put);
        }
        String parent = context.get(EnvVars.class).get("TRACEPARENT");
        trace = parent != null && TRACE_PARENT.matcher(parent).matches() ? parent : null;
    }

    /** Returns a new id of the build. */
    public String newId() {
        return step.newId();
    }

    /**
     * Returns an approval.
     *
     * @param path what messages name it by, see {@link Approval}
     * @param place what is deployed to, or the stage, for people; {@code null} outside both
     * @throws AbortException naming what is wrong
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    public Approval approval(String path, Phase phase, @CheckForNull String place, ApprovalDefinition definition)
            throws AbortException {
        Webhook inline = definition.inline();
        Terms said = terms(phase, place, definition, inline, rules);
        Terms terms = said.withManual(withRequesters(said.manual()));
        OutgoingCalls calls = calls(terms.webhook(), inline, definition);
        return approval(
                knownTerms.computeIfAbsent(terms, same -> same),
                rest -> rest.path(path).channels(channels(calls)).calls(calls));
    }

    static Terms terms(
            Phase phase,
            @CheckForNull String place,
            ApprovalDefinition definition,
            @CheckForNull Webhook inline,
            boolean rules) {
        Bound.LINE.check("webhook", definition.getWebhook());
        Bound.LINE.checkEach("notify", definition.getNotify());
        var callers = new ArrayList<String>(definition.getAllowedCallers());
        Bound.LINE.checkEach("allowedCallers", callers);
        String credentialsId = definition.getCallbackCredentialsId();
        if (credentialsId != null) { // callers that are named exclude the credential of the settings
            callers.add(AllowedCallers.CREDENTIALS + credentialsId);
        } else if (callers.isEmpty() && !rules) {
            credentialsId = ArmoryConfiguration.get().getCallbackCredentialsId();
        }
        ManualApproval manual = definition.getManualApproval();
        return definition
                .terms()
                .phase(phase)
                .environment(place)
                .webhook(inline == null ? definition.getWebhook() : inline.name())
                .rule(rules)
                .callbackCredentialsId(credentialsId)
                .allowedCallers(callers)
                .manual(manual == null ? null : manual.toRequirement())
                .build();
    }

    /** Returns an approval of these terms, to be written. */
    Approval approval(Terms terms, Consumer<ApprovalBuilder> rest) {
        return Approval.start(
                terms,
                known -> rest.accept(known.id(UNWRITTEN)
                        .step(UNWRITTEN)
                        .build(build)
                        .createdAt(Instant.now())
                        .origin(origin)));
    }

    /**
     * Returns the address of this Jenkins, {@code null} if unknown: then the check of the calls fails with a message.
     */
    @CheckForNull
    private static String addressIfKnown() {
        try {
            return ArmoryConfiguration.get().rootActionUrl();
        } catch (IllegalStateException x) {
            return null;
        }
    }

    /** @throws AbortException if it matters who requested the build, and that cannot be known */
    @CheckForNull
    private ManualRequirement withRequesters(@CheckForNull ManualRequirement manual) throws AbortException {
        return manual == null || manual.requesters() == null ? manual : manual.withRequesters(Requesters.of(run));
    }

    /** Returns the ways in which the external process may decide. */
    private static Set<Channel> channels(@CheckForNull OutgoingCalls calls) {
        var channels = EnumSet.noneOf(Channel.class);
        Webhook webhook = calls == null ? null : calls.webhook();
        if (webhook == null) {
            return channels;
        } else if (webhook.answer() != null) {
            channels.add(Channel.ANSWER);
        } else if (!webhook.disableCallback()) {
            channels.add(Channel.CALLBACK);
        }
        if (calls.status() != null) {
            channels.add(Channel.STATUS);
        }
        return channels;
    }

    /** @param name of the webhook, {@code null} if none is called */
    @CheckForNull
    private OutgoingCalls calls(@CheckForNull String name, @CheckForNull Webhook inline, ApprovalDefinition definition)
            throws AbortException {
        Map<String, String> own = definition.contextMap();
        Notifications notifications = notifications(definition.getNotify(), own);
        if (name == null) {
            return OutgoingCalls.NONE.notifying(notifications);
        }
        CancelReference cancel = definition.cancel();
        AnswerRule answer = definition.answer();
        StatusCheck status = definition.status();
        List<Object> key = Arrays.asList(name, inline, cancel, answer, status);
        OutgoingCalls shared = known.get(key);
        if (shared == null) {
            Webhook webhook = withVerdict(inline == null ? find("webhook", name) : inline, answer, status);
            shared = shared(webhook, cancelOf(webhook, cancel == null ? webhook.cancel() : cancel));
            known.put(key, shared);
        }
        Map<String, String> context = merged(shared.context(), own);
        return shared.with(calls -> calls.notifications(notifications).context(context));
    }

    private OutgoingCalls shared(Webhook webhook, @CheckForNull Webhook cancel) {
        StatusCheck status = webhook.status();
        return new OutgoingCalls(
                traced(webhook.alone()),
                cancel == null ? null : traced(cancel),
                status == null ? null : new StatusCheck(traced(status.webhook().sentLike(webhook)), status.every()),
                null,
                merged(cancel == null ? Map.of() : cancel.context(), webhook.context()),
                variables);
    }

    private static Map<String, String> merged(Map<String, String> context, Map<String, String> further) {
        Map<String, String> all = new LinkedHashMap<>(context);
        all.putAll(further);
        return all;
    }

    /** Returns a webhook with the step's own ways to a verdict. */
    private static Webhook withVerdict(
            Webhook webhook, @CheckForNull AnswerRule answer, @CheckForNull StatusCheck status) throws AbortException {
        try {
            Webhook judged = answer == null ? webhook : webhook.withAnswer(answer);
            return status == null ? judged : judged.withStatus(status);
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
    private Notifications notifications(List<String> names, Map<String, String> context) throws AbortException {
        List<Object> key = List.of(names, context);
        Notifications shared = knownNotifications.get(key);
        if (shared != null || names.isEmpty()) {
            return shared;
        }
        List<Webhook> told = new ArrayList<>();
        for (String name : names.stream().distinct().toList()) {
            Webhook webhook = webhooks.find(name)
                    .orElseThrow(() -> new AbortException("notify: there is no webhook \"" + name
                            + "\" on a folder or in Manage Jenkins » System; " + namesOfWebhooks()));
            checkTold(webhook);
            try {
                told.add(traced(webhook.asCancel().withContext(merged(webhook.context(), context))));
            } catch (InvalidWebhookException x) {
                throw new AbortException(x.getMessage());
            }
        }
        Notifications made = Notifications.by(told);
        knownNotifications.put(key, made);
        return made;
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
