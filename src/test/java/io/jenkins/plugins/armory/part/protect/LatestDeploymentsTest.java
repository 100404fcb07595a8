package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.environment.Environment.State;
import io.jenkins.plugins.armory.environment.Release;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LatestDeploymentsTest {

    @TempDir
    private Path folder;

    private static EndedDeployment ended(String environment, int build, State state) {
        return new EndedDeployment(
                environment,
                "shop/main",
                build,
                state,
                false,
                Instant.ofEpochSecond(build),
                List.of("alice", "alice", "\ud83d\ude80"),
                new Release("shop/cart", "2.7." + build),
                build % 2 == 0,
                null);
    }

    @Test
    void addingOneAgainReplacesIt() {
        LatestDeployments latest = new LatestDeployments();
        assertThat(latest.add(ended("prod", 1, State.FAILED))).isTrue();
        assertThat(latest.add(ended("prod", 1, State.FAILED))).isFalse();
        assertThat(latest.add(ended("prod", 1, State.ROLLED_BACK))).isTrue();

        assertThat(latest.list()).containsExactly(ended("prod", 1, State.ROLLED_BACK));
    }

    @Test
    void anOldOneFindsNoRoomAmongTheNewest() {
        LatestDeployments latest = new LatestDeployments();
        for (int build = 100; build < 100 + LatestDeployments.OF_EACH; build++) {
            latest.add(ended("prod", build, State.COMPLETE));
        }

        assertThat(latest.add(ended("prod", 1, State.COMPLETE))).isFalse();
    }

    @Test
    void environmentsAreLimited() {
        LatestDeployments latest = new LatestDeployments();
        for (int i = 0; i < 2 * 100; i++) {
            latest.add(ended("environment " + i, i, State.COMPLETE));
        }

        assertThat(latest.list())
                .hasSize(100)
                .allSatisfy(each -> assertThat(each.build()).isGreaterThanOrEqualTo(100));
    }
}
