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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds docs/features.md to the tests: each row has one. */
@AcceptanceTest
class FeaturesTest {

    private static final Pattern ROW = Pattern.compile("\\| ([0-9]+) \\| [^|]+ \\| ([^|]+) \\|");

    @Test
    void everyFeatureHasATestThatIsThere() throws IOException {
        List<String> rows = Files.readString(Path.of("../../docs/features.md"))
                .lines()
                .filter(line -> line.matches("\\| [0-9].*"))
                .toList();

        assertThat(rows).isNotEmpty();
        var tests = new NamedTests();
        for (int i = 0; i < rows.size(); i++) {
            Matcher row = ROW.matcher(rows.get(i));
            assertThat(row.matches()).as(rows.get(i)).isTrue();
            assertThat(row.group(1)).isEqualTo(String.valueOf(i + 1));
            assertThat(NamedTests.in(row.group(2))).as(rows.get(i)).isNotEmpty().allMatch(tests::exists);
        }
    }

    @Test
    void theDefaultTimeLimitIsADay(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval()).awaitWaiting(1);

        Instant created = Instant.parse(build.approval().get("createdAt").asText());
        Instant deadline = Instant.parse(build.approval().get("deadline").asText());

        assertThat(Duration.between(created, deadline)).isEqualTo(Duration.ofHours(24));
        build.abort();
    }
}
