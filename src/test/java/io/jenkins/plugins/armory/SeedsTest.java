package io.jenkins.plugins.armory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** Properties try the same in every run, and say how to try again what has failed. */
@DisabledIfSystemProperty(named = "properties.fresh", matches = ".*")
@DisabledIfSystemProperty(named = "properties.seed", matches = ".*")
class SeedsTest {

    @Test
    void areTheSameInEveryRun() {
        List<Integer> drawn = new ArrayList<>();

        Seeds.each(3, draw -> drawn.add(draw.nextInt(1000)));

        assertThat(drawn).startsWith(809, 998, 155);
    }

    @Test
    void theOneThatFailedRepeatsTheFailure() {
        Throwable failure = catchThrowable(
                () -> Seeds.each(1000, draw -> assertThat(draw.nextInt(100)).isNotEqualTo(7)));

        assertThat(failure).isInstanceOf(AssertionError.class).hasMessageContaining("not to be equal to:\n  7");
        String seed = failure.getMessage().replaceFirst("(?s).*-Dproperties.seed=", "");
        assertThat(new Draw(Long.parseLong(seed)).nextInt(100)).isEqualTo(7);
    }
}
