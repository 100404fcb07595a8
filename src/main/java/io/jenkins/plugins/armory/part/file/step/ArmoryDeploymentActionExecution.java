package io.jenkins.plugins.armory.part.file.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Result;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.Deployment.Transition;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepStarted;
import io.jenkins.plugins.armory.environment.Environment.PlannedStep;
import io.jenkins.plugins.armory.part.file.DeploymentPlan.Action;
import io.jenkins.plugins.armory.step.BlockEnd;
import io.jenkins.plugins.armory.step.BlockExecution;
import io.jenkins.plugins.armory.step.EnclosingAction;
import io.jenkins.plugins.armory.step.approval.ApprovalLog;
import io.jenkins.plugins.armory.step.environment.ArmoryEnvironmentExecution;
import io.jenkins.plugins.armory.step.flow.Stages;
import io.jenkins.plugins.armory.webhook.WebhookRules;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The execution of {@code armoryDeploymentAction}. After a crash of Jenkins, a step of the plan is repeated unless it
 * was recorded as over. So its start costs no write. A body that fails counts like a failed approval of the phase.
 */
final class ArmoryDeploymentActionExecution extends BlockExecution {

    private static final long serialVersionUID = 1L;

    private final String environment;
    private final String planned;
    private final String label;
    private final Phase phase;
    private final boolean approval;
    private final HashMap<String, String> variables;

    ArmoryDeploymentActionExecution(StepContext stepContext, ArmoryDeploymentActionStep step) {
        super(stepContext);
        environment = step.getEnvironment();
        planned = step.getPlanned();
        label = step.getLabel();
        phase = Phase.of(step.getPhase()).orElse(Phase.STRATEGY);
        approval = step.isApproval();
        variables = new HashMap<>(KeyValue.toMap(step.getVariables()));
        variables.put(
                ArmoryEnvironmentExecution.VARIABLE, environment); // a rollback is outside of the environment's body
    }

    @Override
    public boolean start() {
        return beginAtOnce();
    }

    @Override
    public String getStatus() {
        return label + " of " + environment;
    }

    @Override
    protected void begin() throws Exception {
        Transition transition = noteStart();
        if (transition.problem() != null) {
            throw new AbortException("armoryDeployment: " + transition.problem());
        }
        PlannedStep step = transition
                .deployment()
                .find(environment)
                .map(found -> found.steps().get(planned))
                .orElseThrow(() -> new AbortException("The build is over."));
        if (!step.isOver()) {
            startBody(invoker());
        } else if (step.failure() == null) { // Jenkins stopped before the program was saved
            succeed(new HashMap<>(step.outputs()));
        } else {
            fail(failure(new AbortException(step.failure()), transition.deployment()));
        }
    }

    /**
     * Notes the start, in memory alone. Where it is known, that does nothing; after a crash that the body outlived, it
     * is not.
     */
    private Transition noteStart() throws IOException, InterruptedException {
        return armory().deployments().note(build(), new PlannedStepStarted(environment, planned, isAfter()));
    }

    @Override
    protected void bodyResumed() throws IOException, InterruptedException {
        noteStart();
    }

    private boolean isAfter() {
        return phase == Phase.AFTER_DEPLOYMENT;
    }

    private BodyInvoker invoker() throws IOException, InterruptedException {
        return getContext()
                .newBodyInvoker()
                .withContext(
                        new EnclosingAction(planned, variables.get(Action.ACCOUNT), variables.get(Action.NAMESPACE)))
                .withContext(EnvironmentExpander.merge(
                        getContext().get(EnvironmentExpander.class), EnvironmentExpander.constant(variables)));
    }

    @Override
    protected void stopped(Throwable cause) throws IOException, InterruptedException {
        tell(new PlannedStepEnded(environment, planned, BlockEnd.failure(cause).reason(), Map.of()));
    }

    @Override
    protected void end(BlockEnd bodyEnd) throws Exception {
        noteStart(); // the body may end before bodyResumed() is called
        LinkedHashMap<String, String> outputs = outputs(bodyEnd.value());
        String problem = problemOf(outputs);
        BlockEnd end = problem == null ? bodyEnd : BlockEnd.failure(new AbortException(problem));
        Throwable thrown = end.failure();
        // What is news for the environments, before the step is on record as over.
        if (thrown != null && !approval && !isInterruption(thrown)) {
            failLikeAnApproval(reason(end));
        }
        Transition transition =
                tell(new PlannedStepEnded(environment, planned, end.reason(), problem == null ? outputs : Map.of()));
        if (thrown == null) {
            succeed(outputs);
        } else {
            fail(failure(thrown, transition.deployment()));
        }
    }

    /** Tells the environments, and ends the approvals beside the action. */
    private void failLikeAnApproval(String reason) throws IOException, InterruptedException {
        armory().deployments().fail(build(), new OpenApproval(id(), label, place(), phase, label), reason);
    }

    private Place place() throws IOException, InterruptedException {
        return Stages.placeOf(getContext(), environment);
    }

    private String reason(BlockEnd end) {
        return label + " failed: " + end.reason();
    }

    private static boolean isInterruption(Throwable thrown) {
        return thrown instanceof FlowInterruptedException interruption && interruption.isActualInterruption();
    }

    /** Returns what the step throws: after the deployment, a failure ends the other conditions and nothing else. */
    private Throwable failure(Throwable thrown, Deployment deployment) throws IOException, InterruptedException {
        if (!isAfter() || isInterruption(thrown) || thrown instanceof ConditionFailedException) {
            return thrown;
        }
        String message = label + " of '" + environment + "' failed: "
                + BlockEnd.failure(thrown).reason();
        log("ERROR: " + message);
        new ApprovalLog(this::print).cancels(deployment, place(), true);
        warn(Result.UNSTABLE, message);
        return new ConditionFailedException(message);
    }

    /** Returns the values of a map that the body returned, those that a template can name; none for anything else. */
    static LinkedHashMap<String, String> outputs(@CheckForNull Object value) {
        LinkedHashMap<String, String> outputs = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, each) -> {
                boolean isPlain = each instanceof CharSequence || each instanceof Number || each instanceof Boolean;
                String name = String.valueOf(key);
                if (isPlain && WebhookRules.problemOfContext(name, null) == null) {
                    outputs.put(name, String.valueOf(each));
                }
            });
        }
        return outputs;
    }

    /** Returns why the values that the body returned cannot be a part of the context, {@code null} if they can. */
    @CheckForNull
    private static String problemOf(Map<String, String> outputs) {
        try {
            WebhookRules.checkContext(outputs);
            return null;
        } catch (IllegalArgumentException x) {
            return "What the body of armoryDeployment returned cannot be a part of the context: " + x.getMessage();
        }
    }
}
