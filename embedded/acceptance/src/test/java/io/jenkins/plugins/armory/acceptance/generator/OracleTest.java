package io.jenkins.plugins.armory.acceptance.generator;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.generator.Node.Approval;
import io.jenkins.plugins.armory.acceptance.generator.Node.CatchError;
import io.jenkins.plugins.armory.acceptance.generator.Node.Element;
import io.jenkins.plugins.armory.acceptance.generator.Node.Environment;
import io.jenkins.plugins.armory.acceptance.generator.Node.Mark;
import io.jenkins.plugins.armory.acceptance.generator.Node.Parallel;
import io.jenkins.plugins.armory.acceptance.generator.Node.Rollback;
import io.jenkins.plugins.armory.acceptance.generator.Node.Sequence;
import io.jenkins.plugins.armory.acceptance.generator.Node.Stage;
import io.jenkins.plugins.armory.acceptance.generator.Node.Try;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The oracle on the Pipelines of the table in docs/deployments.md, and the generator's promise to repeat itself. */
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

    private static final Approval CHECK = approval(1, Phase.AFTER_DEPLOYMENT, Outcome.FAILURE);
    private static final Approval GATE = approval(1, Phase.STRATEGY, Outcome.FAILURE);

    private static Try caught(Node part, Node... handler) {
        return new Try(sequence(part), sequence(handler), false);
    }

    /** The table of docs/deployments.md: what is run, by the numbers of the markers, and the result. */
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

    @Test
    void aSeedIsAlwaysTheSamePipeline() {
        assertThat(PipelineGenerator.generate(17, true)).isEqualTo(PipelineGenerator.generate(17, true));
        assertThat(PipelineGenerator.generate(17, true)).isNotEqualTo(PipelineGenerator.generate(18, true));
    }
}
