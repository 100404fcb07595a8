package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.deployment.DeploymentPlan;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A {@link DeploymentPlan} as calls of Pipeline steps, for the script of {@code armoryDeployment}. It is a part of
 * {@code program.dat} while the deployment runs: no secret in it, and nothing but plain serializable classes.
 */
@Restricted(NoExternalUse.class)
public final class DeploymentRun implements Serializable {

    private static final long serialVersionUID = 1L;

    private static final String BEFORE = "before deployment";
    private static final String CONDITIONS = "conditions";
    private static final String AFTER = "after deployment";

    private final ArrayList<Target> targets = new ArrayList<>();

    /** The time that one action may take in seconds, 0 for no limit. */
    private final long timeoutSeconds;

    /**
     * @param webhooks the webhooks of the file, by name
     * @param secrets ids of the Secret texts that bodies from the workspace may use
     * @param agents tells whether webhooks may be called from the agent of an account
     */
    DeploymentRun(DeploymentPlan plan, Map<String, Webhook> webhooks, List<String> secrets, Predicate<String> agents) {
        Duration timeout = plan.actionTimeout();
        timeoutSeconds = timeout == null ? 0 : timeout.toSeconds();
        for (DeploymentPlan.Target target : plan.targets()) {
            var tasks = new TaskFactory(target, webhooks, secrets, agents.test(target.account()));
            targets.add(new Target(target, tasks));
        }
    }

    public int size() {
        return targets.size();
    }

    public Target target(int index) {
        return targets.get(index);
    }

    public boolean hasTimeout() {
        return timeoutSeconds > 0;
    }

    public long timeoutSeconds() {
        return timeoutSeconds;
    }

    /** A target: its groups of tasks, one after the other. */
    public static final class Target implements Serializable {

        private static final long serialVersionUID = 1L;

        private final String name;
        private final ArrayList<String> dependsOn;
        private final Group before;
        private final ArrayList<Group> strategy = new ArrayList<>();
        private final Group after;
        private final Task rollback;

        Target(DeploymentPlan.Target target, TaskFactory tasks) {
            name = target.name();
            this.dependsOn = new ArrayList<>(target.dependsOn());
            before = new Group(BEFORE, tasks.all(target.before(), Phase.BEFORE_DEPLOYMENT));
            target.strategy().forEach(group -> strategy.add(new Group(CONDITIONS, tasks.all(group, Phase.STRATEGY))));
            after = new Group(AFTER, tasks.all(target.after(), Phase.AFTER_DEPLOYMENT));
            rollback = tasks.task(target.rollback(), Phase.STRATEGY);
        }

        public String name() {
            return name;
        }

        /** Returns the arguments of {@code armoryEnvironment}. A target without dependencies depends on what comes before the deployment. */
        public Map<String, Object> arguments() {
            return new LinkedHashMap<>(
                    dependsOn.isEmpty() ? Map.of("name", name) : Map.of("name", name, "dependsOn", dependsOn));
        }

        public Group before() {
            return before;
        }

        /** Returns the number of groups of the strategy. */
        public int strategySize() {
            return strategy.size();
        }

        public Group strategy(int index) {
            return strategy.get(index);
        }

        public Group after() {
            return after;
        }

        public Task rollback() {
            return rollback;
        }
    }

    /** Tasks that are done side by side. */
    public static final class Group implements Serializable {

        private static final long serialVersionUID = 1L;

        private final String name;
        private final ArrayList<Task> tasks;
        private final ArrayList<String> branches = new ArrayList<>();

        Group(String name, List<Task> tasks) {
            this.name = name;
            this.tasks = new ArrayList<>(tasks);
            Set<String> used = new HashSet<>();
            for (Task task : tasks) {
                String branch = task.label();
                for (int number = 2; !used.add(branch); number++) {
                    branch = task.label() + " (" + number + ")";
                }
                branches.add(branch);
            }
        }

        public String name() {
            return name;
        }

        public int size() {
            return tasks.size();
        }

        public Task task(int index) {
            return tasks.get(index);
        }

        /** Returns the name of a task that no other task of the group has. */
        public String branch(int index) {
            return branches.get(index);
        }
    }

    /** One step of the plan. */
    public static final class Task implements Serializable {

        private static final long serialVersionUID = 1L;

        private final String label;
        private final LinkedHashMap<String, Object> arguments;

        /** The arguments of the approval, {@code null} for an action or a pause. */
        @CheckForNull
        private final LinkedHashMap<String, Object> approval;

        /** The length of a pause in seconds, 0 for an action or an approval. */
        private final long pauseSeconds;

        Task(
                String label,
                Map<String, Object> arguments,
                @CheckForNull Map<String, Object> approval,
                long pauseSeconds) {
            this.label = label;
            this.arguments = new LinkedHashMap<>(arguments);
            this.approval = approval == null ? null : new LinkedHashMap<>(approval);
            this.pauseSeconds = pauseSeconds;
        }

        public String label() {
            return label;
        }

        /** Returns the arguments of {@code armoryDeploymentAction}. */
        public Map<String, Object> arguments() {
            return arguments;
        }

        public boolean isApproval() {
            return approval != null;
        }

        public boolean isPause() {
            return pauseSeconds > 0;
        }

        public long pauseSeconds() {
            return pauseSeconds;
        }

        /**
         * Returns the arguments of {@code armoryWebhookApproval}.
         *
         * @param outputs what the body has returned for this target so far; it is part of the context
         */
        public Map<String, Object> approval(Map<String, String> outputs) {
            LinkedHashMap<String, Object> result =
                    new LinkedHashMap<>(Objects.requireNonNull(approval, "the task is no approval"));
            if (result.get(TaskFactory.CONTEXT) instanceof Map<?, ?> own) {
                HashMap<String, Object> context = new LinkedHashMap<>(outputs);
                own.forEach((key, value) -> context.put(String.valueOf(key), value));
                result.put(TaskFactory.CONTEXT, context);
            }
            return result;
        }
    }
}
