package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The plan of a deployment: what is to be done for each target, and in which order. It is data only, in the order of
 * the deployment file.
 *
 * @param targets the environments to deploy to; at least one, with names of their own, and what they depend on
 * @param actionTimeout the time that one action may take, {@code null} for no limit
 */
@Restricted(NoExternalUse.class)
public record DeploymentPlan(
        List<Target> targets, @CheckForNull Duration actionTimeout) {

    public DeploymentPlan {
        targets = List.copyOf(targets);
    }

    /**
     * Returns the plan of a part of the deployment, in the order of the file. What depends on a target that is left out
     * depends on what that depends on: whoever names targets has decided that the others need not be deployed again,
     * and nothing else.
     *
     * @throws IllegalArgumentException if a name is given that no target has
     */
    public DeploymentPlan only(Collection<String> names) {
        Set<String> wanted = new LinkedHashSet<>(names);
        for (String name : wanted) {
            if (targets.stream().noneMatch(target -> target.name().equals(name))) {
                throw new IllegalArgumentException("targets: the deployment has no target \"" + name + "\"; it has "
                        + targets.stream().map(Target::name).collect(Collectors.joining("\", \"", "\"", "\"")));
            }
        }
        Map<String, Target> byName = byName();
        return new DeploymentPlan(
                targets.stream()
                        .filter(target -> wanted.contains(target.name()))
                        .map(target -> target.dependingOn(target.allDependencies(byName, wanted::contains)
                                .filter(wanted::contains)
                                .toList()))
                        .toList(),
                actionTimeout);
    }

    /** Returns the targets by their names. */
    public Map<String, Target> byName() {
        return targets.stream().collect(Collectors.toMap(Target::name, Function.identity()));
    }

    /**
     * A target of the deployment, which is an environment of the build.
     *
     * @param dependsOn names of the targets that must be complete first
     * @param before conditions before the deployment, evaluated side by side
     * @param strategy groups of steps: one group after the other, and the steps of a group side by side. The first
     *     group is the action {@code deploy} alone
     * @param after conditions after the deployment, evaluated side by side
     */
    public record Target(
            String name,
            String account,
            @CheckForNull String namespace,
            List<String> dependsOn,
            List<Step> before,
            List<List<Step>> strategy,
            List<Step> after) {

        public Target {
            dependsOn = List.copyOf(dependsOn);
            before = List.copyOf(before);
            strategy = strategy.stream().map(List::copyOf).toList();
            after = List.copyOf(after);
        }

        /** Returns the action for a strategy that has failed. */
        public Action rollback() {
            Map<String, String> variables =
                    new LinkedHashMap<>(((Action) strategy.get(0).get(0)).variables());
            variables.put(Action.VARIABLE, Action.ROLLBACK);
            return new Action(name + "/rollback", "roll back", Action.ROLLBACK, variables);
        }

        /** Returns all steps, without the rollback. */
        public Stream<Step> steps() {
            return Stream.of(before.stream(), strategy.stream().flatMap(List::stream), after.stream())
                    .flatMap(steps -> steps);
        }

        /**
         * Returns the names of the dependencies, and of the dependencies of these, the nearest first.
         *
         * @param all the targets of the deployment by their names
         * @param last whether those of a dependency are not looked at
         */
        public Stream<String> allDependencies(Map<String, Target> all, Predicate<String> last) {
            var found = new LinkedHashSet<String>();
            var open = new ArrayDeque<>(dependsOn);
            while (!open.isEmpty()) {
                String next = open.remove();
                if (found.add(next) && !last.test(next)) {
                    open.addAll(all.get(next).dependsOn());
                }
            }
            return found.stream();
        }

        private Target dependingOn(List<String> names) {
            return new Target(name, account, namespace, names, before, strategy, after);
        }
    }

    /** A step of a deployment. */
    public sealed interface Step permits Action, RunWebhook, ManualApproval, Pause {

        /** Returns the id, which is unique in the plan and the same for the same file: {@code prod/strategy/3}. */
        String id();

        /** Returns a short text for people. */
        String label();
    }

    /**
     * An action, for which the body of the step runs.
     *
     * @param action the value of {@code ARMORY_ACTION}
     * @param variables environment variables of the body, {@code ARMORY_ACTION} among them
     */
    public record Action(String id, String label, String action, Map<String, String> variables) implements Step {

        /** The environment variable with the name of the action. */
        public static final String VARIABLE = "ARMORY_ACTION";

        /** The environment variable with the account of the target. */
        public static final String ACCOUNT = "ARMORY_ACCOUNT";

        /** The environment variable with the namespace of the target, if it has one. */
        public static final String NAMESPACE = "ARMORY_NAMESPACE";

        /** The first action of every strategy. */
        public static final String DEPLOY = "deploy";

        /** The action for a strategy that has failed. */
        public static final String ROLLBACK = "rollback";

        public Action {
            variables = copy(variables);
        }
    }

    /**
     * A webhook approval.
     *
     * @param webhook the name of a webhook in the deployment file
     * @param context the values of {@code {{context.*}}}, of all that give some
     */
    public record RunWebhook(String id, String label, String webhook, Map<String, String> context) implements Step {

        public RunWebhook {
            context = copy(context);
        }
    }

    /**
     * An approval by a person.
     *
     * @param roles the users and groups who may decide; empty for everybody with the permission
     * @param expiration the time to decide, {@code null} for the default
     */
    public record ManualApproval(
            String id,
            String label,
            List<String> roles,
            @CheckForNull Duration expiration) implements Step {

        public ManualApproval {
            roles = List.copyOf(roles);
        }
    }

    /** A wait of a fixed time. */
    public record Pause(String id, String label, Duration duration) implements Step {}

    /** Returns an immutable copy that keeps the order, which {@link Map#copyOf} does not. */
    private static Map<String, String> copy(Map<String, String> map) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(map));
    }
}
