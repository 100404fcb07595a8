package io.jenkins.plugins.armory.environment;

import io.jenkins.plugins.armory.environment.Environment.State;
import java.util.List;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The transition table of an environment's state.
 *
 * <p>{@link Change} runs the table, and nothing else changes a state. A test holds the table in
 * {@code docs/architecture.md} to {@link #ROWS}.
 */
@Restricted(NoExternalUse.class)
public final class TransitionTable {

    private TransitionTable() {}

    /** The events that may change the state of an environment. */
    public enum Trigger {
        REACHED("the Pipeline reaches it"),
        CANNOT_BEGIN("it is mistaken, as by depending on itself, or its rules cannot be asked for"),
        DEPENDENCY_CLOSED("something that it depends on is closed"),
        DEPENDENCIES_OPEN("all that it depends on is open, and no approval is pending that it waits for"),
        RULES_MET("the rules of the administrators are met"),
        ALL_ENDED("its body has ended without an error, and so have its approvals"),
        BODY_FAILED("its body ends with an error or after one that it caught, or a rule before it fails"),
        STOPPED("it is stopped from outside"),
        NOBODY_LEFT("all that is left of the build waits for environments"),
        ROLLBACK_STARTED("its rollback begins"),
        ROLLBACK_SUCCEEDED("its rollback ends without an error"),
        ROLLBACK_FAILED("its rollback ends with an error"),
        BUILD_ENDED("the build ends");

        private final String text;

        Trigger(String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** A condition on the environment that moves. */
    public enum Guard {
        NONE("", (environment, graph) -> true),
        FAILURE_STANDS(
                "a failed approval before or within the deployment has no successful retry, or an environment within it failed",
                (environment, graph) -> graph.reasonToFail(environment).isPresent()),
        GUARDED("it has rules of the administrators", (environment, graph) -> environment.job() != null),
        DEPENDENCY_PENDING(
                "something that it depends on, or an approval that it waits for, is pending",
                (environment, graph) -> !graph.admits(environment) || graph.awaitsGates(environment)),
        DEPLOYMENT_FAILS(
                "a failed approval within the deployment has no successful retry, and none has begun after it",
                (environment, graph) -> graph.isToRollBack(environment)),
        DEPENDENCY_NOT_REACHED(
                "the Pipeline has not reached a dependency",
                (environment, graph) -> !graph.notReached(environment).isEmpty()),
        ROLLBACK_DUE(
                "it needs a rollback, and none has begun",
                (environment, graph) -> environment.needsRollback() && environment.rollback() == null);

        private final String text;
        private final BiPredicate<Environment, Graph> condition;

        Guard(String text, BiPredicate<Environment, Graph> condition) {
            this.text = text;
            this.condition = condition;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** A transition that an environment can make. */
    public record Row(State from, Trigger trigger, Guard guard, State to) {

        @Override
        public String toString() {
            return from + " -> " + to + " (" + trigger + (guard == Guard.NONE ? "" : "; " + guard) + ")";
        }
    }

    /** All transitions. Of the rows for one state and trigger, the first one applies whose guard holds. */
    public static final List<Row> ROWS = List.of(
            row(State.PENDING, Trigger.REACHED, State.WAITING_FOR_DEPENDENCIES),
            row(State.PENDING, Trigger.BUILD_ENDED, State.CANCELLED),
            row(State.WAITING_FOR_DEPENDENCIES, Trigger.CANNOT_BEGIN, State.FAILED),
            row(State.WAITING_FOR_DEPENDENCIES, Trigger.DEPENDENCY_CLOSED, State.CANCELLED),
            row(State.WAITING_FOR_DEPENDENCIES, Trigger.DEPENDENCIES_OPEN, Guard.FAILURE_STANDS, State.FAILED),
            row(State.WAITING_FOR_DEPENDENCIES, Trigger.DEPENDENCIES_OPEN, Guard.GUARDED, State.AWAITING_RULES),
            row(State.WAITING_FOR_DEPENDENCIES, Trigger.DEPENDENCIES_OPEN, State.DEPLOYING),
            row(State.WAITING_FOR_DEPENDENCIES, Trigger.BODY_FAILED, State.FAILED),
            row(State.WAITING_FOR_DEPENDENCIES, Trigger.STOPPED, State.CANCELLED),
            row(State.WAITING_FOR_DEPENDENCIES, Trigger.NOBODY_LEFT, Guard.DEPENDENCY_NOT_REACHED, State.FAILED),
            row(State.WAITING_FOR_DEPENDENCIES, Trigger.BUILD_ENDED, State.CANCELLED),
            row(State.AWAITING_RULES, Trigger.DEPENDENCY_CLOSED, State.CANCELLED),
            row(State.AWAITING_RULES, Trigger.RULES_MET, Guard.FAILURE_STANDS, State.FAILED),
            row(State.AWAITING_RULES, Trigger.RULES_MET, Guard.DEPENDENCY_PENDING, State.WAITING_FOR_DEPENDENCIES),
            row(State.AWAITING_RULES, Trigger.RULES_MET, State.DEPLOYING),
            row(State.AWAITING_RULES, Trigger.BODY_FAILED, State.FAILED),
            row(State.AWAITING_RULES, Trigger.STOPPED, State.CANCELLED),
            row(State.AWAITING_RULES, Trigger.BUILD_ENDED, State.CANCELLED),
            row(State.DEPLOYING, Trigger.ALL_ENDED, Guard.FAILURE_STANDS, State.FAILED),
            row(State.DEPLOYING, Trigger.ALL_ENDED, State.COMPLETE),
            row(State.DEPLOYING, Trigger.BODY_FAILED, State.FAILED),
            row(State.DEPLOYING, Trigger.ROLLBACK_STARTED, Guard.DEPLOYMENT_FAILS, State.FAILED),
            row(State.DEPLOYING, Trigger.STOPPED, State.CANCELLED),
            row(State.DEPLOYING, Trigger.NOBODY_LEFT, State.FAILED),
            row(State.DEPLOYING, Trigger.BUILD_ENDED, State.FAILED),
            row(State.FAILED, Trigger.ROLLBACK_STARTED, Guard.ROLLBACK_DUE, State.FAILED),
            row(State.FAILED, Trigger.ROLLBACK_SUCCEEDED, State.ROLLED_BACK),
            row(State.FAILED, Trigger.ROLLBACK_FAILED, State.FAILED));

    private static Row row(State from, Trigger trigger, State to) {
        return row(from, trigger, Guard.NONE, to);
    }

    private static Row row(State from, Trigger trigger, Guard guard, State to) {
        return new Row(from, trigger, guard, to);
    }

    /** Returns the row that applies to an environment, empty where its state stays as it is. */
    static Optional<Row> find(Environment environment, Trigger trigger, Graph graph) {
        return ROWS.stream()
                .filter(row -> row.from() == environment.state() && row.trigger() == trigger)
                .filter(row -> row.guard().condition.test(environment, graph))
                .findFirst();
    }
}
