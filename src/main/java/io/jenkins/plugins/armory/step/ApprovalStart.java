package io.jenkins.plugins.armory.step;

import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.SecretTexts;
import io.jenkins.plugins.armory.delivery.UndeliverableException;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jenkinsci.plugins.workflow.flow.BlockableResume;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The start of an approval: looks up its webhook, checks all that can be wrong, and writes the approval. Nothing is kept
 * and nothing is called if anything is wrong.
 */
final class ApprovalStart {

    private final String id;
    private final ApprovalDefinition definition;
    private final Place place;
    private final StepContext context;
    private final Consumer<String> log;

    /** @param log takes lines for the build's log */
    ApprovalStart(String id, ApprovalDefinition definition, Place place, StepContext context, Consumer<String> log) {
        this.id = id;
        this.definition = definition;
        this.place = place;
        this.context = context;
        this.log = log;
    }

    /**
     * Creates the approval. May wait for files on an agent.
     *
     * @throws AbortException naming what is wrong, and the mend
     */
    Approval create() throws IOException, InterruptedException {
        Run<?, ?> run = context.get(Run.class);
        OutgoingCalls calls = definition.reference().resolve(context, definition.environment());
        Webhook webhook = Objects.requireNonNull(calls.webhook(), "a reference is one to a webhook");
        checkCallers(run, webhook);
        checkHeartbeat(webhook);
        // Without a group yet, since nothing must be told to the environments before all is checked.
        checkCalls(terms(run, calls).start(), run);
        Transition transition =
                ArmoryRuntime.get().deployments().apply(run, new ApprovalStarted(place, id, definition.phase()));
        if (transition.problem() != null) {
            throw new AbortException("The webhook was not called: " + transition.problem());
        }
        Approval approval = terms(run, calls)
                .group(transition.deployment().resolved(place).shared())
                .start();
        if (!BuildRecord.hasApprovals(run)) {
            warnWhereCrashesEndTheBuild();
        }
        write(approval, run);
        return approval;
    }

    private ApprovalTerms.Builder terms(Run<?, ?> run, OutgoingCalls calls) {
        Webhook webhook = Objects.requireNonNull(calls.webhook(), "a reference is one to a webhook");
        ApprovalTerms.Builder terms = ApprovalTerms.of(id, BuildRecord.refTo(run))
                .webhook(webhook.name())
                .timeout(Instant.now(), definition.timeout())
                .calls(calls);
        definition.addTo(terms);
        if (webhook.disableCallback()) {
            terms.withoutCallback();
        }
        return terms.origin(originIfKnown());
    }

    /** Returns the address of this Jenkins. Without one, the check of the calls says what to do. */
    private static String originIfKnown() {
        try {
            return ArmoryConfiguration.get().rootActionUrl();
        } catch (IllegalStateException x) {
            return null;
        }
    }

    private static void checkCalls(Approval approval, Run<?, ?> run) throws AbortException {
        try {
            ArmoryRuntime.get().requests().check(approval, run);
        } catch (UndeliverableException x) {
            throw new AbortException(x.getMessage());
        }
    }

    private void checkHeartbeat(Webhook webhook) throws AbortException {
        if (definition.heartbeat() != null && webhook.disableCallback()) {
            throw new AbortException("heartbeat: webhook '" + webhook.name()
                    + "' is defined with disableCallback, so no callback is awaited; leave heartbeat out");
        }
    }

    /** @throws AbortException if the step names a caller that can never call back */
    private void checkCallers(Run<?, ?> run, Webhook webhook) throws AbortException {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        String credentialsId = definition.callbackCredentialsId();
        List<String> allowed = definition.allowedCallers();
        if (credentialsId != null
                && !configuration.hasClient(credentialsId)
                && SecretTexts.ofCaller(credentialsId, allowed, run) == null) {
            throw new AbortException("callbackCredentialsId: there is no Secret text credential \"" + credentialsId
                    + "\" that this job may use, and it is none of the callback clients of Jenkins");
        }
        for (String caller : allowed) {
            if (!configuration.knowsCaller(caller)) {
                throw new AbortException(
                        "allowedCallers: \"" + caller + "\" is neither the client_id of a callback client"
                                + " of Jenkins, nor one of its issuers with or without a subject");
            }
        }
        if (credentialsId == null
                && !webhook.disableCallback()
                && !webhook.mentions(Variables.CALLBACK_TOKEN)
                && !configuration.letsSomebodyDecideFor(run.getParent().getFullName())) {
            log.accept(
                    "WARNING: nobody can call back, since nobody has a token. Put {{armory.callbackToken}} into a header or the"
                            + " body of the webhook, or name a Secret text credential with callbackCredentialsId.");
        }
    }

    /** Jenkins ends such a build when it starts again, whatever callers were told. */
    private void warnWhereCrashesEndTheBuild() throws IOException, InterruptedException {
        FlowExecution execution = context.get(FlowExecution.class);
        if (execution == null) {
            return;
        }
        if (execution instanceof BlockableResume resumable && resumable.isResumeBlocked()) {
            log.accept(
                    "WARNING: this build does not survive a restart of Jenkins (disableResume): its approvals then end"
                            + " without a decision, also those that were decided just before.");
        } else if (!execution.getDurabilityHint().isPersistWithEveryStep()) {
            log.accept("WARNING: this build does not survive a crash of Jenkins (durability "
                    + execution.getDurabilityHint()
                    + "): its approvals then end without a decision, also those that were decided just before. Use the"
                    + " durability MAX_SURVIVABILITY where that matters.");
        }
    }

    private static void write(Approval approval, Run<?, ?> run) throws AbortException {
        try {
            ArmoryRuntime.get().approvals().create(approval);
            BuildRecord.add(run, approval.id()); // second, see there
        } catch (IOException x) {
            throw SuspendedExecution.failure("The webhook was not called, since the approval cannot be written", x);
        }
    }
}
