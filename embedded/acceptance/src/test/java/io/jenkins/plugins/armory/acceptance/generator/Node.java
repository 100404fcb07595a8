package io.jenkins.plugins.armory.acceptance.generator;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/** A part of a generated Pipeline. */
sealed interface Node {

    /** What is in it. */
    default List<Node> parts() {
        return List.of();
    }

    /** Goes through this and all that is in it. */
    default void forEach(Consumer<Node> action) {
        action.accept(this);
        parts().forEach(part -> part.forEach(action));
    }

    /** Returns the same with other approvals in it. */
    default Node replace(UnaryOperator<Approval> change) {
        return this;
    }

    /** Shows in the log that the Pipeline has come here. */
    record Mark(int number) implements Node {}

    record Sequence(List<Node> parts) implements Node {
        @Override
        public Sequence replace(UnaryOperator<Approval> change) {
            return new Sequence(parts.stream().map(part -> part.replace(change)).toList());
        }
    }

    record Stage(String name, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Approval> change) {
            return new Stage(name, body.replace(change));
        }
    }

    record Parallel(boolean failFast, List<Sequence> branches) implements Node {
        @Override
        public List<Node> parts() {
            return List.copyOf(branches);
        }

        @Override
        public Node replace(UnaryOperator<Approval> change) {
            return new Parallel(
                    failFast,
                    branches.stream().map(branch -> branch.replace(change)).toList());
        }
    }

    /** @param dependsOn the step's parameter, {@code null} where it has none */
    record Environment(String name, List<String> dependsOn, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Approval> change) {
            return new Environment(name, dependsOn, body.replace(change));
        }
    }

    /**
     * An approval.
     *
     * @param site tells it from all others of the Pipeline
     * @param webhook the name, which several may have
     * @param environment the step's parameter, {@code null} where it has none
     * @param person whether a person is asked too
     * @param slow whether what is said is said a while after the call
     * @param outcomes of the first time, the second, and so on; the last one is that of all further times
     */
    record Approval(
            int site,
            String webhook,
            Phase phase,
            String environment,
            boolean person,
            boolean slow,
            List<Outcome> outcomes)
            implements Node {

        Outcome outcome(int time) {
            return outcomes.get(Math.min(time, outcomes.size() - 1));
        }

        @Override
        public Node replace(UnaryOperator<Approval> change) {
            return change.apply(this);
        }

        /** The same, of which the opposite is said each time; nobody says anything again where nobody did. */
        Approval opposite() {
            List<Outcome> opposites =
                    outcomes.stream().map(outcome -> outcome.opposite(person)).toList();
            return new Approval(site, webhook, phase, environment, person, slow, opposites);
        }

        boolean mayFail() {
            return outcomes.stream().anyMatch(outcome -> outcome != Outcome.SUCCESS);
        }
    }

    record Retry(int count, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Approval> change) {
            return new Retry(count, body.replace(change));
        }
    }

    /** {@code try} and {@code catch}. */
    record Try(Sequence body, Sequence handler, boolean rethrows) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body, handler);
        }

        @Override
        public Node replace(UnaryOperator<Approval> change) {
            return new Try(body.replace(change), handler.replace(change), rethrows);
        }
    }

    record CatchError(Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Approval> change) {
            return new CatchError(body.replace(change));
        }
    }

    /** {@code timeout}, which does not pass. */
    record TimeLimit(Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Approval> change) {
            return new TimeLimit(body.replace(change));
        }
    }

    record Rollback(String environment, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Approval> change) {
            return new Rollback(environment, body.replace(change));
        }
    }

    /** {@code error}. */
    record Failure() implements Node {}
}
