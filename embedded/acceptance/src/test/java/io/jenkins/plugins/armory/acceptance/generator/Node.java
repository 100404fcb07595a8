package io.jenkins.plugins.armory.acceptance.generator;

import java.util.List;
import java.util.function.Consumer;

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

    /** Shows in the log that the Pipeline has come here. */
    record Mark(int number) implements Node {}

    record Sequence(List<Node> parts) implements Node {}

    record Stage(String name, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }
    }

    record Parallel(boolean failFast, List<Sequence> branches) implements Node {
        @Override
        public List<Node> parts() {
            return List.copyOf(branches);
        }
    }

    record Environment(String name, List<String> dependsOn, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
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

        boolean mayFail() {
            return outcomes.stream().anyMatch(outcome -> outcome != Outcome.SUCCESS);
        }
    }

    record Retry(int count, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }
    }

    /** {@code try} and {@code catch}. */
    record Try(Sequence body, Sequence handler, boolean rethrows) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body, handler);
        }
    }

    record CatchError(Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }
    }

    /** {@code timeout}, which does not pass. */
    record TimeLimit(Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }
    }

    record Rollback(String environment, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }
    }

    /** {@code error}. */
    record Failure() implements Node {}
}
