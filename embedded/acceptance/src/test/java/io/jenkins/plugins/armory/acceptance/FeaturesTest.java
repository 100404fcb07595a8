package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds docs/features.md to the tests: each row has one, or says what is missing. */
@AcceptanceTest
class FeaturesTest {

    private static final Pattern ROW = Pattern.compile("\\| ([0-9]+) \\| ([^|]+) \\| ([^|]*) \\| ([^|]*)\\|");
    private static final int FEATURES = 65;

    @Test
    void everyFeatureHasATestThatIsThereOrSaysWhatIsMissing() throws IOException {
        List<MatchResult> rows = Files.readString(Path.of("../../docs/features.md"))
                .lines()
                .flatMap(line -> ROW.matcher(line).results())
                .toList();

        assertThat(rows).hasSize(FEATURES);
        var tests = new NamedTests();
        for (int i = 0; i < FEATURES; i++) {
            MatchResult row = rows.get(i);
            assertThat(row.group(1)).isEqualTo(String.valueOf(i + 1));
            List<String> named = NamedTests.in(row.group(3));
            assertThat(named).as(row.group()).allMatch(tests::exists);
            assertThat(!named.isEmpty() || row.group(4).startsWith("Not yet: "))
                    .as(row.group())
                    .isTrue();
        }
    }

    @Test
    void theDefaultTimeLimitIsADay(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.createJob(process.approval()).build().awaitWaiting(1);

        Instant created =
                Instant.parse(build.approvals().get(0).get("createdAt").asText());
        Instant deadline =
                Instant.parse(build.approvals().get(0).get("deadline").asText());

        assertThat(Duration.between(created, deadline)).isEqualTo(Duration.ofHours(24));
        build.abort();
    }
}
