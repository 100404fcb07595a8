package io.jenkins.plugins.armory.part.file.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.part.file.DeploymentPlan;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A {@link DeploymentPlan} as calls of Pipeline steps, for the script of {@code armoryDeployment}. It is a part of
 * {@code program.dat} while the deployment runs: no secret in it, and nothing but plain serializable classes.
 *
 * @param timeoutSeconds the time that one action may take in seconds, 0 for no limit
 */
@Restricted(NoExternalUse.class)
public record DeploymentRun(ArrayList<Target> targets, long timeoutSeconds) implements Serializable {

    /** @param webhooks the webhooks of the file, by name */
    static DeploymentRun of(
            DeploymentPlan plan,
            Map<String, Webhook> webhooks,
            @CheckForNull String version,
            @CheckForNull String application) {
        var release = new LinkedHashMap<String, Object>();
        release.put("version", version);
        release.put("application", application);
        release.values().removeIf(Objects::isNull);
        Duration timeout = plan.actionTimeout();
        var targets = new ArrayList<Target>();
        for (DeploymentPlan.Target target : plan.targets()) {
            Target made = Target.of(target, new TaskFactory(target, webhooks));
            made.arguments().putAll(release);
            targets.add(made);
        }
        return new DeploymentRun(targets, timeout == null ? 0 : timeout.toSeconds());
    }

    /**
     * A target: its groups of tasks, one after the other.
     *
     * @param arguments the arguments of {@code armoryEnvironment}
     */
    public record Target(
            String name,
            LinkedHashMap<String, Object> arguments,
            Group before,
            ArrayList<Group> strategy,
            Group after,
            Task rollback)
            implements Serializable {

        static Target of(DeploymentPlan.Target target, TaskFactory tasks) {
            var arguments = new LinkedHashMap<String, Object>(Map.of("name", target.name()));
            if (!target.dependsOn().isEmpty()) { // else it depends on what comes before the deployment
                arguments.put("dependsOn", new ArrayList<>(target.dependsOn()));
            }
            var strategy = new ArrayList<Group>();
            target.strategy().forEach(group -> strategy.add(Group.of("conditions", tasks.all(group, Phase.STRATEGY))));
            return new Target(
                    target.name(),
                    arguments,
                    Group.of("before deployment", tasks.all(target.before(), Phase.BEFORE_DEPLOYMENT)),
                    strategy,
                    Group.of("after deployment", tasks.all(target.after(), Phase.AFTER_DEPLOYMENT)),
                    tasks.task(target.rollback(), Phase.STRATEGY));
        }
    }

    /**
     * Tasks that are done side by side.
     *
     * @param branches a name for each task that no other task of the group has
     */
    public record Group(String name, ArrayList<Task> tasks, ArrayList<String> branches) implements Serializable {

        static Group of(String name, List<Task> tasks) {
            var branches = new LinkedHashSet<String>();
            for (Task task : tasks) {
                String branch = task.label();
                for (int number = 2; !branches.add(branch); number++) {
                    branch = task.label() + " (" + number + ")";
                }
            }
            return new Group(name, new ArrayList<>(tasks), new ArrayList<>(branches));
        }
    }

    /**
     * One step of the plan.
     *
     * @param arguments the arguments of {@code armoryDeploymentAction}
     * @param approval the arguments of the approval, {@code null} for an action or a pause
     * @param pauseSeconds the length of a pause in seconds, 0 for an action or an approval
     */
    public record Task(
            String label,
            LinkedHashMap<String, Object> arguments,
            @CheckForNull LinkedHashMap<String, Object> approval,
            long pauseSeconds)
            implements Serializable {

        public boolean isApproval() {
            return approval != null;
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
