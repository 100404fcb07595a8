package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.ExtensionList;
import hudson.model.Computer;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.DecisionText;
import io.jenkins.plugins.armory.approval.DurationText;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.call.CallLoop;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.callback.token.ChosenSecrets;
import io.jenkins.plugins.armory.callback.token.ListedCallers;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.form.SecretTexts;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.armory.step.EnclosingAction;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import io.jenkins.plugins.armory.store.BuildState;
import io.jenkins.plugins.armory.webhook.StatusCheck;
import io.jenkins.plugins.armory.webhook.UndeliverableException;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.plaincredentials.StringCredentials;
import org.jenkinsci.plugins.workflow.flow.BlockableResume;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The creation of the approvals of a step: checks everything and writes them. If a check fails, nothing is written and
 * nothing is called.
 */
final class ApprovalStart {

    /** How long it is tried again to write the approvals. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final SuspendedExecution step;
    private final long begun;
    private final ArmoryRuntime armory;
    private final StepContext context;
    private final Run<?, ?> run;
    private final Consumer<String> log;

    /** Whether the approvals are rules of an environment. */
    private final boolean rules;

    /** @param begun when the step has begun this, as {@code System.nanoTime()} */
    ApprovalStart(SuspendedExecution step, boolean rules, long begun) throws IOException, InterruptedException {
        this.step = step;
        this.begun = begun;
        armory = step.armory();
        context = step.getContext();
        run = step.build();
        log = step::print;
        this.rules = rules;
    }

    /**
     * Creates what a step waits for. May wait for an agent.
     *
     * @param ids those of the approvals, in their order
     * @param asked the approvals of an {@link ApprovalFactory}; not empty
     * @return the approvals, in their order
     * @throws AbortException naming what is wrong
     */
    List<Approval> create(OpenApproval open, List<String> ids, List<Approval> asked)
            throws IOException, InterruptedException {
        List<Approval> created = checked(open.id(), ids, asked);
        EnclosingAction action = rules ? null : context.get(EnclosingAction.class);
        String notStarted =
                created.stream().noneMatch(Approval::hasWebhook) ? "Nobody was asked" : "The webhook was not called";
        boolean isFirst = armory.approvalsOf(run).isEmpty();
        Transition transition =
                write(new ApprovalStarted(open, action == null ? null : action.planned()), created, notStarted);
        if (transition.problem() != null) {
            throw new AbortException(notStarted + ": " + transition.problem());
        }
        if (isFirst) {
            warnOfLowDurability();
        }
        warnOfStarted(transition.deployment().startedDependents(open.place()), open.place());
        new ApprovalLog(log).holds(context.get(Computer.class));
        return created;
    }

    private List<Approval> checked(String step, List<String> ids, List<Approval> asked) throws IOException {
        CallLoop calls = armory.calls();
        BuildRef build = BuildRecord.refTo(run);
        Instant now = Instant.now();
        var approvals = new ArrayList<Approval>();
        for (Approval each : asked) {
            String id = ids.get(approvals.size());
            Approval approval =
                    each.with(copy -> copy.id(id).step(step).build(build).createdAt(now));
            try {
                calls.check(approval, run);
                checkCalls(approval.terms(), approval.calls());
            } catch (IllegalArgumentException | UndeliverableException | AbortException x) {
                throw new AbortException(DecisionText.at(approval.path(), String.valueOf(x.getMessage())));
            }
            approvals.add(approval);
        }
        return approvals;
    }

    /** @throws AbortException if the calls do not go with the terms */
    private void checkCalls(Terms terms, @CheckForNull OutgoingCalls calls) throws AbortException {
        Webhook webhook = calls == null ? null : calls.webhook();
        if (webhook != null) {
            checkCallers(terms, webhook, calls.status());
            checkHeartbeat(terms, calls, webhook);
            checkStatus(terms, calls);
        }
    }

    private static void checkHeartbeat(Terms terms, OutgoingCalls calls, Webhook webhook) throws AbortException {
        if (terms.heartbeat() != null && webhook.disableCallback() && calls.status() == null) {
            throw new AbortException("heartbeat: webhook '" + webhook.name() + "' is defined with "
                    + reasonForNoCallback(webhook)
                    + ", so no callback is awaited; leave heartbeat out");
        }
    }

    /** @throws AbortException if the status would not be asked for in time */
    private static void checkStatus(Terms terms, OutgoingCalls calls) throws AbortException {
        StatusCheck status = calls.status();
        if (status == null) {
            return;
        }
        String every = "status: every: " + DurationText.of(status.every()) + " is ";
        Duration heartbeat = terms.heartbeat();
        Duration timeout = terms.timeout();
        if (status.every().compareTo(timeout) >= 0) {
            throw new AbortException(every + "not less than the timeout of " + DurationText.of(timeout)
                    + "; ask more often, or raise timeout");
        }
        // A question may be late by a tenth, and takes its time.
        if (heartbeat != null && status.every().multipliedBy(2).compareTo(heartbeat) > 0) {
            throw new AbortException(every + "more than half of the heartbeat of " + DurationText.of(heartbeat)
                    + "; ask more often, or raise heartbeat");
        }
    }

    /**
     * Returns why nobody may call back with a Secret text; {@code null} if somebody may.
     *
     * @throws AbortException if there is such a Secret text, of an environment to which the build is not deploying
     */
    @CheckForNull
    private String problemOfSecretText(String credentialsId, List<String> allowed) throws AbortException {
        StringCredentials credentials = SecretTexts.ofCaller(credentialsId, allowed, run, rules);
        try {
            if (credentials == null) {
                return "there is no Secret text credential \"" + credentialsId
                        + (rules ? "\" of scope System in Jenkins itself, and no" : "\" that this job may use, and no")
                        + " callback client of Jenkins has this credential";
            }
            return ChosenSecrets.isTooShort(credentials.getSecret().getPlainText())
                    ? "the Secret text credential \"" + credentialsId + "\" " + ChosenSecrets.FAULT
                    : null;
        } catch (IllegalArgumentException x) {
            throw new AbortException("callbackCredentialsId: " + x.getMessage());
        }
    }

    /**
     * @throws AbortException if the step names a caller that does not exist, or a callback is awaited and nobody could
     *     send it
     */
    private void checkCallers(Terms terms, Webhook webhook, @CheckForNull StatusCheck status) throws AbortException {
        List<ListedCallers> listed = ExtensionList.lookup(ListedCallers.class);
        List<ListedCallers.Entry> entries =
                listed.stream().flatMap(each -> each.entries().stream()).toList();
        String credentialsId = terms.callbackCredentialsId();
        List<String> allowed = terms.allowedCallers();
        checkSomebodyCallsBack(allowed, webhook);
        if (webhook.disableCallback()) {
            return;
        }
        boolean tellsToken = webhook.tells(Variables.CALLBACK_TOKEN);
        String found = credentialsId == null || listed.stream().anyMatch(each -> each.have(credentialsId))
                ? null
                : problemOfSecretText(credentialsId, allowed);
        if (found != null) {
            boolean ofSettings = allowed.isEmpty(); // a step's own is an allowed caller too
            String problem = "callbackCredentialsId" + (ofSettings ? " of the settings of Jenkins" : "") + ": " + found
                    + (ofSettings ? "; ask an administrator to mend the settings, or name callers in the step" : "");
            if (!ofSettings || !tellsToken) {
                throw new AbortException(problem);
            }
            log.accept("WARNING: " + problem
                    + ". The approval's own token, which the webhook hands over, is not affected.");
        }
        String job = run.getParent().getFullName();
        boolean isOfOtherJobs = credentialsId != null
                && entries.stream()
                        .filter(each -> credentialsId.equals(each.credentialsId()))
                        .anyMatch(each -> !each.jobs().match(job));
        if (isOfOtherJobs) {
            log.accept("WARNING: callbackCredentialsId: the callback client of \"" + credentialsId
                    + "\" may not decide for this job. An administrator has to add the job to the client's in the settings"
                    + " of Jenkins; its callbacks are refused until then.");
        }
        for (String caller : allowed) {
            boolean isKnown = true;
            try {
                isKnown = caller.startsWith(AllowedCallers.CREDENTIALS)
                        || listed.stream().anyMatch(each -> each.areNamedBy(caller));
            } catch (UncheckedIOException x) { // its callback is looked at anyway
                log.accept("WARNING: allowedCallers: it is not known now whether \"" + caller
                        + "\" is a callback client of Jenkins: "
                        + x.getCause().getMessage());
            }
            if (!isKnown) {
                throw new AbortException(
                        "allowedCallers: \"" + caller + "\" is neither the client_id of a callback client"
                                + " of Jenkins, nor one of its issuers with or without a subject");
            }
        }
        if (credentialsId == null
                && status == null
                && !tellsToken
                && entries.stream().noneMatch(each -> each.jobs().match(job))
                && !(rules && allowed.isEmpty() && ArmoryConfiguration.get().letsSecretTextDecideRules())) {
            throw new AbortException(
                    "nobody could call back, because nobody has a token. " + callersOfOtherJobs(entries, job)
                            + "Put {{armory.callbackToken}} into a"
                            + " header or the body of the webhook, or name a Secret text credential with callbackCredentialsId. For a"
                            + " service that cannot call back, give answer or status; to await nobody, disableCallback: true");
        }
    }

    /** Returns a sentence with the callers in the settings, none of which may decide for a job; empty without any. */
    private static String callersOfOtherJobs(List<ListedCallers.Entry> entries, String job) {
        String callers = entries.stream()
                .map(each -> each.name() + " (jobs: " + each.jobs() + ")")
                .collect(Collectors.joining(", "));
        return callers.isEmpty()
                ? ""
                : "The callers in the settings of Jenkins may not decide for " + job + ": " + callers + ". ";
    }

    private static String reasonForNoCallback(Webhook webhook) {
        return webhook.answer() == null ? "disableCallback" : "answer";
    }

    /** @throws AbortException if a step names callers, and so waits for one, and its webhook awaits no callback */
    static void checkSomebodyCallsBack(List<String> allowedCallers, Webhook webhook) throws AbortException {
        if (webhook.disableCallback() && !allowedCallers.isEmpty()) {
            String reason = reasonForNoCallback(webhook);
            throw new AbortException("callbackCredentialsId, allowedCallers: webhook '" + webhook.name()
                    + "' is defined with " + reason + ", so nobody calls back; leave them out, or leave " + reason
                    + " out");
        }
    }

    /**
     * Warns that the Pipeline was faster than this approval: it asks after the environments that it should hold back
     * have begun.
     */
    private void warnOfStarted(List<String> dependents, Place place) {
        if (!dependents.isEmpty()) {
            String environment = place.environment();
            log.accept(LogText.continued(
                    "WARNING: environment '" + environment + "' was complete before this approval began, and "
                            + "'" + String.join("', '", dependents) + "'"
                            + " did not wait for it. Put it into armoryEnvironment('" + environment
                            + "') { }, so that whatever depends on '" + environment + "' does."));
        }
    }

    /** Warns that a restart or a crash of Jenkins ends this build, although callers were told that they decided. */
    private void warnOfLowDurability() throws IOException, InterruptedException {
        FlowExecution execution = context.get(FlowExecution.class);
        if (execution == null) {
            return;
        }
        if (execution instanceof BlockableResume resumable && resumable.isResumeBlocked()) {
            log.accept(
                    "WARNING: this build does not survive a restart of Jenkins (disableResume). A restart ends its approvals"
                            + " without a decision, even one that was decided just before.");
        } else if (!execution.getDurabilityHint().isPersistWithEveryStep()) {
            log.accept("WARNING: this build does not survive a crash of Jenkins (durability "
                    + execution.getDurabilityHint()
                    + "). A crash ends its approvals without a decision, even one that was decided just before. To avoid"
                    + " that, use the durability MAX_SURVIVABILITY.");
        }
    }

    private Transition write(ApprovalStarted started, List<Approval> created, String notStarted)
            throws AbortException, BuildState.UnwrittenException {
        try {
            return step.written(() -> armory.approvals().create(started, created));
        } catch (IllegalArgumentException x) {
            throw new AbortException("approvals: " + x.getMessage());
        } catch (IOException x) {
            if (x instanceof BuildState.UnwrittenException unwritten && System.nanoTime() - begun < PATIENCE_NANOS) {
                throw unwritten; // who has called repeats it
            }
            throw SuspendedExecution.failure(notStarted + ", because the approval cannot be written", x);
        }
    }
}
