package io.jenkins.plugins.armory.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.environment.Environment.State;
import io.jenkins.plugins.armory.storage.disk.ChecksumLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
                build % 2 == 0,
                null);
    }

    @Test
    void areTheNewestOfEachEnvironmentAndSurviveARestart() throws IOException {
        LatestDeployments latest = LatestDeployments.open(folder);
        for (int build = 1; build <= 30; build++) {
            latest.add(ended("prod", build, State.COMPLETE));
        }
        latest.add(ended("test", 3, State.FAILED));
        latest.write();

        List<EndedDeployment> found = LatestDeployments.open(folder).list();

        assertThat(found).isEqualTo(latest.list()).hasSize(LatestDeployments.OF_EACH + 1);
        assertThat(found.get(0).build()).isEqualTo(30);
        assertThat(found.get(0).decidedBy()).containsExactly("alice", "\ud83d\ude80");
    }

    @Test
    void addingOneAgainReplacesIt() throws IOException {
        LatestDeployments latest = LatestDeployments.open(folder);
        assertThat(latest.add(ended("prod", 1, State.FAILED))).isTrue();
        assertThat(latest.add(ended("prod", 1, State.FAILED))).isFalse();
        assertThat(latest.add(ended("prod", 1, State.ROLLED_BACK))).isTrue();

        assertThat(latest.list()).containsExactly(ended("prod", 1, State.ROLLED_BACK));
    }

    @Test
    void anOldOneFindsNoRoomAmongTheNewest() throws IOException {
        LatestDeployments latest = LatestDeployments.open(folder);
        for (int build = 100; build < 100 + LatestDeployments.OF_EACH; build++) {
            latest.add(ended("prod", build, State.COMPLETE));
        }

        assertThat(latest.add(ended("prod", 1, State.COMPLETE))).isFalse();
    }

    @Test
    void environmentsAreLimited() throws IOException {
        LatestDeployments latest = LatestDeployments.open(folder);
        for (int i = 0; i < 2 * 100; i++) {
            latest.add(ended("environment " + i, i, State.COMPLETE));
        }

        assertThat(latest.list())
                .hasSize(100)
                .allSatisfy(each -> assertThat(each.build()).isGreaterThanOrEqualTo(100));
    }

    /** As one that a newer version of the plugin wrote. */
    @Test
    void aFileThatIsNotUnderstoodIsKept() throws IOException {
        Path file = folder.resolve(LatestDeployments.FILE);
        Files.write(file, ChecksumLine.of("{\"format\":2}".getBytes(StandardCharsets.UTF_8)));
        byte[] before = Files.readAllBytes(file);

        LatestDeployments latest = LatestDeployments.open(folder);
        latest.add(ended("prod", 1, State.COMPLETE));
        latest.write();

        assertThat(latest.list()).hasSize(1);
        assertThat(file).hasBinaryContent(before);
    }

    @Test
    void aDamagedFileIsReplaced() throws IOException {
        Files.writeString(folder.resolve(LatestDeployments.FILE), "{\"format\":1");

        LatestDeployments latest = LatestDeployments.open(folder);

        assertThat(latest.list()).isEmpty();
        latest.add(ended("prod", 1, State.COMPLETE));
        latest.write();
        assertThat(LatestDeployments.open(folder).list()).hasSize(1);
    }
}
