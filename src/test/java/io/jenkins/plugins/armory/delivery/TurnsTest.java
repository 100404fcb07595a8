package io.jenkins.plugins.armory.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.jenkins.plugins.armory.Seeds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TurnsTest {

    private final Turns turns = new Turns(64, Runnable::run);
    /** The works that have begun and are not over, in the order of their beginnings. */
    private final List<Under> underWay = new ArrayList<>();

    private record Under(String job, String lane, Runnable end) {}

    private boolean enter(String job, String lane) {
        return turns.enter(job, lane, end -> underWay.add(new Under(job, lane, end)));
    }

    /** Enters work of a job in a lane for each. */
    private void enterManyLanes(String job, int works) {
        IntStream.range(0, works).forEach(i -> enter(job, job + " host " + i));
    }

    private long of(String prefix) {
        return underWay.stream().filter(each -> each.job().startsWith(prefix)).count();
    }

    private void endOneOf(String job) {
        Under one = underWay.stream()
                .filter(each -> each.job().equals(job))
                .findFirst()
                .orElseThrow();
        underWay.remove(one);
        one.end().run();
    }

    @Test
    void aJobTakesHalfOfTheTurnsAndAFolderTwoThirds() {
        enterManyLanes("a", 1000);
        assertThat(of("a")).isEqualTo(32);

        for (int i = 0; i < 100; i++) {
            enterManyLanes("f/" + i, 100);
        }
        assertThat(of("f/")).as("of what is left").isBetween(20L, 22L);
        assertThat(enter("b", "host")).isTrue();
        assertThat(enter("c/d", "host")).isTrue();
    }

    /** A pull request of the same folder as the noisy one. */
    @Test
    void inAFolderToo() {
        enterManyLanes("f/noisy", 1000);
        assertThat(of("f/noisy")).isEqualTo(32);

        assertThat(enter("f/other", "host")).isTrue();
        enterManyLanes("f/third", 1000);

        assertThat(of("f/")).isLessThanOrEqualTo(43);
        assertThat(enter("elsewhere", "host")).isTrue();
    }

    @Test
    void aLaneHasSharesToo() {
        IntStream.range(0, 1000).forEach(i -> enter("a", "host"));
        assertThat(of("a")).as("half of a half").isEqualTo(16);

        assertThat(enter("a", "another host")).isTrue();
        assertThat(enter("b", "host")).isTrue();
    }

    @Test
    void whoWaitsTakesTurns() {
        for (String job : List.of("a", "b", "c", "d")) {
            IntStream.range(0, 50).forEach(i -> enter(job, "host"));
        }
        assertThat(underWay).hasSizeLessThan(32);
        while (of("d") > 0) { // the others have not ended one yet
            endOneOf("d");
        }

        for (int i = 0; i < 120; i++) {
            underWay.remove(0).end().run();
            assertThat(of("a")).isBetween(1L, 16L);
        }
        assertThat(of("a") + of("b") + of("c")).isEqualTo(underWay.size());
    }

    /** Whatever the others do, a job that waits for its first turn gets it once as many works have ended as there are jobs before it. */
    @Test
    void aJobWaitsForAsManyEndsAsThereAreJobsBeforeIt() {
        for (int i = 0; i < 200; i++) {
            enter("noise" + i, "host " + i);
            enter("noise" + i, "host " + i);
        }
        boolean begun = enter("late", "its host");
        int ends = 0;
        while (of("late") == 0) {
            underWay.remove(0).end().run();
            ends++;
        }

        assertThat(begun).as("more jobs than turns").isFalse();
        assertThat(ends).isLessThanOrEqualTo(200);
    }

    @Test
    void whatIsThrownGivesTheTurnBackAndATurnCountsOnce() {
        for (int i = 0; i < 100; i++) {
            assertThatThrownBy(() -> turns.enter("a", "host", end -> {
                        throw new NoClassDefFoundError("half installed");
                    }))
                    .isInstanceOf(NoClassDefFoundError.class);
        }
        IntStream.range(0, 100).forEach(i -> enter("a", "host"));
        assertThat(underWay).hasSize(16);

        Under first = underWay.remove(0);
        first.end().run();
        first.end().run();
        assertThat(underWay).hasSize(16);
    }

    /** A step with 10,000 approvals: a constant cost for each, also if each calls another host. */
    @Timeout(60)
    @ParameterizedTest
    @CsvSource({"1", "100000"})
    void manyThatWaitCostLittle(int lanes) {
        for (int i = 0; i < 100_000; i++) {
            enter("a", "host " + i % lanes);
        }
        for (int i = 0; i < 100_000; i++) {
            underWay.remove(underWay.size() - 1).end().run();
        }

        assertThat(underWay).isEmpty();
    }

    @Test
    void nothingIsLostAndNothingIsTooMany() {
        Seeds.each(300, draw -> checkTurns(draw, draw.between(4, 40)));
    }

    private static void checkTurns(Random random, int inAll) {
        var all = new Turns(inAll, Runnable::run);
        var begun = new ArrayList<Under>();
        int entered = 0;
        int ended = 0;
        while (entered < 300 || ended < entered) {
            if (entered < 300 && random.nextInt(3) > 0) {
                String job = (random.nextBoolean() ? "f/" : "") + random.nextInt(5);
                String lane = "host " + random.nextInt(4);
                all.enter(job, lane, end -> begun.add(new Under(job, lane, end)));
                entered++;
            } else if (!begun.isEmpty()) {
                begun.remove(random.nextInt(begun.size())).end().run();
                ended++;
            } else {
                assertThat(ended).as("nothing waits while nothing is under way").isEqualTo(entered);
            }
            Map<String, Integer> lanes = new HashMap<>();
            begun.forEach(each -> lanes.merge(each.lane(), 1, Integer::sum));
            assertThat(begun).hasSizeLessThanOrEqualTo(inAll);
            assertThat(lanes.values()).allMatch(count -> count <= inAll / 2);
        }
    }
}
