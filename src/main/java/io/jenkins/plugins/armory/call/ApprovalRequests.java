package io.jenkins.plugins.armory.call;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.ExtensionList;
import hudson.Util;
import hudson.model.Run;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.call.CallKind.Order;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.RequestRenderer;
import io.jenkins.plugins.armory.webhook.RequestSigner;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.Optional;
import java.util.function.Function;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Makes the requests of approvals from Jenkins's builds, credentials and settings. */
@Restricted(NoExternalUse.class)
public class ApprovalRequests {

    private final Function<BuildRef, Run<?, ?>> builds;
    private final CallbackTokens tokens;
    private final WebhookClient client;

    /** @param builds returns a build as far as the current user may see it, {@code null} if it is not there */
    public ApprovalRequests(Function<BuildRef, Run<?, ?>> builds, CallbackTokens tokens, WebhookClient client) {
        this.builds = builds;
        this.tokens = tokens;
        this.client = client;
    }

    /**
     * Returns the request of a call.
     *
     * @throws UndeliverableException if the call cannot be made as it is defined
     */
    RequestRenderer of(CallKind kind, Order order) throws UndeliverableException {
        return of(kind, order, buildOf(order));
    }

    /** @param run the build of the approval */
    RequestRenderer of(CallKind kind, Order order, Run<?, ?> run) throws UndeliverableException {
        var certificates = new CertificateMaterial(credentials(order, run)::certificate);
        return new RequestRenderer(
                order.webhook(),
                kind.values(order, run, this),
                new RequestRenderer.Material(
                        certificates::identity,
                        certificates::authorities,
                        ExtensionList.lookup(RequestSigner.class).stream().findFirst()),
                kind.wanted(order));
    }

    private Run<?, ?> buildOf(Order order) throws UndeliverableException {
        BuildRef build = order.approval().build();
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            Run<?, ?> run = builds.apply(build);
            if (run == null) {
                throw new UndeliverableException("its build " + build + " is not there");
            }
            return run;
        }
    }

    /**
     * Returns who makes a call.
     *
     * @throws UndeliverableException if its webhook does not say
     */
    Sender sender(CallKind kind, Order order) throws UndeliverableException {
        String agent = agentOf(order);
        return agent == null
                ? client
                : new AgentSender(agent, buildOf(order), client, line -> kind.note(order, line), kind.patience());
    }

    /**
     * Returns why this Jenkins must not call for an approval that was there when it started: it is a copy of another
     * Jenkins, or the build is not there now. The call is left for a later start then.
     */
    Optional<String> reasonToWait(Approval approval) {
        try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
            if (builds.apply(approval.build()) == null) {
                return Optional.of("its build is not there.");
            }
        }
        String here;
        try {
            here = Settings.get().rootActionUrl();
        } catch (IllegalStateException x) {
            return Optional.empty(); // the call itself says so
        }
        String origin = approval.origin().address();
        return origin == null || origin.equals(here)
                ? Optional.empty()
                : Optional.of("it was made at " + origin + ", and this Jenkins is at " + here
                        + ". In a copy of that Jenkins, stop the build. If the address was changed on purpose, stop the build"
                        + " and start it again, or set the old address.");
    }

    /** Returns the agent that makes a call, {@code null} for Jenkins itself. */
    @CheckForNull
    static String agentOf(Order order) throws UndeliverableException {
        Webhook webhook = order.webhook();
        if (webhook.networkMode() == NetworkMode.DIRECT) {
            return null;
        }
        String account = order.calls().variables().get(Variables.ACCOUNT_NAME);
        String agent = webhook.agentIdentifier() != null ? webhook.agentIdentifier() : account;
        if (agent == null) {
            throw new UndeliverableException(
                    "webhook '" + webhook.name() + "': agentIdentifier: is missing; name the agent that"
                            + " makes the call, or a label; without it, the account of a target of armoryDeployment makes it");
        }
        return agent;
    }

    /** Returns the values that the templates of every call have, with the webhook's own context. */
    Variables ofEvery(Order order, Run<?, ?> run) {
        Approval approval = order.approval();
        String root = Util.fixNull(Jenkins.get().getRootUrl());
        Variables variables = new Variables();
        order.calls().variables().forEach(variables::with);
        return variables
                .with(Variables.APPROVAL_ID, approval.id())
                .with(Variables.DEPLOYMENT_ID, run.getExternalizableId())
                .with(Variables.APPLICATION_NAME, run.getParent().getFullName())
                .with(Variables.BUILD_URL, root + run.getUrl())
                .with(Variables.APPROVAL_URL, root + pageOf(run, approval.id()).substring(1))
                .with(Variables.ENVIRONMENT_NAME, approval.environment())
                .with(Variables.PHASE, approval.phase().toString())
                .withContext(order.webhook().context())
                .withSecrets(credentials(order, run)::secretText);
    }

    private static Settings.Credentials credentials(Order order, Run<?, ?> run) {
        return Settings.get().credentials(run, order.approval().isRule());
    }

    /** Returns the values that the templates of calls to the external process have. */
    Variables ofProcess(Order order, Run<?, ?> run) throws UndeliverableException {
        String id = order.id();
        Variables variables = ofEvery(order, run)
                .withContext(order.calls().context())
                .with(Variables.CALLBACK_TOKEN, tokens.tokenFor(id));
        order.found().forEach(variables::with);
        try {
            return variables.with(Variables.CALLBACK_URI, callbackUriOf(id));
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

    /** Returns the path of a build's page, at one of its approvals. It starts at the Jenkins URL, with a slash. */
    public static String pageOf(Run<?, ?> run, String approvalId) {
        return "/" + run.getUrl() + "armory/#approval-" + approvalId;
    }
}
