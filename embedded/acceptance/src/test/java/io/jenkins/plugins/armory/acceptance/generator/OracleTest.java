package io.jenkins.plugins.armory.acceptance.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.generator.Node.Again;
import io.jenkins.plugins.armory.acceptance.generator.Node.Approval;
import io.jenkins.plugins.armory.acceptance.generator.Node.CatchError;
import io.jenkins.plugins.armory.acceptance.generator.Node.Element;
import io.jenkins.plugins.armory.acceptance.generator.Node.Environment;
import io.jenkins.plugins.armory.acceptance.generator.Node.Failure;
import io.jenkins.plugins.armory.acceptance.generator.Node.Mark;
import io.jenkins.plugins.armory.acceptance.generator.Node.Parallel;
import io.jenkins.plugins.armory.acceptance.generator.Node.Retry;
import io.jenkins.plugins.armory.acceptance.generator.Node.Rollback;
import io.jenkins.plugins.armory.acceptance.generator.Node.Sequence;
import io.jenkins.plugins.armory.acceptance.generator.Node.Stage;
import io.jenkins.plugins.armory.acceptance.generator.Node.Try;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The oracle on Pipelines whose outcome a reader of the rules knows, and the generator's promise to repeat itself. */
class OracleTest {

    private static Sequence sequence(Node... parts) {
        return new Sequence(List.of(parts));
    }

    private static Mark mark(int number) {
        return new Mark(number);
    }

    private static Stage stage(String name, Node... parts) {
        return new Stage(name, sequence(parts));
    }

    private static Environment environment(String name, List<String> dependsOn, Node... parts) {
        return new Environment(name, dependsOn, Node.Guard.NONE, sequence(parts));
    }

    private static Parallel parallel(Sequence... branches) {
        return new Parallel(false, List.of(branches));
    }

    private static Approval approval(int site, Phase phase, Outcome... outcomes) {
        return named(site, phase, null, outcomes);
    }

    private static Approval named(int site, Phase phase, String environment, Outcome... outcomes) {
        return new Approval(phase, environment, List.of(element(site, outcomes)));
    }

    private static Element element(int site, Outcome... outcomes) {
        return new Element(site, "w" + site, false, false, List.of(outcomes));
    }

    private static String expectation(Node... parts) {
        return new GeneratedPipeline(0, false, sequence(parts), null)
                .expectation()
                .toString();
    }

    @Test
    void afterAFailureOutsideOfEnvironmentsLaterStagesAndEnvironmentsAreCancelled() {
        assertThat(expectation(
                        environment("staging", List.of(), mark(1)),
                        stage("smoke", approval(1, Phase.AFTER_DEPLOYMENT, Outcome.FAILURE), mark(2)),
                        environment("prod", List.of("staging"), mark(3)),
                        stage("more", mark(4)),
                        mark(5)))
                .isEqualTo("results [FAILURE]; markers {1=1 times, 2=1 times, 3=0 times, 4=0 times, 5=1 times};"
                        + " calls {1=1 times}");
    }

    @Test
    void afterAFailureInAnEnvironmentWhatComesAfterItIsCancelled() {
        assertThat(expectation(
                        environment("dev", List.of(), approval(1, Phase.AFTER_DEPLOYMENT, Outcome.TIME_OUT), mark(1)),
                        environment("eu", List.of("dev"), mark(2)),
                        environment("prod", List.of("eu"), mark(3)),
                        stage("other", mark(4)),
                        new Rollback("dev", sequence(mark(5)))))
                .isEqualTo("results [FAILURE]; markers {1=1 times, 2=0 times, 3=0 times, 4=0 times, 5=0 times};"
                        + " calls {1=1 times}");
    }

    @Test
    void retryAroundAnApprovalOfAnEnvironmentIsANewTry() {
        assertThat(expectation(
                        environment(
                                "dev",
                                List.of(),
                                new Retry(
                                        2,
                                        sequence(
                                                mark(1),
                                                approval(1, Phase.STRATEGY, Outcome.FAILURE, Outcome.SUCCESS),
                                                mark(2)))),
                        environment("prod", List.of("dev"), mark(3))))
                .isEqualTo("results [SUCCESS]; markers {1=2 times, 2=1 times, 3=1 times}; calls {1=2 times}");
    }

    @Test
    void aLoopMakesUpForAFailureAfterTheDeploymentWhileNothingIsCancelled() {
        Approval flaky = approval(1, Phase.AFTER_DEPLOYMENT, Outcome.FAILURE, Outcome.SUCCESS);
        assertThat(expectation(
                        environment("dev", List.of(), new Again(2, flaky), mark(1)),
                        environment("prod", List.of("dev"), mark(2)),
                        stage("more", mark(3))))
                .isEqualTo("results [UNSTABLE]; markers {1=1 times, 2=1 times, 3=1 times}; calls {1=2 times}");
        assertThat(expectation(stage("smoke", flaky, stage("between", mark(1)), flaky), stage("more", mark(2))))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=0 times}; calls {1=1 times}");
        assertThat(expectation(
                        environment("dev", List.of(), flaky),
                        new CatchError(sequence(environment("prod", List.of("dev"), mark(1)))),
                        named(1, Phase.AFTER_DEPLOYMENT, "dev", Outcome.FAILURE, Outcome.SUCCESS),
                        environment("copy", List.of("dev"), mark(2))))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=0 times}; calls {1=2 times}");
    }

    @Test
    void aFailureThatIsCaughtInItsEnvironmentIsThrownAgainAtTheEnd() {
        Sequence failing = sequence(approval(1, Phase.STRATEGY, Outcome.REJECTION), mark(1));
        assertThat(expectation(
                        environment("dev", List.of(), new Try(failing, sequence(mark(2)), false), mark(3)),
                        mark(4),
                        new Rollback("dev", sequence(mark(5))),
                        environment("prod", List.of("dev"), mark(6))))
                .isEqualTo(
                        "results [FAILURE]; markers {1=0 times, 2=1 times, 3=1 times, 4=0 times, 5=0 times, 6=0 times};"
                                + " calls {1=1 times}");
    }

    @Test
    void aRollbackInItsEnvironmentRunsAfterAFailedApproval() {
        Sequence failing = sequence(approval(1, Phase.STRATEGY, Outcome.REJECTION), mark(1));
        Sequence handler = sequence(new Rollback("dev", sequence(mark(2))), new Rollback("dev", sequence(mark(3))));
        assertThat(expectation(
                        environment("dev", List.of(), new Try(failing, handler, false), mark(4)),
                        new Rollback("dev", sequence(mark(5))),
                        environment("prod", List.of("dev"), mark(6))))
                .isEqualTo(
                        "results [FAILURE]; markers {1=0 times, 2=1 times, 3=0 times, 4=1 times, 5=0 times, 6=0 times};"
                                + " calls {1=1 times}");
    }

    @Test
    void aRollbackInItsEnvironmentIsAnErrorWhileNoApprovalHasFailed() {
        assertThat(expectation(environment(
                        "dev",
                        List.of(),
                        new Try(sequence(new Node.Failure()), sequence(new Rollback("dev", sequence(mark(1)))), false),
                        mark(2))))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=0 times}; calls {}");
    }

    @Test
    void retryAroundAnEnvironmentIsAnError() {
        assertThat(expectation(new Retry(
                        2,
                        sequence(
                                mark(1),
                                environment(
                                        "dev",
                                        List.of(),
                                        mark(2),
                                        approval(1, Phase.STRATEGY, Outcome.FAILURE, Outcome.SUCCESS))))))
                .isEqualTo("results [FAILURE]; markers {1=2 times, 2=1 times}; calls {1=1 times}");
    }

    @Test
    void aNameOfAnApprovalIsALabelUntilAnEnvironmentComesBeforeIt() {
        Approval lost = named(1, Phase.STRATEGY, "nowhere", Outcome.SUCCESS);
        Rollback misspelt = new Rollback("stagin", sequence(mark(2)));
        assertThat(expectation(lost, mark(1))).isEqualTo("results [SUCCESS]; markers {1=1 times}; calls {1=1 times}");
        assertThat(expectation(misspelt, mark(1)))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=0 times}; calls {}");
        Environment dev = environment("dev", List.of(), mark(3));
        assertThat(expectation(dev, lost, mark(1)))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 3=1 times}; calls {1=0 times}");
        assertThat(expectation(dev, misspelt, mark(1)))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=0 times, 3=1 times}; calls {}");
    }

    @Test
    void whatNothingDeploysToIsAnErrorOnceNothingElseRuns() {
        assertThat(expectation(
                        parallel(
                                sequence(environment("eu", List.of("nowhere"), mark(1)), mark(2)),
                                sequence(environment("us", List.of("eu"), mark(3)), mark(4)),
                                sequence(mark(5))),
                        mark(6)))
                .isEqualTo(
                        "results [FAILURE]; markers {1=0 times, 2=0 times, 3=0 times, 4=1 times, 5=1 times, 6=0 times};"
                                + " calls {}");
    }

    @Test
    void stagesOfOneNameInTwoBranchesAreTwoPlaces() {
        assertThat(expectation(parallel(
                        sequence(stage("verify", approval(1, Phase.STRATEGY, Outcome.FAILURE), mark(1))),
                        sequence(stage("verify", approval(2, Phase.STRATEGY, Outcome.SUCCESS), mark(2))))))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=1 times}; calls {1=1 times, 2=1 times}");
    }

    @Test
    void oneThatStartsAfterAnotherOfItsPhaseFailedIsNotCalledButMayHaveStartedBefore() {
        assertThat(expectation(stage(
                        "verify",
                        parallel(
                                sequence(approval(1, Phase.STRATEGY, Outcome.FAILURE), mark(1)),
                                sequence(approval(2, Phase.STRATEGY, Outcome.SUCCESS), mark(2))),
                        mark(3))))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=0 to 1 times, 3=0 times};"
                        + " calls {1=1 times, 2=0 to 1 times}");
    }

    @Test
    void oneThatCertainlyStartsAfterAnotherOfItsPhaseFailedIsNotCalled() {
        Sequence failing = sequence(approval(1, Phase.STRATEGY, Outcome.FAILURE));
        assertThat(expectation(stage(
                        "verify",
                        parallel(
                                sequence(
                                        new Try(failing, sequence(mark(1)), false),
                                        environment("first", List.of(), mark(2))),
                                sequence(
                                        environment("second", List.of("first"), mark(3)),
                                        approval(2, Phase.STRATEGY, Outcome.SUCCESS),
                                        mark(4))))))
                .isEqualTo("results [FAILURE]; markers {1=1 times, 2=1 times, 3=1 times, 4=0 times};"
                        + " calls {1=1 times, 2=0 times}");
    }

    @Test
    void aStageBesideTheFailureRuns() {
        assertThat(expectation(parallel(
                        sequence(stage("a", approval(1, Phase.AFTER_DEPLOYMENT, Outcome.FAILURE), mark(1))),
                        sequence(stage("b", mark(2)), mark(3)))))
                .isEqualTo("results [UNSTABLE]; markers {1=1 times, 2=1 times, 3=1 times};" + " calls {1=1 times}");
    }

    @Test
    void aStageInAStageThatRunsIsCancelledAndThrowsAndOneInAnEnvironmentRuns() {
        Approval failing = approval(1, Phase.AFTER_DEPLOYMENT, Outcome.FAILURE);
        assertThat(expectation(stage("release", failing, stage("gate", mark(1)), mark(2)), mark(3)))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=0 times, 3=0 times}; calls {1=1 times}");
        assertThat(expectation(
                        parallel(
                                sequence(stage("smoke", failing)),
                                sequence(environment("prod", List.of(), stage("gate", mark(1)), mark(2)))),
                        mark(3)))
                .isEqualTo("results [UNSTABLE]; markers {1=1 times, 2=1 times, 3=1 times};" + " calls {1=1 times}");
    }

    @Test
    void anApprovalBesideItsEnvironmentHoldsBackWhatDependsOnIt() {
        assertThat(expectation(
                        environment("staging", List.of(), mark(1)),
                        new Try(
                                sequence(named(1, Phase.AFTER_DEPLOYMENT, "staging", Outcome.FAILURE)),
                                sequence(mark(2)),
                                false),
                        environment("prod", List.of("staging"), mark(3))))
                .isEqualTo("results [FAILURE]; markers {1=1 times, 2=0 times, 3=0 times}; calls {1=1 times}");
        assertThat(expectation(
                        parallel(
                                sequence(environment("staging", List.of(), mark(1))),
                                sequence(environment("prod", List.of("staging"), mark(2))),
                                sequence(new Try(
                                        sequence(named(1, Phase.STRATEGY, "prod", Outcome.FAILURE)),
                                        sequence(mark(3)),
                                        false))),
                        environment("copy", List.of("prod"), mark(4))))
                .contains("1=1 times, 2=0 to 1 times, 3=1 times, 4=0 times");
    }

    @Test
    void whatDeclarativeSkipsAfterAnErrorIsCancelledAfterAFailureToo() {
        Approval failing = approval(1, Phase.AFTER_DEPLOYMENT, Outcome.FAILURE);
        assertThat(declarative(stage("a", failing, new Failure(), mark(1)), stage("b", mark(2))))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=0 times, 3=1 times}; calls {1=1 times}");
        assertThat(declarative(stage("b", mark(2)), stage("a", failing, new Failure(), mark(1))))
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=1 times, 3=1 times}; calls {1=1 times}");
    }

    @Test
    void aRestartedBuildForgetsTheFailuresOfTheStagesThatRunAgainAndNoOthers() {
        GeneratedPipeline pipeline = pipeline(
                stage("a", environment("dev", List.of(), approval(1, Phase.AFTER_DEPLOYMENT, Outcome.FAILURE))),
                stage("b", approval(2, Phase.AFTER_DEPLOYMENT, Outcome.TIME_OUT)),
                stage("c", environment("prod", List.of("dev"), mark(1))),
                stage("d", mark(2)));

        assertThat(pipeline.restartedFrom(2).expectation().toString())
                .isEqualTo(
                        "results [FAILURE]; markers {1=0 times, 2=0 times, 3=1 times}; calls {1=0 times, 2=0 times}");
        assertThat(pipeline.restartedFrom(1).expectation().toString())
                .isEqualTo(
                        "results [FAILURE]; markers {1=0 times, 2=0 times, 3=1 times}; calls {1=0 times, 2=0 times}");
    }

    @Test
    void aRestartedBuildKnowsTheEnvironmentsOfTheStagesBefore() {
        GeneratedPipeline pipeline = pipeline(
                stage("a", environment("dev", List.of(), mark(1))),
                stage("b", environment("prod", List.of("dev"), mark(2))));

        assertThat(pipeline.restartedFrom(1).expectation().toString())
                .isEqualTo("results [SUCCESS]; markers {1=0 times, 2=1 times, 3=1 times}; calls {}");
        assertThat(pipeline.restartedFrom(1).restartedFrom(0).expectation().toString())
                .isEqualTo("results [SUCCESS]; markers {1=1 times, 2=1 times, 3=1 times}; calls {}");
    }

    @Test
    void aBuildCanBeRestartedFromAStageThatIsCancelledAndNotFromOneThatIsSkipped() {
        Approval failing = approval(1, Phase.AFTER_DEPLOYMENT, Outcome.FAILURE);
        assertThat(pipeline(stage("a", failing, new Failure()), stage("b", mark(2)), stage("c", mark(1)))
                        .restartedFrom(2)
                        .expectation()
                        .toString())
                .isEqualTo("results [FAILURE]; markers {1=0 times, 2=0 times, 3=1 times}; calls {1=0 times}");
        assertThat(pipeline(stage("a", new Failure()), stage("b", mark(2)))
                        .restartedFrom(1)
                        .expectation()
                        .toString())
                .startsWith("results [];");
    }

    private static final Approval CHECK = approval(1, Phase.AFTER_DEPLOYMENT, Outcome.FAILURE);
    private static final Approval GATE = approval(1, Phase.STRATEGY, Outcome.FAILURE);

    private static Try caught(Node part, Node... handler) {
        return new Try(sequence(part), sequence(handler), false);
    }

    /** The table of DESIGN.md, section 5: what is run, by the numbers of the markers, and the result. */
    @Test
    void theFifteenPipelines() {
        Environment staging = environment("staging", null, CHECK);
        List<String> none = List.of();
        List<String> behind = List.of("staging");
        assertThat(expectation(staging, stage("prod", mark(1)))).satisfies(is("FAILURE"));
        assertThat(expectation(staging, environment("prod", null, mark(1)))).satisfies(is("FAILURE"));
        assertThat(expectation(staging, environment("prod", behind, mark(1)), environment("docs", none, mark(2))))
                .satisfies(is("FAILURE", 2));
        assertThat(expectation(staging, stage("prod", mark(1)), environment("docs", none, mark(2))))
                .satisfies(is("FAILURE"));
        assertThat(expectation(staging, stage("docs", environment("docs", none, mark(1)))))
                .satisfies(is("FAILURE"));
        assertThat(expectation(stage(
                        "all",
                        staging,
                        environment("prod", behind, mark(1)),
                        environment("docs", none, mark(2)),
                        mark(3))))
                .satisfies(is("FAILURE", 2, 3));
        assertThat(expectation(
                        environment("staging", null), stage("smoke", CHECK), environment("prod", behind, mark(1))))
                .satisfies(is("FAILURE"));
        assertThat(expectation(
                        parallel(
                                sequence(stage("x", CHECK), stage("y", mark(1))),
                                sequence(stage("z", mark(2)), stage("w", mark(3)))),
                        stage("c", mark(4))))
                .satisfies(is("FAILURE", 2, 3));
        assertThat(expectation(
                        stage("outer", stage("a", CHECK), stage("b", mark(1)), stage("c", mark(2))),
                        stage("d", mark(3))))
                .satisfies(is("FAILURE"));
        assertThat(expectation(
                        caught(environment("p", null, GATE)), stage("x", mark(1)), environment("y", null, mark(2))))
                .satisfies(is("FAILURE", 1));
        assertThat(expectation(caught(environment("p", null, GATE)))).satisfies(is("UNSTABLE"));
        assertThat(expectation(
                        environment("p", null, caught(GATE, new Rollback("p", sequence(mark(1)))), mark(2)),
                        stage("prod", mark(3))))
                .satisfies(is("FAILURE", 1, 2));
        assertThat(expectation(
                        new CatchError(sequence(environment("a", null, GATE))),
                        environment("b", null, mark(1)),
                        stage("s", mark(2))))
                .satisfies(is("FAILURE"));
        assertThat(expectation(environment("p", null, CHECK), stage("cleanup", mark(1)))) // what finally does
                .satisfies(is("FAILURE"));
        assertThat(expectation(environment("last", null, CHECK, mark(1)))).satisfies(is("UNSTABLE", 1));
    }

    /** "Approvals of one phase that belong together must all succeed; the first failure ends the others." */
    @Test
    void ofManyApprovalsInAStepTheFirstFailureEndsTheOthers() {
        Approval good = many(Phase.STRATEGY, element(1, Outcome.SUCCESS), element(2, Outcome.SUCCESS));
        assertThat(expectation(environment("e", null, good, mark(1)), stage("s", mark(2))))
                .satisfies(is("SUCCESS", 1, 2))
                .endsWith("calls {1=1 times, 2=1 times}");

        Approval bad = many(Phase.STRATEGY, element(1, Outcome.SUCCESS), element(2, Outcome.FAILURE));
        assertThat(expectation(environment("e", null, bad, mark(1)), stage("s", mark(2))))
                .satisfies(is("FAILURE"))
                .endsWith("calls {1=0 to 1 times, 2=1 times}");

        Approval checks = many(
                Phase.AFTER_DEPLOYMENT,
                element(1, Outcome.FAILURE),
                element(2, Outcome.TIME_OUT),
                element(3, Outcome.UNREACHABLE));
        assertThat(expectation(environment("e", null, checks, mark(1)), environment("f", null, mark(2))))
                .satisfies(is("FAILURE", 1))
                .endsWith("calls {1=0 to 1 times, 2=0 to 1 times, 3=0 times}");
    }

    @Test
    void aLaterSuccessOfTheWholeStepMakesUpForItsFailure() {
        Approval flaky =
                many(Phase.STRATEGY, element(1, Outcome.SUCCESS), element(2, Outcome.FAILURE, Outcome.SUCCESS));
        assertThat(expectation(
                        environment("e", null, new Retry(2, sequence(flaky)), mark(1)),
                        environment("f", null, mark(2))))
                .satisfies(is("SUCCESS", 1, 2))
                .endsWith("calls {1=1 to 2 times, 2=2 times}");
    }

    private static Approval many(Phase phase, Element... elements) {
        return new Approval(phase, null, List.of(elements));
    }

    /** An environment of the settings. */
    private static Environment guarded(
            String name, List<String> dependsOn, List<Element> before, List<Element> after, Node... parts) {
        return new Environment(name, dependsOn, new Node.Guard(true, false, before, after), sequence(parts));
    }

    /** "dependsOn first, then before …; the body begins at a moment when all hold"; "after begins when the body has ended without an error". */
    @Test
    void theBodyIsBetweenTheRulesOfItsEnvironment() {
        List<Element> good = List.of(element(1, Outcome.SUCCESS), element(2, Outcome.SUCCESS));
        assertThat(expectation(
                        guarded("prod", null, good, List.of(element(3, Outcome.SUCCESS)), mark(1)),
                        stage("s", mark(2)),
                        environment("next", null, mark(3))))
                .satisfies(is("SUCCESS", 1, 2, 3))
                .endsWith("calls {1=1 times, 2=1 times, 3=1 times}");
    }

    /** "A failure there is a failure before the deployment." */
    @Test
    void aFailedRuleBeforeThrowsAndNothingIsDeployedOrRolledBack() {
        List<Element> bad = List.of(element(1, Outcome.SUCCESS), element(2, Outcome.FAILURE));
        List<Element> after = List.of(element(3, Outcome.SUCCESS));
        Environment prod = guarded("prod", null, bad, after, mark(1));
        assertThat(expectation(prod, mark(2)))
                .satisfies(is("FAILURE"))
                .endsWith("calls {1=0 to 1 times, 2=1 times, 3=0 times}");
        assertThat(expectation(
                        caught(prod, new Rollback("prod", sequence(mark(2)))),
                        stage("s", mark(3)),
                        environment("next", null, mark(4))))
                .satisfies(is("FAILURE", 3))
                .endsWith("calls {1=0 to 1 times, 2=1 times, 3=0 times}");
    }

    /** "In afterDeployment a failure throws nothing, undoes nothing, and cancels what depends on it." */
    @Test
    void aFailedRuleAfterCancelsWhatDependsOnTheEnvironment() {
        Environment prod = guarded("prod", null, List.of(), List.of(element(1, Outcome.FAILURE)), mark(1));
        assertThat(expectation(
                        prod,
                        mark(2),
                        new Rollback("prod", sequence(mark(3))),
                        environment("other", List.of(), mark(4)),
                        environment("next", List.of("prod"), mark(5)),
                        stage("s", mark(6))))
                .satisfies(is("FAILURE", 1, 2, 4))
                .endsWith("calls {1=1 times}");
        assertThat(expectation(prod, mark(2))).satisfies(is("UNSTABLE", 1, 2));
    }

    @Test
    void theRulesAfterAreNotAskedForWhenTheBodyFailed() {
        List<Element> after = List.of(element(2, Outcome.SUCCESS));
        assertThat(expectation(guarded("prod", null, List.of(), after, new Failure())))
                .satisfies(is("FAILURE"))
                .endsWith("calls {2=0 times}");
        // "One that was caught in the environment's own body is thrown again at its end."
        assertThat(expectation(guarded("prod", null, List.of(), after, caught(GATE), mark(1)), mark(2)))
                .satisfies(is("FAILURE", 1))
                .endsWith("calls {1=1 times, 2=0 times}");
    }

    /** "environments that depend on a closed one are cancelled": nobody is asked. */
    @Test
    void theRulesOfACancelledEnvironmentAreNotAskedFor() {
        assertThat(expectation(
                        environment("staging", null, CHECK),
                        guarded("prod", null, List.of(element(2, Outcome.SUCCESS)), List.of(), mark(1))))
                .satisfies(is("FAILURE"))
                .endsWith("calls {1=1 times, 2=0 times}");
    }

    /** "Nothing in the Pipeline makes up for a rule." */
    @Test
    void noLaterSuccessMakesUpForARule() {
        assertThat(expectation(
                        new Retry(
                                2,
                                sequence(guarded(
                                        "prod",
                                        null,
                                        List.of(element(1, Outcome.FAILURE, Outcome.SUCCESS)),
                                        List.of(),
                                        mark(1)))),
                        mark(2)))
                .satisfies(is("FAILURE"))
                .endsWith("calls {1=1 times}");
        assertThat(expectation(
                        caught(guarded("prod", null, List.of(element(1, Outcome.FAILURE)), List.of(), mark(1))),
                        caught(named(2, Phase.BEFORE_DEPLOYMENT, "prod", Outcome.SUCCESS)),
                        environment("next", List.of("prod"), mark(2))))
                .satisfies(is("FAILURE"))
                .endsWith("calls {1=1 times, 2=0 times}");
    }

    /** "A beforeDeployment approval beside its environment that is pending when the environment begins is waited for." */
    @Test
    void aGateBesideMayBeginBeforeTheBodyOfAnEnvironmentOfTheSettings() {
        Node gate = named(1, Phase.BEFORE_DEPLOYMENT, "prod", Outcome.SUCCESS);
        assertThat(expectation(
                        environment("docs", null),
                        parallel(
                                sequence(caught(gate)),
                                sequence(guarded("prod", List.of(), List.of(), List.of(), mark(1))))))
                .contains("SUCCESS", "calls {1=0 to 1 times}");
        assertThat(expectation(
                        environment("docs", null),
                        parallel(sequence(caught(gate)), sequence(environment("prod", List.of(), mark(1))))))
                .doesNotContain("SUCCESS")
                .contains("calls {1=0 times}");
    }

    /** "A job outside jobs fails at once." */
    @Test
    void anEnvironmentOfOtherJobsThrowsAndIsClosed() {
        Node.Guard ofOthers = new Node.Guard(true, true, List.of(element(1, Outcome.SUCCESS)), List.of());
        Environment prod = new Environment("prod", null, ofOthers, sequence(mark(1)));
        assertThat(expectation(prod, mark(2))).satisfies(is("FAILURE")).endsWith("calls {1=0 times}");
        assertThat(expectation(
                        caught(prod),
                        new Rollback("prod", sequence(mark(2))),
                        stage("s", mark(3)),
                        environment("next", null, mark(4))))
                .satisfies(is("FAILURE", 3))
                .endsWith("calls {1=0 times}");
    }

    /** "no afterDeployment approval had begun": a rule is one, too. */
    @Test
    void nothingIsRolledBackOnceARuleAfterHasBegun() {
        assertThat(expectation(
                        parallel(
                                sequence(guarded("prod", List.of(), List.of(), List.of(element(1, Outcome.SUCCESS)))),
                                sequence(caught(named(2, Phase.STRATEGY, "prod", Outcome.FAILURE)))),
                        caught(new Rollback("prod", sequence(mark(1)))),
                        environment("next", List.of("prod"), mark(2))))
                .contains("2=0 times}")
                .contains("calls {1=0 to 1 times, 2=0 to 1 times}");
    }

    @Test
    void aRestartedBuildAsksForTheRulesOfWhatRunsAgain() {
        GeneratedPipeline pipeline = pipeline(
                stage("a", guarded("prod-1", null, List.of(element(1, Outcome.SUCCESS)), List.of(), mark(1))),
                stage("b", guarded("prod-2", null, List.of(), List.of(element(2, Outcome.SUCCESS)), mark(2))));
        assertThat(pipeline.restartedFrom(1).expectation().toString())
                .contains("markers {1=0 times, 2=1 times, 3=1 times}; calls {1=0 times, 2=1 times}");
        assertThat(pipeline.restartedFrom(0).expectation().toString()).contains("calls {1=1 times, 2=");
    }

    /** Returns the condition that a build has one result, and runs these markers and no others. */
    private static Consumer<String> is(String result, int... marks) {
        return expectation -> {
            assertThat(expectation).startsWith("results [" + result + "];");
            assertThat(Pattern.compile("(\\d+)=1 times")
                            .matcher(expectation.replaceAll("calls.*", ""))
                            .results()
                            .map(match -> Integer.valueOf(match.group(1))))
                    .containsExactlyElementsOf(IntStream.of(marks).boxed().toList());
        };
    }

    private static GeneratedPipeline pipeline(Stage... stages) {
        return new GeneratedPipeline(0, true, sequence(stages), mark(3));
    }

    private static String declarative(Stage... stages) {
        return pipeline(stages).expectation().toString();
    }

    @Test
    void aSeedIsAlwaysTheSamePipeline() {
        assertThat(PipelineGenerator.generate(17, true)).isEqualTo(PipelineGenerator.generate(17, true));
        assertThat(PipelineGenerator.generate(17, true)).isNotEqualTo(PipelineGenerator.generate(18, true));
    }
}
