package io.jenkins.plugins.armory.acceptance.generator;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

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

    /** Returns the same where other things are said about its approvals. */
    default Node replace(UnaryOperator<Element> change) {
        return this;
    }

    /** Shows in the log that the Pipeline has come here. */
    record Mark(int number) implements Node {}

    record Sequence(List<Node> parts) implements Node {
        @Override
        public Sequence replace(UnaryOperator<Element> change) {
            return new Sequence(parts.stream().map(part -> part.replace(change)).toList());
        }
    }

    record Stage(String name, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Element> change) {
            return new Stage(name, body.replace(change));
        }
    }

    record Parallel(boolean failFast, List<Sequence> branches) implements Node {
        @Override
        public List<Node> parts() {
            return List.copyOf(branches);
        }

        @Override
        public Node replace(UnaryOperator<Element> change) {
            return new Parallel(
                    failFast,
                    branches.stream().map(branch -> branch.replace(change)).toList());
        }
    }

    /**
     * {@code armoryEnvironment}.
     *
     * @param dependsOn the step's parameter, {@code null} where it has none
     * @param guard what the settings ask for at the environment, which the Pipeline's text does not show
     */
    record Environment(String name, List<String> dependsOn, Guard guard, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Element> change) {
            return new Environment(name, dependsOn, guard.replace(change), body.replace(change));
        }
    }

    /**
     * The rules of an environment of the settings, see {@link ProtectedEnvironment}.
     *
     * @param ofSettings whether the settings have the environment
     * @param ofOthers whether the environment is for other jobs alone
     */
    record Guard(boolean ofSettings, boolean ofOthers, List<Element> before, List<Element> after) {

        /** Of an environment that the settings do not have. */
        static final Guard NONE = new Guard(false, false, List.of(), List.of());

        Guard replace(UnaryOperator<Element> change) {
            return new Guard(
                    ofSettings,
                    ofOthers,
                    before.stream().map(change).toList(),
                    after.stream().map(change).toList());
        }

        List<Element> elements() {
            return Stream.concat(before.stream(), after.stream()).toList();
        }
    }

    /**
     * A step for approvals, of which all have to succeed: {@code armoryWebhookApproval}, or {@code
     * armoryWebhookApprovals} for several.
     *
     * @param environment the step's parameter, {@code null} where it has none
     * @param elements of which either one at most may say something else at another time, so that the first one to fail
     *     does not depend on which of them were called
     */
    record Approval(Phase phase, String environment, List<Element> elements) implements Node {

        /** Tells it from all others of the Pipeline. */
        int site() {
            return elements.get(0).site;
        }

        boolean isMany() {
            return elements.size() > 1;
        }

        @Override
        public Approval replace(UnaryOperator<Element> change) {
            return new Approval(
                    phase, environment, elements.stream().map(change).toList());
        }

        boolean mayFail() {
            return elements.stream().anyMatch(Element::mayFail);
        }
    }

    /**
     * What one approval is asked, and what is said.
     *
     * @param site tells it from all others of the Pipeline
     * @param webhook the name, which several may have
     * @param person whether a person is asked too
     * @param slow whether what is said is said a while after the call
     * @param outcomes of the first time, the second, and so on; the last one is that of all further times
     */
    record Element(int site, String webhook, boolean person, boolean slow, List<Outcome> outcomes) {

        Outcome outcome(int time) {
            return outcomes.get(Math.min(time, outcomes.size() - 1));
        }

        /** The same, of which the opposite is said each time; nobody says anything again where nobody did. */
        Element opposite() {
            List<Outcome> opposites =
                    outcomes.stream().map(outcome -> outcome.opposite(person)).toList();
            return new Element(site, webhook, person, slow, opposites);
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
        public Node replace(UnaryOperator<Element> change) {
            return new Retry(count, body.replace(change));
        }
    }

    /** A loop that ends once the approval of the phase {@code afterDeployment} has succeeded, or was asked so often. */
    record Again(int times, Approval approval) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(approval);
        }

        @Override
        public Node replace(UnaryOperator<Element> change) {
            return new Again(times, approval.replace(change));
        }
    }

    /** {@code try} and {@code catch}. */
    record Try(Sequence body, Sequence handler, boolean rethrows) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body, handler);
        }

        @Override
        public Node replace(UnaryOperator<Element> change) {
            return new Try(body.replace(change), handler.replace(change), rethrows);
        }
    }

    record CatchError(Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Element> change) {
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
        public Node replace(UnaryOperator<Element> change) {
            return new TimeLimit(body.replace(change));
        }
    }

    record Rollback(String environment, Sequence body) implements Node {
        @Override
        public List<Node> parts() {
            return List.of(body);
        }

        @Override
        public Node replace(UnaryOperator<Element> change) {
            return new Rollback(environment, body.replace(change));
        }
    }

    /** {@code error}. */
    record Failure() implements Node {}
}
