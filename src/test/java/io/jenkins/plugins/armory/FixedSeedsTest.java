package io.jenkins.plugins.armory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;

/** Properties try the same in every run, unless fresh seeds are asked for. */
class FixedSeedsTest {

    private static final List<Long> DRAWN = new ArrayList<>();

    @Property(tries = 3, edgeCases = EdgeCasesMode.NONE)
    void drawsNumbers(@ForAll long number) {
        DRAWN.add(number);
    }

    @AfterContainer
    static void theyAreTheSameInEveryRun() {
        if (!FixedSeeds.FRESH) {
            assertThat(DRAWN).containsExactly(-3884L, -2623L, -5279L);
        }
    }
}
