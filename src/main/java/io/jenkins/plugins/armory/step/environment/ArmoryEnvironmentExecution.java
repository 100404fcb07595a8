package io.jenkins.plugins.armory.step.environment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.ExtensionList;
import hudson.model.Result;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RulesMet;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Stopped;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.environment.Release;
import io.jenkins.plugins.armory.step.BlockEnd;
import io.jenkins.plugins.armory.step.BlockExecution;
import io.jenkins.plugins.armory.step.approval.Admission;
import io.jenkins.plugins.armory.step.approval.ApprovalWait;
import io.jenkins.plugins.armory.step.approval.ArmoryApprovalExecution;
import io.jenkins.plugins.armory.step.approval.Demands;
import io.jenkins.plugins.armory.step.approval.EnvironmentGuard;
import io.jenkins.plugins.armory.step.flow.DeadEnds;
import io.jenkins.plugins.armory.step.flow.EnclosingBody;
import io.jenkins.plugins.armory.step.flow.StagePause;
import io.jenkins.plugins.armory.step.flow.Stages;
import io.jenkins.plugins.armory.store.BuildState;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The execution of {@code armoryEnvironment}. It waits for the environments in {@code dependsOn}. If the environment is
 * cancelled, it ends without an error and is shown as aborted, so that independent parts of the Pipeline continue.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryEnvironmentExecution extends BlockExecution implements BuildState.Waiter {

    private static final long serialVersionUID = 1L;
    private static final Logger LOGGER = Logger.getLogger(ArmoryEnvironmentExecution.class.getName());

    /** An environment variable of the body. Armory sets a variable of this name in its deployments. */
    public static final String VARIABLE = "ARMORY_ENVIRONMENT_NAME";

    /** A shorter wait is not shown, because showing it writes files. */
    private static final long SHOWN_AFTER_SECONDS = 1;

    private final String name;

    /** {@code null} for all that come before. */
    @CheckForNull
    private final ArrayList<String> dependsOn;

    /** What is deployed, {@code null} if the arguments are mistaken. */
    @CheckForNull
    private final Release release;

    /** What the environment demands of this deployment, {@code null} for nothing. */
    @CheckForNull
    private Demands demands;

    /** The full name that the job had when the step began. */
    @CheckForNull
    private String job;

    /** What is wrong with the step or with the settings, {@code null} for nothing. */
    @CheckForNull
    private String mistake;

    @CheckForNull
    private transient volatile Admission admission;

    @CheckForNull
    private transient volatile ApprovalWait checks;

    /** Is set before it is asked for, also after a restart of Jenkins. */
    private volatile boolean waiting;

    /**
     * @param mistake what is wrong with the arguments, {@code null} for nothing; the environments must know before the
     *     step ends
     */
    ArmoryEnvironmentExecution(
            StepContext stepContext,
            String name,
            @CheckForNull List<String> dependsOn,
            @CheckForNull String mistake,
            @CheckForNull Release release) {
        super(stepContext);
        this.name = name;
        this.dependsOn = dependsOn == null ? null : new ArrayList<>(dependsOn);
        this.mistake = mistake;
        this.release = release;
    }

    @Override
    public boolean start() throws Exception {
        if (mistake == null) {
            findDemands();
        }
        return beginOnceSaved();
    }

    private void findDemands() throws IOException, InterruptedException {
        job = build().getParent().getFullName();
        try {
            for (EnvironmentGuard guard : ExtensionList.lookup(EnvironmentGuard.class)) {
                demands = demands == null ? guard.demandsOf(name, this) : demands;
            }
        } catch (AbortException x) {
            mistake = x.getMessage();
        } catch (IOException
                | RuntimeException
                | Error x) { // as of a parameter of another plugin, or of a key that cannot be read
            LOGGER.log(Level.WARNING, "Cannot read the rules of the environment " + name, x);
            mistake = "its rules cannot be read: " + x;
        }
    }

    @Override
    protected void failed(Exception thrown) {
        run(
                () -> {
                    abandonAdmission("The step failed.");
                    tell(declared()); // it may have failed before
                    tell(new Ended(name, id(), String.valueOf(thrown.getMessage())));
                    failedInEnvironment(thrown);
                },
                x -> {
                    LOGGER.log(Level.WARNING, "Cannot write that the environment " + name + " has failed", x);
                    endWithError(thrown);
                });
    }

    private void abandonAdmission(String reason) {
        Admission known = admission;
        if (known != null) {
            known.abandon(reason);
        }
    }

    @Override
    public boolean isWaitingFor(String other) {
        return super.isWaitingFor(other) || demands != null && demands.have(other, armory().tokens());
    }

    @Override
    public String getStatus() {
        return "environment " + name;
    }

    @Override
    protected void begin() throws Exception {
        Transition transition = tell(declared());
        if (transition.problem() != null) {
            throw new AbortException("armoryEnvironment: " + transition.problem());
        }
        Environment environment = transition.deployment().find(name).orElseThrow();
        if (!environment.dependsOn().isEmpty() && getContext().get(ArmoryApprovalExecution.class) != null) {
            log("WARNING: armoryApproval is around the environment '" + name + "', so it is asked for even if "
                    + quoted(environment.dependsOn())
                    + " cannot be deployed. Put armoryEnvironment around armoryApproval; among the options of a stage,"
                    + " write it first.");
        }
        if (environment.state() == Environment.State.WAITING_FOR_DEPENDENCIES) {
            await(environment);
        } else {
            settled(environment);
        }
    }

    private void await(Environment environment) throws IOException, InterruptedException {
        waiting = true;
        BuildState store = armory().deployments().of(build());
        store.attach(name, Environment.State.WAITING_FOR_DEPENDENCIES, this);
        DeadEnds.watch(getContext(), store, name);
        Timer.get()
                .schedule(
                        () -> later(() -> showThatItWaits(environment.dependsOn())),
                        SHOWN_AFTER_SECONDS,
                        TimeUnit.SECONDS);
    }

    private Declared declared() throws IOException, InterruptedException {
        return new Declared(
                name,
                dependsOn,
                id(),
                Stages.placeOf(getContext(), null),
                demands != null || mistake != null ? job : null,
                mistake,
                release);
    }

    @Override
    public Map<String, String> variables() {
        return release == null ? Map.of() : release.variables();
    }

    private void showThatItWaits(List<String> dependencies) throws IOException, InterruptedException {
        if (waiting) {
            String awaited = dependencies.isEmpty() ? "the approvals that name it" : quoted(dependencies);
            log("Environment '" + name + "' waits for " + awaited + ".");
        }
        StagePause.begin(getContext(), id(), () -> waiting);
    }

    private static String quoted(Collection<String> names) {
        return "'" + String.join("', '", names) + "'";
    }

    @Override
    public void settled(Environment environment) {
        run(() -> {
            waitNoLonger();
            abandonAdmission("The environment does not wait any more.");
            switch (environment.state()) {
                case WAITING_FOR_DEPENDENCIES -> await(environment);
                case AWAITING_RULES -> ask();
                case DEPLOYING -> startBody(invoker());
                case CANCELLED -> cancel(String.valueOf(environment.reason()));
                case COMPLETE -> succeed(null); // Jenkins stopped before the program was saved
                default -> throw new AbortException("armoryEnvironment: " + environment.reason());
            }
        });
    }

    /** Asks for what the settings ask before a deployment, or goes on with that after a restart of Jenkins. */
    private void ask() throws Exception {
        var begun =
                new Admission(this, Objects.requireNonNull(demands, "it is guarded"), this::admitted, this::refused);
        admission = begun;
        armory().deployments().of(build()).attach(name, Environment.State.AWAITING_RULES, this);
        pause();
        onceOpen(begun::begin);
    }

    /** Returns the place of the rules: in the body of this environment. */
    @Override
    public Place placeOfApprovals(@CheckForNull String environment) throws IOException, InterruptedException {
        return super.placeOfApprovals(environment).withBody(id());
    }

    private void admitted() throws IOException, InterruptedException {
        tell(new RulesMet(name, id())); // settled() starts the body
    }

    private void refused(String reason) throws IOException, InterruptedException {
        armory().deployments().of(build()).detach(name, this);
        waitNoLonger();
        tell(new Ended(name, id(), reason));
        fail(new AbortException(reason));
    }

    private BodyInvoker invoker() throws IOException, InterruptedException {
        return getContext()
                .newBodyInvoker()
                .withContext(new EnclosingBody(id(), name, variables()))
                .withContext(EnvironmentExpander.merge(
                        getContext().get(EnvironmentExpander.class),
                        EnvironmentExpander.constant(Map.of(VARIABLE, name))));
    }

    private void pause() throws IOException, InterruptedException {
        waiting = true;
        StagePause.begin(getContext(), id(), () -> waiting);
    }

    private void waitNoLonger() throws IOException, InterruptedException {
        waiting = false;
        DeadEnds.forget(getContext(), name);
        StagePause.end(getContext(), id());
    }

    private void cancel(String reason) throws IOException, InterruptedException {
        log("Environment '" + name + "' is cancelled: " + reason);
        warn(Result.ABORTED, "'" + name + "' is cancelled: " + reason);
        succeed(null);
    }

    @Override
    protected void stopped(Throwable cause) throws IOException, InterruptedException {
        String reason = String.valueOf(BlockEnd.failure(cause).reason());
        armory().deployments().of(build()).detach(name, this);
        abandonAdmission("The build, or this part of it, was stopped.");
        tell(declared()); // it may be stopped before it has begun
        tell(new Stopped(name, id(), reason));
        waitNoLonger();
    }

    @Override
    protected void end(BlockEnd end) throws Exception {
        OpenApproval check = demands == null ? null : demands.checks(placeOfApprovals(name));
        Transition transition = tell(new Ended(name, id(), end.reason(), check));
        Throwable failure = end.failure();
        if (failure == null) {
            failure = transition
                    .deployment()
                    .find(name)
                    .filter(Environment::hasFailed)
                    .map(environment ->
                            new AbortException("The environment \"" + name + "\" has failed: " + environment.reason()))
                    .orElse(null);
        }
        if (failure != null) {
            fail(failure);
        } else if (check == null) {
            succeed(end.value());
        } else {
            check(end.value());
        }
    }

    /**
     * Asks for what the settings ask after a deployment, or goes on with that after a restart of Jenkins. A failure
     * throws nothing, and cancels what depends on the environment.
     */
    private void check(@CheckForNull Object value) throws Exception {
        pause();
        Demands guarding = Objects.requireNonNull(demands, "it is guarded");
        var begun = new ApprovalWait(
                this,
                guarding,
                () -> {
                    waitNoLonger();
                    succeed(value);
                },
                reason -> {
                    waitNoLonger();
                    warn(Result.UNSTABLE, reason);
                    succeed(value);
                });
        checks = begun;
        onceOpen(() -> {
            begun.resume();
            Throwable cause = stopCause();
            if (cause != null) { // before the checks were there
                begun.stop(cause);
            }
        });
    }

    @Override
    public void stop(Throwable cause) {
        super.stop(cause);
        ApprovalWait known = checks;
        if (known != null) {
            later(() -> known.stop(cause));
        }
    }
}
