package io.jenkins.plugins.armory.call;

import com.cloudbees.plugins.credentials.common.StandardCertificateCredentials;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Notifications;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.builds.BuildRecord;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.TemplateException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Makes the requests of approvals from Jenkins's builds, credentials and settings. */
@Restricted(NoExternalUse.class)
public final class ApprovalRequests implements Requests {

    private final CallbackTokens tokens;
    private final WebhookClient client;

    public ApprovalRequests(CallbackTokens tokens, WebhookClient client) {
        this.tokens = tokens;
        this.client = client;
    }

    /**
     * Checks that the calls of an approval can be made, before anything is written.
     *
     * @throws UndeliverableException if one of them cannot
     */
    public void check(Approval approval, Run<?, ?> run) throws UndeliverableException {
        OutgoingCalls calls = approval.calls();
        if (calls == null) {
            return;
        }
        StatusCheck status = calls.status();
        Notifications notifications = calls.notifications();
        Webhook asking = status == null ? null : status.webhook();
        for (Webhook webhook : new Webhook[] {calls.webhook(), calls.cancel(), asking}) {
            if (webhook != null) {
                sender(webhook, approval, run, line -> {});
                Variables variables = withSamples(
                        webhook, calls, ofCall(webhook, approval, run, webhook == calls.cancel() ? sample() : null));
                render(webhook, approval, run, variables);
            }
        }
        if (notifications != null) {
            for (Webhook webhook : notifications.webhooks()) {
                sender(webhook, approval, run, line -> {});
                render(webhook, approval, run, ofNotice(webhook, approval, run, Notifications.Occasion.EXPIRING));
            }
        }
    }

    /** Returns a decision with which the cancel webhook's templates are tried. A reason may have lines and letters of any language. */
    private static Decision sample() {
        return new Decision(Decision.Outcome.ABORTED, "1.\n\u00fc", "build", Instant.now());
    }

    /** Adds values with which the templates of the status and the cancel webhook are tried before the webhook has answered. */
    private static Variables withSamples(Webhook webhook, OutgoingCalls calls, Variables variables) {
        if (webhook != calls.webhook()) {
            webhook.ofAnswer().forEach(variable -> variables.with(variable, Variables.sampleOf(variable)));
        }
        return variables;
    }

    @Override
    public String host(Order order) throws UndeliverableException {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Run<?, ?> run = requireRun(order.approval());
            Webhook webhook = order.webhook();
            return WebhookRequest.hostAndPort(webhook, variables(order, run));
        } catch (TemplateException x) {
            throw undeliverable(order.webhook(), x);
        }
    }

    @Override
    public Ready ready(Order order, Consumer<String> log) throws UndeliverableException {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Approval approval = order.approval();
            Run<?, ?> run = requireRun(approval);
            WebhookRequest request = render(order.webhook(), approval, run, variables(order, run));
            return new Ready(
                    order.webhook() == requireCalls(approval).webhook()
                            ? request.wanting(requireCalls(approval).ofAnswer())
                            : request,
                    sender(order.webhook(), approval, run, log));
        }
    }

    private Variables variables(Order order, Run<?, ?> run) throws UndeliverableException {
        Approval approval = order.approval();
        Notifications.Notice notice = order.notice();
        return notice == null
                ? ofCall(order.webhook(), approval, run, approval.decision())
                : ofNotice(order.webhook(), approval, run, notice.occasion());
    }

    @Override
    public Optional<String> reasonToWait(Approval approval) {
        if (find(approval.build()).isEmpty()) {
            return Optional.of("its build is not there.");
        }
        String here;
        try {
            here = Settings.get().rootActionUrl();
        } catch (IllegalStateException x) {
            return Optional.empty(); // the call itself says so
        }
        String origin = approval.terms().origin().address();
        return origin == null || origin.equals(here)
                ? Optional.empty()
                : Optional.of("it was made at " + origin + ", and this Jenkins is at " + here
                        + ". In a copy of that Jenkins, stop the build. If the address was changed on purpose, stop the build"
                        + " and start it again, or set the old address.");
    }

    private static Run<?, ?> requireRun(Approval approval) throws UndeliverableException {
        return find(approval.build())
                .orElseThrow(() -> new UndeliverableException("its build " + approval.build() + " is not there"));
    }

    private static Optional<Run<?, ?>> find(BuildRef build) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            return Optional.ofNullable(BuildRecord.find(build));
        }
    }

    private Sender sender(Webhook webhook, Approval approval, Run<?, ?> run, Consumer<String> log)
            throws UndeliverableException {
        if (webhook.networkMode() == NetworkMode.DIRECT) {
            return new DirectSender(client);
        }
        OutgoingCalls calls = requireCalls(approval);
        String account = calls.account();
        String agent = webhook.agentIdentifier() != null ? webhook.agentIdentifier() : account;
        if (agent == null) {
            throw new UndeliverableException(
                    "webhook '" + webhook.name() + "': agentIdentifier: is missing; name the agent that"
                            + " makes the call, or a label; without it, the account of a target of armoryDeployment makes it");
        }
        StatusCheck status = calls.status();
        boolean isAsking = status != null && webhook.equals(status.webhook());
        Duration patience = isAsking ? Duration.ZERO : AgentSender.PATIENCE; // it is asked again soon
        return new AgentSender(agent, run, client, log, patience);
    }

    private static OutgoingCalls requireCalls(Approval approval) {
        return Objects.requireNonNull(approval.calls(), "an approval with a call to make has calls");
    }

    /**
     * Returns the variables of a call.
     *
     * @param ended the decision, for the cancel webhook; {@code null} for the approval's webhook
     */
    private Variables ofCall(Webhook webhook, Approval approval, Run<?, ?> run, @CheckForNull Decision ended)
            throws UndeliverableException {
        var variables = variables(webhook, approval, run)
                .withContext(requireCalls(approval).context())
                .with(Variables.CALLBACK_URI, callbackUri(approval.id()))
                .with(Variables.CALLBACK_TOKEN, tokens.tokenFor(approval.id()));
        Attempt last = approval.lastAttempt();
        if (last != null) {
            last.found().forEach(variables::with);
        }
        if (ended != null) {
            variables.with(Variables.OUTCOME, ended.outcome().name()).with(Variables.REASON, ended.mdMessage());
        }
        return variables;
    }

    /**
     * Returns the variables of a notification. It has no token, so that whoever is told cannot decide. It has no
     * context of the approval's calls, which may come from a file of the workspace.
     */
    private static Variables ofNotice(
            Webhook webhook, Approval approval, Run<?, ?> run, Notifications.Occasion occasion) {
        String root = Jenkins.get().getRootUrl();
        String page = BuildRecord.pageOf(run, approval.id()).substring(1);
        return variables(webhook, approval, run)
                .with(Variables.EVENT, occasion.name())
                .with(Variables.TEXT, NoticeText.of(approval, occasion))
                .with(Variables.WEBHOOK_NAME, approval.webhook())
                .with(Variables.APPROVAL_URL, root == null ? page : root + page)
                .with(Variables.DEADLINE, NoticeText.deadline(approval))
                .with(Variables.OUTCOME, NoticeText.outcome(approval))
                .with(Variables.REASON, NoticeText.reason(approval, occasion));
    }

    private static WebhookRequest render(Webhook webhook, Approval approval, Run<?, ?> run, Variables variables)
            throws UndeliverableException {
        String root = Jenkins.get().getRootUrl();
        String buildUrl = root == null ? null : root + run.getUrl();
        try {
            WebhookRequest request = WebhookRequest.of(
                    webhook,
                    variables,
                    new WebhookRequest.Defaults(approval.id(), approval.phase().toString(), buildUrl));
            return RequestCredentials.addTo(request, webhook, credentialsOf(Settings.Asker.of(run, approval)));
        } catch (TemplateException x) {
            throw undeliverable(webhook, x);
        }
    }

    private static UndeliverableException undeliverable(Webhook webhook, TemplateException x) {
        return new UndeliverableException("webhook '" + webhook.name() + "': " + x.getMessage());
    }

    private static RequestCredentials.Lookup credentialsOf(Settings.Asker asker) {
        return new RequestCredentials.Lookup() {
            @Override
            @CheckForNull
            public String secretText(String id) {
                return Settings.get().secret(id, asker);
            }

            @Override
            @CheckForNull
            public StandardCertificateCredentials certificate(String id) {
                return Settings.get().certificate(id, asker);
            }
        };
    }

    /** Returns the variables that every call has, with the webhook's own context. */
    private static Variables variables(Webhook webhook, Approval approval, Run<?, ?> run) {
        OutgoingCalls calls = requireCalls(approval);
        return new Variables()
                .with(Variables.APPROVAL_ID, approval.id())
                .with(Variables.DEPLOYMENT_ID, run.getExternalizableId())
                .with(Variables.APPLICATION_NAME, run.getParent().getFullName())
                .with(Variables.ENVIRONMENT_NAME, approval.environment())
                .with(Variables.ACCOUNT_NAME, calls.account())
                .with(Variables.NAMESPACE, calls.namespace())
                .withContext(webhook.context())
                .withSecrets(id -> Settings.get().secret(id, Settings.Asker.of(run, approval)));
    }

    private static String callbackUri(String id) throws UndeliverableException {
        try {
            return callbackUriOf(id);
        } catch (IllegalStateException x) {
            throw new UndeliverableException(x.getMessage());
        }
    }

    /**
     * Returns the {@code {{armory.callbackUri}}} of an approval.
     *
     * @throws IllegalStateException if Jenkins does not know its address
     */
    public static String callbackUriOf(String id) {
        return Settings.get().rootActionUrl() + "approvals/" + id;
    }
}
