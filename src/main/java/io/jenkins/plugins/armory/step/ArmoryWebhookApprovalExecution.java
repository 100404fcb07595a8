package io.jenkins.plugins.armory.step;

import io.jenkins.plugins.armory.delivery.Sending;
import io.jenkins.plugins.armory.runtime.Work;
import io.jenkins.plugins.armory.flow.LogText;
import io.jenkins.plugins.armory.flow.StagePause;
import io.jenkins.plugins.armory.flow.Stages;
import io.jenkins.plugins.armory.runtime.Route;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.console.ModelHyperlinkNote;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.security.ACL;
import hudson.security.ACLContext;
import io.jenkins.plugins.armory.runtime.ArmoryApprovals;
import io.jenkins.plugins.armory.runtime.ArmoryDeployments;
import io.jenkins.plugins.armory.runtime.BuildRecord;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Attempt;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.Decision;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Progress;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.SecretTexts;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalEnded;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.deployment.Failure;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.webhook.Variables;
import io.jenkins.plugins.armory.webhook.Webhook;
import io.jenkins.plugins.armory.webhook.WebhookRequest;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.Jenkins;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.actions.ErrorAction;
import org.jenkinsci.plugins.workflow.flow.BlockableResume;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * One approval as the build sees it. What is decided, and when, is the business of {@link Approvals}; this starts the
 * approval, calls the webhook, and hands the decision to the Pipeline.
 *
 * <p>The Pipeline engine calls {@link #start}, {@link #stop} and {@link #onResume} on its own thread, which must not be
 * held up: all they do is to pass the work on. The order of what follows is what makes a crash harmless at any moment:
 * <ol>
 *   <li>the program is saved with the approval's id in it,
 *   <li>the webhook's definition is read, and saved with the program,
 *   <li>the approval is written,
 *   <li>the webhook is called, with the id as its {@code Idempotency-Key}, see {@link Sending}.
 * </ol>
 * After a restart in between, {@link #resume} takes up where the approval stands.
 */
final class ArmoryWebhookApprovalExecution extends StepExecution implements Approvals.Waiter {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ArmoryWebhookApprovalExecution.class.getName());
    private static final String OTHER_FAILED = "another one of the same phase failed: ";
    /** How much of a message of progress is in a line of the log, in characters. */
    private static final int MAX_PROGRESS = 200;

    private final transient ArmoryWebhookApprovalStep step;

    // Plain fields only: they are kept in program.dat, where templates may be but no secret and no token.
    private WebhookReference reference;
    private String approvalId;
    private Instant begun;

    /** Set once what the reference names was read. */
    @CheckForNull
    private volatile WebhookReference.Resolved resolved;

    /** What is deployed to, as people know it. */
    @CheckForNull
    private String environment;

    /** Name of the environment that the approval belongs to if the build comes to it, {@code null} for the enclosing stage. */
    @CheckForNull
    private String placeEnvironment;

    private Phase phase;

    @CheckForNull
    private String manualMessage;

    private ArrayList<String> submitters;
    private long timeoutMillis;
    private String timeoutText;
    /** 0 where the external process may be silent as long as it likes. */
    private long heartbeatMillis;

    @CheckForNull
    private String heartbeatText;

    @CheckForNull
    private String callbackCredentialsId;

    private ArrayList<String> allowedCallers;

    /** Why the step was stopped, once it was. */
    @CheckForNull
    private transient volatile Throwable stopped;

    @CheckForNull
    private transient volatile Sending sending;
    /** What it has in common with those that have to succeed with it, once that is known. */
    @CheckForNull
    private transient volatile Object group;

    /** Whether the Pipeline was told how this ended; guarded by this. */
    private transient boolean over;

    ArmoryWebhookApprovalExecution(StepContext stepContext, ArmoryWebhookApprovalStep step) {
        super(stepContext);
        this.step = step;
    }

    @Override
    public boolean start() throws Exception {
        try {
            reference = step.toReference();
            resolved = reference.withoutReading();
            timeoutMillis = step.timeoutDuration().toMillis();
            chooseHeartbeat(step.heartbeatDuration());
            phase = step.requirePhase();
        } catch (IllegalArgumentException x) {
            throw new AbortException("armoryWebhookApproval: " + x.getMessage());
        }
        timeoutText = text(step.getTimeout(), step.getUnit());
        chooseCallers();
        placeEnvironment = step.getEnvironment() != null ? step.getEnvironment() : enclosingEnvironment();
        environment = placeEnvironment != null
                ? placeEnvironment
                : getContext().get(EnvVars.class).get("STAGE_NAME");
        ManualApproval manual = step.getManualApproval();
        if (manual != null) {
            manualMessage = manual.toRequirement().message();
            submitters = new ArrayList<>(manual.toRequirement().submitters());
        }
        approvalId = ArmoryApprovals.get().tokens().newId();
        begun = Instant.now();
        ArmoryApprovals.get().executor().execute(() -> run(this::pause));
        Work.afterSaving(getContext(), this::run, this::prepareAndBegin);
        return false;
    }

    private void chooseHeartbeat(@CheckForNull Duration heartbeat) {
        if (heartbeat != null) {
            heartbeatMillis = heartbeat.toMillis();
            heartbeatText = text(step.getHeartbeat(), Objects.requireNonNull(step.getHeartbeatUnit()));
        }
    }

    @CheckForNull
    private String enclosingEnvironment() throws IOException, InterruptedException {
        EnclosingEnvironment enclosing = getContext().get(EnclosingEnvironment.class);
        return enclosing == null ? null : enclosing.name();
    }

    private Place place() throws IOException, InterruptedException {
        return Stages.placeOf(getContext().get(FlowNode.class), placeEnvironment);
    }

    /** Whoever the step names may decide, and nobody else but the holder of the approval's own token. */
    private void chooseCallers() {
        allowedCallers = new ArrayList<>(step.getAllowedCallers());
        callbackCredentialsId = step.getCallbackCredentialsId();
        if (callbackCredentialsId != null) {
            allowedCallers.add(AllowedCallers.CREDENTIALS + callbackCredentialsId);
        } else if (allowedCallers.isEmpty()) {
            callbackCredentialsId = ArmoryConfiguration.get().getCallbackCredentialsId();
        }
    }

    @Override
    public void onResume() {
        ArmoryApprovals armory = ArmoryApprovals.get();
        armory.executor().execute(() -> {
            run(this::pause);
            if (armory.problem().isPresent()) {
                log("The webhook approvals are not open, and Jenkins's log says why; the step goes on when they are.");
            }
            armory.whenOpen(() -> run(this::resume));
        });
    }

    @Override
    public void stop(Throwable cause) {
        stopped = cause;
        ArmoryApprovals.get().executor().execute(() -> run(() -> abort(cause)));
    }

    @Override
    public String getStatus() {
        return "waiting for the callback of webhook " + reference.name()
                + (manualMessage == null ? "" : ", and for a person");
    }

    /** Does the work, see {@link Work#run}. Whatever goes wrong must end the step: nobody else would. */
    private void run(Work work) {
        Work.run(work, this::endWithError, this::log);
    }

    /** Once the step is over, there is nothing to decide. */
    private void endWithError(Exception thrown) {
        LOGGER.log(Level.FINE, thrown, () -> "Approval " + approvalId + " ends with an error");
        if (Jenkins.get().isTerminating()) {
            return; // the approvals are closed; the next start takes up where this one stands
        }
        fail(thrown);
        Work.run(
                () -> {
                    tell(Verdict.STOPPED, "The step failed.");
                    approvals().apply(approvalId, new Event.Aborted("The step failed."));
                },
                x -> LOGGER.log(
                        Level.WARNING, "Cannot write that " + approvalId + " is over; the build's end will try again", x),
                this::log);
    }

    /** Reads what the definition of the webhook needs, on a thread that may wait for an agent, and has that saved too. */
    private void prepareAndBegin() throws Exception {
        if (resolved != null) {
            begin();
            return;
        }
        ArmoryApprovals.get().caller().executor().execute(() -> run(() -> {
            if (stopped != null) {
                return;
            }
            resolved = reference.resolve(getContext(), environment);
            Work.afterSaving(getContext(), this::run, this::begin);
        }));
    }

    private WebhookReference.Resolved resolved() {
        WebhookReference.Resolved known = resolved;
        if (known == null) {
            throw new IllegalStateException("nothing was read for " + approvalId);
        }
        return known;
    }

    private Webhook webhook() {
        return resolved().webhook();
    }

    private void begin() throws Exception {
        if (stopped != null) {
            return;
        }
        Run<?, ?> run = getContext().get(Run.class);
        checkCallers(run);
        if (heartbeatMillis > 0 && webhook().disableCallback()) {
            throw new AbortException("heartbeat: webhook '" + webhook().name() + "' is defined with disableCallback, so nothing"
                    + " is to be heard; leave heartbeat out");
        }
        // Before anything is kept, since something in the definition may be wrong:
        WebhookRequest request = request(run);
        Route route = route(run);
        checkCancel(run);
        Approval approval = Approval.start(
                approvalId,
                BuildRecord.refTo(run),
                environment,
                webhook().name(),
                callbackCredentialsId,
                allowedCallers,
                Instant.now().truncatedTo(ChronoUnit.MILLIS),
                Duration.ofMillis(timeoutMillis));
        approval = approval.in(phase).from(ArmoryConfiguration.get().rootActionUrl());
        if (webhook().disableCallback()) {
            approval = approval.withoutCallback();
        }
        if (heartbeatMillis > 0) {
            approval = approval.with(Duration.ofMillis(heartbeatMillis));
        }
        if (manualMessage != null) {
            approval = approval.with(new ManualRequirement(manualMessage, submitters));
        }
        Place place = place();
        Transition transition = ArmoryDeployments.get().apply(run, new ApprovalStarted(place, approvalId, phase));
        if (transition.problem() != null) {
            throw new AbortException("The webhook was not called: " + transition.problem());
        }
        group = groupOf(run, transition.deployment().resolved(place));
        if (!BuildRecord.hasApprovals(run)) {
            warnWhereCrashesEndTheBuild();
        }
        try {
            approvals().create(approval);
            BuildRecord.add(run, approvalId); // second, see there
        } catch (IOException x) {
            throw failure("The webhook was not called, since the approval cannot be written", x);
        }
        approvals().attach(approvalId, this);
        if (stopped != null) { // while this was being written: then nobody has ended the approval yet
            abort(stopped);
            return;
        }
        if (endIfOtherFailed(run)) {
            return;
        }
        arm();
        newSending(run, route).start(request);
    }

    /** Approvals of one place and phase, which all have to succeed. */
    private record Group(BuildRef build, String place, Phase phase) {}

    @CheckForNull
    private Object groupOf(Run<?, ?> run, Place place) {
        String shared = place.shared();
        return shared == null ? null : new Group(BuildRecord.refTo(run), shared, phase);
    }

    @Override
    public Object group() {
        return group;
    }

    /**
     * Whether an approval of the same phase has failed in a branch beside this one; then this one is ended. To be asked once this
     * one is attached: one that fails later than the answer finds it.
     */
    private boolean endIfOtherFailed(Run<?, ?> run) throws IOException, InterruptedException {
        Optional<Failure> failed =
                ArmoryDeployments.get().of(run).deployment().failedBeside(place(), phase);
        if (failed.isPresent()) {
            approvals().apply(approvalId, new Event.OtherFailed(OTHER_FAILED + failed.get().reason()));
        }
        return failed.isPresent();
    }

    /** Jenkins ends such a build when it starts again, whatever callers were told. */
    private void warnWhereCrashesEndTheBuild() throws IOException, InterruptedException {
        FlowExecution execution = getContext().get(FlowExecution.class);
        if (execution == null) {
            return;
        }
        if (execution instanceof BlockableResume resumable && resumable.isResumeBlocked()) {
            log("WARNING: this build does not survive a restart of Jenkins (disableResume): its approvals then end without a"
                    + " decision, also those that were decided just before.");
        } else if (!execution.getDurabilityHint().isPersistWithEveryStep()) {
            log("WARNING: this build does not survive a crash of Jenkins (durability " + execution.getDurabilityHint()
                    + "): its approvals then end without a decision, also those that were decided just before. Use the"
                    + " durability MAX_SURVIVABILITY where that matters.");
        }
    }

    private Route route(Run<?, ?> run) throws AbortException {
        return Route.of(webhook(), resolved().account(), environment, run, this::log);
    }

    /**
     * Has the cancel webhook called should the approval end without its external process; where there is none, nothing is kept.
     *
     * @throws AbortException when it cannot be called as it is defined
     * @throws IOException when that could not be made durable
     */
    private void arm() throws IOException {
        Webhook cancel = resolved().cancel();
        if (cancel != null) {
            Cancellations.get()
                    .arm(new CancelRecord(
                            templates(), cancel, ArmoryConfiguration.get().rootActionUrl()));
        }
    }

    /** Whether the cancel webhook could be called is found out before anything is sent. */
    private void checkCancel(Run<?, ?> run) throws AbortException {
        Webhook cancel = resolved().cancel();
        if (cancel != null) {
            Route.of(cancel, resolved().account(), environment, run, this::log);
            templates().of(cancel, run, new Decision(Decision.Outcome.ABORTED, "", "build", Instant.now()));
        }
    }

    private Sending newSending(Run<?, ?> run, Route route) throws IOException {
        Sending toSend = new Sending(
                approvals(),
                approvalId,
                webhook().retryCount(),
                route,
                new SendingOwner(run, route),
                Timer.get(),
                ArmoryApprovals.get().executor());
        sending = toSend;
        Cancellations.get().watch(approvalId, toSend, line -> log(LogText.continued(line)));
        return toSend;
    }

    /** What {@link Sending} needs to know of the step, and tells it. */
    private final class SendingOwner implements Sending.Owner {

        private final Run<?, ?> run;
        private final Route route;

        SendingOwner(Run<?, ?> run, Route route) {
            this.run = run;
            this.route = route;
        }

        @Override
        public WebhookRequest request() throws AbortException {
            try (ACLContext ignored = ACL.as2(ACL.SYSTEM2)) {
                return ArmoryWebhookApprovalExecution.this.request(run);
            }
        }

        @Override
        public void calling(WebhookRequest request) {
            log("Calling webhook '" + webhook().name() + "'" + route.description() + ": " + request.destination());
        }

        @Override
        public void log(String line) {
            ArmoryWebhookApprovalExecution.this.log(LogText.continued(line));
        }

        @Override
        public void sent(Attempt attempt) {
            run(() -> ArmoryWebhookApprovalExecution.this.sent(run, attempt));
        }

        @Override
        public void failed(Exception x) {
            run(() -> {
                throw x;
            });
        }
    }

    /** @throws AbortException when the step names somebody who can never call back */
    private void checkCallers(Run<?, ?> run) throws AbortException {
        ArmoryConfiguration configuration = ArmoryConfiguration.get();
        if (callbackCredentialsId != null
                && !configuration.hasClient(callbackCredentialsId)
                && SecretTexts.ofCaller(callbackCredentialsId, allowedCallers, run) == null) {
            throw new AbortException("callbackCredentialsId: there is no Secret text credential \"" + callbackCredentialsId
                    + "\" that this job may use, and it is none of the callback clients of Jenkins");
        }
        List<String> unknown = allowedCallers.stream().filter(each -> !configuration.knowsCaller(each)).toList();
        if (!unknown.isEmpty()) {
            throw new AbortException("allowedCallers: \"" + unknown.get(0) + "\" is neither the client_id of a callback client"
                    + " of Jenkins, nor one of its issuers with or without a subject");
        }
        if (callbackCredentialsId == null
                && !webhook().disableCallback()
                && !webhook().mentions(Variables.CALLBACK_TOKEN)
                && !configuration.letsSomebodyDecideFor(run.getParent().getFullName())) {
            log("WARNING: nobody can call back, since nobody has a token. Put {{armory.callbackToken}} into a header or the"
                    + " body of the webhook, or name a Secret text credential with callbackCredentialsId.");
        }
    }

    /** Takes up a step that was waiting, or about to, when Jenkins went down. */
    private void resume() throws Exception {
        if (stopped != null) { // while the approvals were not open
            abort(stopped);
            return;
        }
        Run<?, ?> run = getContext().get(Run.class);
        Optional<Approval> approval;
        try {
            approval = approvals().find(approvalId);
        } catch (IOException x) { // it may have been decided: then the webhook must not be called once more
            throw failure("The approval cannot be read, so what was decided is not known", x);
        }
        if (approval.isEmpty()) {
            if (BuildRecord.has(run, approvalId)) {
                throw new AbortException("The approval of this step is not in JENKINS_HOME/armory-approvals any more, so what was"
                        + " decided is not known. Its webhook is not called a second time; run the build again.");
            }
            prepareAndBegin();
            return;
        }
        group = groupOf(run, ArmoryDeployments.get().of(run).deployment().resolved(place()));
        BuildRecord.add(run, approvalId);
        approvals().attach(approvalId, this);
        if (!approval.get().isDecided() && endIfOtherFailed(run)) {
            return;
        }
        switch (approval.get().state()) {
            case SENDING -> {
                Optional<String> reason = ArmoryConfiguration.get()
                        .reasonNotToCall(approval.get().origin(), "The webhook of approval " + approvalId + " of " + run);
                if (reason.isPresent()) {
                    LOGGER.warning(reason.get());
                    log("WARNING: " + reason.get());
                    return;
                }
                Instant due = approval.get().nextAttemptAt();
                boolean wait = due != null && due.isAfter(Instant.now());
                log("Jenkins went down while webhook '" + webhook().name() + "' was being called; calling it again"
                        + (wait ? " at " + due : "") + ", with the same Idempotency-Key.");
                arm();
                newSending(run, route(run)).resume(approval.get());
            }
            case WAITING -> log("Jenkins was restarted; still waiting for the callback until "
                    + approval.get().deadline() + ".");
            case DECIDED -> {} // attach() has seen to it
        }
    }

    private WebhookRequest request(Run<?, ?> run) throws AbortException {
        return templates().of(webhook(), run, null);
    }

    private ApprovalRequest templates() {
        WebhookReference.Resolved known = resolved();
        return new ApprovalRequest(
                approvalId, environment, phase, known.context(), known.account(), known.namespace());
    }

    /** @throws IllegalStateException when Jenkins does not know its address */
    private String callbackUri() {
        return ArmoryConfiguration.get().callbackUri(approvalId);
    }

    private void sent(Run<?, ?> run, Attempt attempt) throws IOException {
        String page = ArmoryApprovals.pageOf(run, approvalId);
        String answered = "The webhook answered " + attempt.status() + " after "
                + attempt.duration().toMillis() + " ms.";
        String waiting = " " + ModelHyperlinkNote.encodeTo(page, "Waiting") + " " + timeoutText + " at most, until "
                + approvals().find(approvalId).map(Approval::deadline).orElse(null);
        if (webhook().disableCallback()) {
            log(answered + (manualMessage == null ? " No callback is awaited." : waiting + "."));
        } else {
            log(answered + waiting + ", for the callback to " + callbackUri() + "/callback"
                    + (heartbeatText == null ? "" : ", and " + heartbeatText + " at most between reports of progress"));
        }
        if (manualMessage != null) {
            log("A person has to approve too"
                    + (submitters.isEmpty() ? "" : " (" + String.join(", ", submitters) + ")")
                    + (manualMessage.isEmpty() ? "" : ": " + manualMessage)
                    + " " + ModelHyperlinkNote.encodeTo(page, "Approve or reject")
                    + ", or POST to " + callbackUri() + "/approve or /reject.");
        }
    }

    /** Ends the approval; unless it is decided already, {@link #decided} then ends the step. */
    private void abort(Throwable cause) {
        boolean known = false;
        try {
            known = approvals()
                    .apply(approvalId, new Event.Aborted("The build, or this part of it, was stopped."))
                    .isPresent();
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write that " + approvalId + " was stopped; the next start finds out", x);
        }
        if (!known) {
            fail(cause);
        }
    }

    @Override
    public void decided(Approval approval) {
        Sending toStop = sending;
        if (toStop != null) {
            toStop.stop();
        }
        run(() -> {
            Decision decision = approval.requireDecision();
            String title = "Webhook approval '" + approval.webhook() + "' ";
            String by = "(" + LogText.continued(decision.decidedBy()) + ")" + message(decision.mdMessage());
            switch (decision.outcome()) {
                case SENT -> succeeded(approval, "");
                case SUCCESS -> succeeded(approval, title + "succeeded " + by);
                case FAILURE -> failed(approval, title + "failed " + by);
                case REJECTED -> failed(approval, title + "was rejected " + by);
                case TIMED_OUT -> failed(approval, title + "timed out: " + overdue(approval));
                case NOT_HEARD -> failed(
                        approval,
                        title + "failed before its deadline: " + decision.mdMessage()
                                + " Raise heartbeat, report progress more often, or find out what has become of it.");
                case NOT_SENT -> failed(
                        approval,
                        "Webhook '" + approval.webhook() + "' could not be called" + message(decision.mdMessage()));
                case OTHER_FAILED -> failed(approval, title + "ended" + message(decision.mdMessage()));
                case ABORTED -> {
                    tell(Verdict.STOPPED, decision.mdMessage());
                    fail(stopped != null ? stopped : new FlowInterruptedException(Result.ABORTED, false));
                }
            }
        });
    }

    @Override
    public void progressed(Progress progress) {
        String percent = progress.percentText();
        String text = LogText.clean(progress.mdMessage()).lines().findFirst().orElse("").strip();
        String line = text.length() <= MAX_PROGRESS ? text : text.substring(0, MAX_PROGRESS) + "...";
        run(() -> log("Progress: " + percent + (percent.isEmpty() || line.isEmpty() ? "" : ", ") + line));
    }

    @Override
    public void heard(Approval approval) {
        Decision person = approval.person();
        Decision callback = approval.callback();
        if (person != null) {
            log(approved(person) + (approval.awaitsCallback() ? " The callback is still awaited." : ""));
        } else if (callback != null) {
            log("The callback said success (" + LogText.continued(callback.decidedBy()) + ")"
                    + message(callback.mdMessage()) + ". A person is still awaited.");
        }
    }

    private static String approved(Decision person) {
        return "Approved by " + LogText.continued(person.decidedBy()) + message(person.mdMessage()) + ".";
    }

    private String overdue(Approval approval) {
        boolean nobody = approval.callback() != null || !approval.awaitsCallback();
        return (nobody ? "nobody approved" : "no callback arrived") + " within " + timeoutText
                + ". Raise the limit with timeout and unit, or find out what has become of "
                + (nobody ? "those who may approve." : "the external process.");
    }

    /** @param line for the log, empty for none */
    private void succeeded(Approval approval, String line) throws IOException, InterruptedException {
        tell(Verdict.SUCCESS, "");
        Decision person = approval.person();
        Decision callback = approval.callback();
        boolean byPersonLast = person != null && callback != null && !person.decidedAt().isBefore(callback.decidedAt());
        if (byPersonLast) { // else it was told when it was given
            log(approved(person));
        }
        if (!line.isEmpty()) {
            log(line);
        }
        goOn(approval);
    }

    /** Ends the step without an error; but an order to stop that came meanwhile must not be lost. */
    private void goOn(Approval approval) {
        Throwable cause = stopped;
        if (cause != null) {
            fail(cause);
        } else if (finish()) {
            getContext().onSuccess(result(approval));
        }
    }

    /**
     * What follows from a failure depends on the phase: after the deployment it is no reason to stop the stage, which has
     * deployed what it should. The reason is in the log in any case: the Pipeline may catch what is thrown, and of what several
     * branches throw, {@code parallel} tells one.
     */
    private void failed(Approval approval, String reason) throws IOException, InterruptedException {
        boolean own = approval.requireDecision().outcome() != Decision.Outcome.OTHER_FAILED;
        String plain = LogText.withoutPrefixes(reason);
        Transition transition = tell(own ? Verdict.FAILURE : Verdict.OTHER_FAILED, plain); // before the others are looked for
        Object known = group;
        if (own && known != null) {
            approvals().endOthers(approvalId, known, OTHER_FAILED + plain);
        }
        log("ERROR: " + reason);
        if (phase != Phase.AFTER_DEPLOYMENT) {
            fail(new AbortException(reason));
            return;
        }
        logWhatIsCancelled(transition.deployment().resolved(place()).environment());
        // As of an error that is caught: the step is shown as failed, and its stage is not. A warning would be of both.
        getContext().get(FlowNode.class).addAction(new ErrorAction(new AbortException(reason)));
        goOn(approval);
    }

    private void logWhatIsCancelled(@CheckForNull String failedEnvironment) {
        if (failedEnvironment == null) {
            log("Every stage and environment that has not begun yet is cancelled. What this stage still does is done.");
        } else {
            log("Environments that depend on '" + failedEnvironment + "' are cancelled. Plain stages go on: to keep one from"
                    + " running, put armoryEnvironment(name: '...', dependsOn: ['" + failedEnvironment
                    + "']) { ... } around what is in it.");
        }
    }

    /** Tells the environments of the build what the approval has come to. */
    private Transition tell(Verdict verdict, String reason) throws IOException, InterruptedException {
        return ArmoryDeployments.get()
                .apply(
                        getContext().get(Run.class),
                        new ApprovalEnded(place(), approvalId, phase, reference.name(), verdict, reason));
    }

    /** What the step returns to the Pipeline. */
    private static Map<String, Object> result(Approval approval) {
        Decision decision = approval.requireDecision();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("id", approval.id());
        result.put("success", decision.isSuccess());
        result.put("mdMessage", decision.mdMessage());
        result.put("decidedBy", decision.decidedBy());
        result.put("decidedAt", decision.decidedAt().toString());
        result.put("durationMillis", Duration.between(approval.createdAt(), decision.decidedAt()).toMillis());
        return result;
    }

    private void fail(Throwable cause) {
        if (finish()) {
            getContext().onFailure(cause);
        }
    }

    /** Whether it is for the caller to end the step; true once. */
    private synchronized boolean finish() {
        boolean first = !over;
        over = true;
        try {
            StagePause.end(getContext(), approvalId);
        } catch (IOException x) {
            LOGGER.log(Level.WARNING, "Cannot write that " + approvalId + " waits no longer", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
        return first;
    }

    private synchronized void pause() throws IOException, InterruptedException {
        if (!over) {
            StagePause.begin(getContext(), approvalId);
        }
    }

    private static Approvals approvals() throws IOException {
        try {
            return ArmoryApprovals.get().approvals();
        } catch (IOException x) {
            throw failure("The folder armory-approvals in JENKINS_HOME cannot be used", x);
        }
    }

    /** What the author of the Pipeline reads in the build's log; where it comes from is in that of Jenkins. */
    private static AbortException failure(String message, IOException x) {
        LOGGER.log(Level.WARNING, message, x);
        return new AbortException(message + ": " + x.getMessage());
    }

    private void log(String line) {
        try {
            TaskListener listener = getContext().get(TaskListener.class);
            listener.getLogger().println(LogText.PREFIX + line);
        } catch (IOException x) {
            LOGGER.log(Level.FINE, "Cannot write to the log of the build", x);
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    /** The message of somebody else as it is put behind a line of the log. */
    private static String message(String mdMessage) {
        String text = LogText.continued(mdMessage);
        return text.isEmpty() ? "" : ": " + text;
    }

    private static String text(long amount, TimeUnit unit) {
        String name = unit.name().toLowerCase(Locale.ROOT);
        return amount + " " + (amount == 1 ? name.substring(0, name.length() - 1) : name);
    }
}
