package io.jenkins.plugins.armory.part.file.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.config.form.KeyValue;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.environment.Release;
import io.jenkins.plugins.armory.part.file.DeploymentPlan;
import io.jenkins.plugins.armory.part.file.PlannedDeployment;
import io.jenkins.plugins.armory.step.BlockEnd;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import io.jenkins.plugins.armory.step.flow.Stages;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The execution of {@code armoryDeploymentPlan}. It may wait for an agent, and starts again after a restart of Jenkins.
 */
final class ArmoryDeploymentPlanExecution extends SuspendedExecution {

    private static final long serialVersionUID = 1L;

    /** A parameter of the step {@code parallel}, which would not run a branch of this name. */
    private static final String NO_BRANCH = "failFast";

    @CheckForNull
    private final String mistake;

    @CheckForNull
    private final String config;

    private final LinkedHashMap<String, String> context;
    private final ArrayList<String> targets;
    private final LinkedHashMap<String, String> bodies;

    @CheckForNull
    private final String version;

    @CheckForNull
    private final String application;

    ArmoryDeploymentPlanExecution(StepContext stepContext, ArmoryDeploymentPlanStep step) {
        super(stepContext);
        mistake = step.getMistake();
        config = step.getConfig();
        context = new LinkedHashMap<>(step.contextMap());
        targets = new ArrayList<>(step.getTargets());
        bodies = new LinkedHashMap<>(KeyValue.toMap(step.getBodies()));
        version = step.getVersion();
        application = step.getApplication();
    }

    @Override
    public boolean start() throws IOException, InterruptedException {
        later(this::read);
        return false;
    }

    @Override
    public void onResume() {
        later(() -> onceOpen(this::read));
    }

    @Override
    protected void failed(Exception thrown) {
        failedInEnvironment(thrown);
    }

    /**
     * The deployment is an environment around its targets, which cannot begin. It closes what comes behind it, and the
     * one around it.
     */
    @Override
    protected void tellEnvironments(String reason) throws IOException, InterruptedException {
        String node = getContext().get(FlowNode.class).getId();
        String unread = "(armoryDeployment, step " + node + ")";
        tell(new Declared(unread, null, node, Stages.placeOf(getContext(), null), null, reason, null));
    }

    private void read() throws Exception {
        if (mistake != null) {
            throw new AbortException(mistake);
        }
        if (config == null) {
            throw new AbortException(
                    "armoryDeployment: config is missing; give it the text of a deployment file, such as"
                            + " config: readTrusted('deploy.yml')");
        }
        try {
            Release.check(version, application);
        } catch (IllegalArgumentException x) {
            throw new AbortException("armoryDeployment: " + x.getMessage());
        }
        PlannedDeployment planned = planned();
        DeploymentPlan plan = part(planned.plan());
        checkLeftOut(planned.whole(), plan);
        DeploymentRun run = DeploymentRun.of(plan, planned.webhooks(), version, application);
        planned.notes().forEach(this::log);
        armory().deployments().of(build()).put(PlanPiece.PART, PlanJson.of(plan));
        if (stopCause() == null) { // else stop() ends the step
            succeed(run);
        }
    }

    private PlannedDeployment planned() throws AbortException {
        try {
            return PlannedDeployment.read(config, context, bodies);
        } catch (PlannedDeployment.InvalidException x) {
            throw new AbortException("armoryDeployment: config cannot be used:\n" + x.getMessage());
        }
    }

    /**
     * Checks the dependencies that are left out, by {@code targets} or by the file's {@code targetFilters}. Whoever
     * does that has decided that the others need not be deployed again, but not against what this build knows of them.
     *
     * @throws AbortException naming a direct or indirect dependency that this build has as an environment, and that is
     *     not ready
     */
    private void checkLeftOut(DeploymentPlan whole, DeploymentPlan part) throws IOException, InterruptedException {
        Set<String> names =
                part.targets().stream().map(DeploymentPlan.Target::name).collect(Collectors.toSet());
        Map<String, DeploymentPlan.Target> all = whole.byName();
        Deployment deployment = armory().deployments().of(build()).newest();
        Predicate<String> last =
                name -> names.contains(name) || deployment.find(name).isPresent();
        for (DeploymentPlan.Target target : whole.targets()) {
            if (names.contains(target.name())) {
                List<String> leftOut = target.allDependencies(all, last)
                        .filter(name -> !names.contains(name))
                        .toList();
                for (String dependency : leftOut) {
                    checkReady(target.name(), dependency, deployment);
                }
                leftOut.stream()
                        .filter(target.dependsOn()::contains)
                        .forEach(dependency -> log("The target '" + target.name() + "' is deployed without a look at '"
                                + dependency + "', on which it depends and which is left out."));
            }
        }
    }

    private static void checkReady(String target, String dependency, Deployment deployment) throws AbortException {
        if (deployment.find(dependency).isPresent() && !deployment.isOpen(dependency)) {
            throw new AbortException("armoryDeployment: targets: \"" + target + "\" depends on \"" + dependency
                    + "\", an environment of this build that is not ready for it; deploy to it as well, or leave \""
                    + target
                    + "\" out");
        }
    }

    private DeploymentPlan part(DeploymentPlan whole) throws AbortException {
        DeploymentPlan part;
        try {
            part = targets.isEmpty() ? whole : whole.only(targets);
        } catch (IllegalArgumentException x) {
            throw new AbortException("armoryDeployment: " + x.getMessage());
        }
        if (part.targets().stream().anyMatch(target -> target.name().equals(NO_BRANCH))) {
            throw new AbortException("armoryDeployment: config: targets." + NO_BRANCH
                    + ": is a parameter of parallel, so it cannot be the name of a branch; rename the target");
        }
        return part;
    }

    @Override
    public void stop(Throwable cause) {
        stopFor(cause);
        later(() -> {
            tellEnvironments(BlockEnd.failure(cause).reason());
            fail(cause);
        });
    }

    @Override
    public String getStatus() {
        return "reading the deployment file";
    }
}
