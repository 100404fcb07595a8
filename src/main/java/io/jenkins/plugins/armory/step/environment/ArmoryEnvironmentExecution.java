package io.jenkins.plugins.armory.step.environment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Result;
import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Stopped;
import io.jenkins.plugins.armory.deployment.Environment;
import io.jenkins.plugins.armory.flow.DeadEnds;
import io.jenkins.plugins.armory.flow.EnclosingBody;
import io.jenkins.plugins.armory.flow.StagePause;
import io.jenkins.plugins.armory.flow.Stages;
import io.jenkins.plugins.armory.flow.cps.OwnStage;
import io.jenkins.plugins.armory.step.BlockEnd;
import io.jenkins.plugins.armory.step.BlockExecution;
import io.jenkins.plugins.armory.step.EnclosingApproval;
import io.jenkins.plugins.armory.storage.DeploymentStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
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
public final class ArmoryEnvironmentExecution extends BlockExecution implements DeploymentStore.Waiter {

    private static final long serialVersionUID = 1L;
    /** An environment variable of the body. Armory sets a variable of this name in its deployments. */
    public static final String VARIABLE = "ARMORY_ENVIRONMENT_NAME";
    /** An environment variable that the step {@code stage} sets. */
    private static final String STAGE_VARIABLE = "STAGE_NAME";

    /** A shorter wait is not shown, because showing it writes files. */
    private static final long SHOWN_AFTER_SECONDS = 1;

    private final String name;

    /** {@code null} for all that come before. */
    @CheckForNull
    private final ArrayList<String> dependsOn;

    /** {@code true} to show the body as a stage, see {@link OwnStage}. */
    private transient boolean ownStage;

    private transient volatile boolean waiting;

    ArmoryEnvironmentExecution(StepContext stepContext, String name, @CheckForNull List<String> dependsOn) {
        super(stepContext);
        this.name = name;
        this.dependsOn = dependsOn == null ? null : new ArrayList<>(dependsOn);
    }

    @Override
    public boolean start() throws Exception {
        return beginOnceSaved();
    }

    @Override
    protected void failed(Exception thrown) {
        failedInEnvironment(thrown);
    }

    @Override
    public String getStatus() {
        return "environment " + name;
    }

    @Override
    protected void begin() throws Exception {
        ownStage = !Stages.isInOne(getContext().get(FlowNode.class)) && OwnStage.prepare(getContext());
        Transition transition = tell(declared());
        if (transition.problem() != null) {
            throw new AbortException("armoryEnvironment: " + transition.problem());
        }
        Environment environment = transition.deployment().find(name).orElseThrow();
        if (!environment.dependsOn().isEmpty() && EnclosingApproval.isAround(getContext())) {
            log("WARNING: armoryApproval is around the environment '" + name + "', so it is asked for even if "
                    + quoted(environment.dependsOn())
                    + " cannot be deployed. Put armoryEnvironment around armoryApproval; among the options of a stage,"
                    + " write it first.");
        }
        if (environment.state() != Environment.State.WAITING_FOR_DEPENDENCIES) {
            settled(environment);
            return;
        }
        waiting = true;
        DeploymentStore store = armory().deployments().of(build());
        store.attach(name, this);
        DeadEnds.watch(getContext(), store, name);
        Timer.get()
                .schedule(
                        () -> later(() -> showThatItWaits(environment.dependsOn())),
                        SHOWN_AFTER_SECONDS,
                        TimeUnit.SECONDS);
    }

    private Declared declared() throws IOException, InterruptedException {
        return new Declared(name, dependsOn, id(), Stages.placeOf(getContext(), null));
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
            switch (environment.state()) {
                case DEPLOYING -> startBody(invoker());
                case CANCELLED -> cancel(String.valueOf(environment.reason()));
                case COMPLETE -> succeed(null); // Jenkins stopped before the program was saved
                default -> throw new AbortException("armoryEnvironment: " + environment.reason());
            }
        });
    }

    private BodyInvoker invoker() throws IOException, InterruptedException {
        Map<String, String> variables = new HashMap<>(Map.of(VARIABLE, name));
        BodyInvoker invoker = getContext().newBodyInvoker().withContext(new EnclosingBody(id(), name));
        if (ownStage) {
            variables.put(STAGE_VARIABLE, name);
            invoker.withDisplayName(name);
        }
        return invoker.withContext(EnvironmentExpander.merge(
                getContext().get(EnvironmentExpander.class), EnvironmentExpander.constant(variables)));
    }

    private void waitNoLonger() throws IOException, InterruptedException {
        waiting = false;
        DeadEnds.forget(getContext(), name);
        StagePause.end(getContext(), id());
    }

    private void cancel(String reason) throws IOException, InterruptedException {
        log("Environment '" + name + "' is cancelled: " + reason);
        String message = "'" + name + "' is cancelled: " + reason;
        if (ownStage) {
            leaveOutBody(getContext().newBodyInvoker().withDisplayName(name), message);
        } else {
            warn(Result.ABORTED, message);
            succeed(null);
        }
    }

    @Override
    protected void stopped(Throwable cause) throws IOException, InterruptedException {
        String reason = String.valueOf(BlockEnd.failure(cause).reason());
        armory().deployments().of(build()).detach(name, this);
        tell(declared()); // it may be stopped before it has begun
        tell(new Stopped(name, id(), reason));
        waitNoLonger();
    }

    @Override
    protected void end(BlockEnd end) throws Exception {
        Transition transition = tell(new Ended(name, id(), end.reason()));
        Throwable failure = end.failure();
        if (failure == null) {
            failure = transition
                    .deployment()
                    .find(name)
                    .filter(Environment::hasFailed)
                    .map(environment -> new AbortException("armoryEnvironment: \"" + name
                            + "\" has failed, although the Pipeline went on: " + environment.reason()))
                    .orElse(null);
        }
        if (failure == null) {
            succeed(end.value());
        } else {
            fail(failure);
        }
    }
}
