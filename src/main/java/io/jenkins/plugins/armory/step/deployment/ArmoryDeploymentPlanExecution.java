package io.jenkins.plugins.armory.step.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.FilePath;
import io.jenkins.plugins.armory.deployment.Deployment;
import io.jenkins.plugins.armory.deployment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.deployment.DeploymentPlan;
import io.jenkins.plugins.armory.deploymentfile.DeploymentFile;
import io.jenkins.plugins.armory.deploymentfile.PlannedDeployment;
import io.jenkins.plugins.armory.flow.Stages;
import io.jenkins.plugins.armory.step.BlockEnd;
import io.jenkins.plugins.armory.step.EnclosingAction;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import io.jenkins.plugins.armory.step.approval.PlannedApprovals;
import io.jenkins.plugins.armory.step.approval.WorkspaceFile;
import io.jenkins.plugins.armory.webhook.NetworkMode;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** The execution of {@code armoryDeploymentPlan}. It may wait for an agent, and starts again after a restart of Jenkins. */
final class ArmoryDeploymentPlanExecution extends SuspendedExecution {

    private static final long serialVersionUID = 1L;

    /** A parameter of the step {@code parallel}, which would not run a branch of this name. */
    private static final String NO_BRANCH = "failFast";

    /** What a deployment is called that cannot begin, with the id of its node. */
    private static final String UNREAD = "(armoryDeployment, step %s)";

    @CheckForNull
    private final String mistake;

    @CheckForNull
    private final String config;

    @CheckForNull
    private final String configFile;

    private final LinkedHashMap<String, String> context;
    private final ArrayList<String> targets;
    private final ArrayList<String> secrets;
    private final ArrayList<String> agents;

    ArmoryDeploymentPlanExecution(StepContext stepContext, ArmoryDeploymentPlanStep step) {
        super(stepContext);
        mistake = step.getMistake();
        config = step.getConfig();
        configFile = step.getConfigFile();
        context = new LinkedHashMap<>(step.contextMap());
        targets = new ArrayList<>(step.getTargets());
        secrets = new ArrayList<>(step.getSecrets());
        agents = new ArrayList<>(step.getAgents());
    }

    @Override
    public boolean start() throws IOException, InterruptedException {
        inTurn(this::read);
        return false;
    }

    @Override
    public void onResume() {
        later(() -> onceOpen(() -> inTurn(this::read)));
    }

    @Override
    protected void failed(Exception thrown) {
        failedInEnvironment(thrown);
    }

    /** The deployment is an environment around its targets, which cannot begin. It closes what comes behind it, and the one around it. */
    @Override
    protected void tellEnvironments(String reason) throws IOException, InterruptedException {
        String node = getContext().get(FlowNode.class).getId();
        tell(new Declared(UNREAD.formatted(node), null, node, Stages.placeOf(getContext(), null), null, reason));
    }

    private void read() throws Exception {
        if (mistake != null) {
            throw new AbortException(mistake);
        }
        if ((config == null) == (configFile == null)) {
            throw new AbortException(
                    "armoryDeployment: give either config, the text of a deployment file, or configFile, its"
                            + " path in the workspace");
        }
        PlannedDeployment planned = planned();
        Map<String, Webhook> webhooks = planned.file().webhooks();
        checkSecrets(webhooks);
        DeploymentPlan plan = part(planned.plan());
        checkAgents(plan, webhooks);
        checkLeftOut(planned.whole(), plan);
        String body = bodyFile(plan, webhooks);
        if (body != null && getContext().get(FilePath.class) == null) {
            throw new AbortException("armoryDeployment: " + name() + ": " + body
                    + " in the workspace, and there is none here; put armoryDeployment into a node block, or give the"
                    + " webhook bodyTemplate: {inline: ...}");
        }
        DeploymentRun run = DeploymentRun.of(plan, webhooks, secrets, this::isAgent);
        checkApprovals(run, plan.byName());
        planned.notes().forEach(this::log);
        armory().deployments().add(build(), plan);
        if (stopCause() == null) { // else stop() ends the step
            succeed(run);
        }
    }

    /** Checks each approval of the plan, so that nothing is deployed that a mistake in one of them would roll back. */
    private void checkApprovals(DeploymentRun run, Map<String, DeploymentPlan.Target> targets)
            throws IOException, InterruptedException {
        var approvals = new PlannedApprovals(armory(), getContext());
        Set<String> problems = new LinkedHashSet<>();
        for (DeploymentRun.Target target : run.targets()) {
            DeploymentPlan.Target of = targets.get(target.name());
            // Without an id, which is for the environments alone.
            var later = new EnclosingAction("", of.account(), isAgent(of.account()), of.namespace());
            Set<Map<String, Object>> checked = new HashSet<>();
            for (DeploymentRun.Task task : target.approvals().toList()) {
                if (stopCause() != null) {
                    return;
                }
                Map<String, Object> arguments = task.approval(Map.of());
                String problem = checked.add(arguments) ? approvals.problemOf(arguments, target.name(), later) : null;
                if (problem != null) {
                    problems.add("target '" + target.name() + "', " + task.label() + ": " + problem);
                }
            }
        }
        refuse(problems);
    }

    private PlannedDeployment planned() throws IOException, InterruptedException {
        String text =
                config == null ? WorkspaceFile.read(getContext(), "armoryDeployment: configFile", configFile) : config;
        try {
            return PlannedDeployment.read(name(), text, context);
        } catch (DeploymentFile.InvalidException x) {
            throw new AbortException("armoryDeployment: " + name() + " cannot be used:\n" + x.getMessage());
        }
    }

    /** Returns the name of the file in messages. */
    private String name() {
        return configFile == null ? "config" : configFile;
    }

    /**
     * Returns the first webhook of a plan that reads its body from a file, as text with the file; {@code null} if none
     * does. A missing workspace is found before the deployment this way, and not in the middle of it, where it would
     * roll back.
     */
    @CheckForNull
    static String bodyFile(DeploymentPlan plan, Map<String, Webhook> webhooks) {
        return called(plan.steps(), webhooks)
                .filter(webhook -> webhook.bodyPath() != null)
                .map(webhook -> "webhook '" + webhook.name() + "' reads its body from " + webhook.bodyPath())
                .findFirst()
                .orElse(null);
    }

    private static Stream<Webhook> called(Stream<DeploymentPlan.Step> steps, Map<String, Webhook> webhooks) {
        return steps.filter(DeploymentPlan.RunWebhook.class::isInstance)
                .map(step -> webhooks.get(((DeploymentPlan.RunWebhook) step).webhook()));
    }

    /**
     * Checks the dependencies that are left out, by {@code targets} or by the file's {@code targetFilters}. Whoever does that has decided
     * that the others need not be deployed again, but not against what this build knows of them.
     *
     * @throws AbortException naming a direct or indirect dependency that this build has as an environment, and that is not ready
     */
    private void checkLeftOut(DeploymentPlan whole, DeploymentPlan part) throws IOException, InterruptedException {
        Set<String> names =
                part.targets().stream().map(DeploymentPlan.Target::name).collect(Collectors.toSet());
        Map<String, DeploymentPlan.Target> all = whole.byName();
        Deployment deployment = armory().deployments().deploymentOf(build());
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
            throw new AbortException("armoryDeployment: " + name() + ": targets." + NO_BRANCH
                    + ": is a parameter of parallel, so it cannot be the name of a branch; rename the target");
        }
        return part;
    }

    /** Checks that a file of the workspace, which may be a stranger's, uses no secret that the Pipeline does not give it. */
    private void checkSecrets(Map<String, Webhook> webhooks) throws AbortException {
        if (configFile == null) {
            return;
        }
        List<String> problems = new ArrayList<>();
        webhooks.forEach((name, webhook) -> {
            TreeSet<String> more = new TreeSet<>(webhook.secrets());
            more.removeAll(secrets);
            more.forEach(id ->
                    problems.add("webhook '" + name + "' uses {{secrets." + id + "}}, which secrets does not list"));
        });
        refuse(problems, "If that file may send them, add them to secrets: ['...'] of armoryDeployment.");
    }

    /** Checks that a file of the workspace calls from no agent that the Pipeline does not give it, by its name or as an account. */
    private void checkAgents(DeploymentPlan plan, Map<String, Webhook> webhooks) throws AbortException {
        Set<String> problems = new LinkedHashSet<>();
        for (DeploymentPlan.Target target : plan.targets()) {
            called(target.steps(), webhooks)
                    .filter(webhook -> webhook.networkMode() == NetworkMode.REMOTE_NETWORK_AGENT)
                    .forEach(webhook -> {
                        String agent = webhook.agentIdentifier();
                        String start = "webhook '" + webhook.name() + "': agentIdentifier: is ";
                        if (agent != null && !isAgent(agent)) {
                            problems.add(start + "the agent \"" + agent + "\", which agents does not list");
                        } else if (agent == null && !isAgent(target.account())) {
                            problems.add(start + "missing, and the account \"" + target.account() + "\" of the target '"
                                    + target.name() + "' is no agent that agents lists");
                        }
                    });
        }
        refuse(problems, "If that file may call from there, add it to agents: ['...'] of armoryDeployment.");
    }

    /** Returns whether webhooks of the file may be called from an agent. */
    private boolean isAgent(String name) {
        return configFile == null || agents.contains(name);
    }

    private void refuse(Collection<String> problems, String... mend) throws AbortException {
        if (!problems.isEmpty()) {
            throw new AbortException("armoryDeployment: " + name() + " cannot be used:\n"
                    + Stream.concat(problems.stream(), Stream.of(mend)).collect(Collectors.joining("\n")));
        }
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
        return "reading the deployment file " + name();
    }
}
