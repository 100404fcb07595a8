package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Checks;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The example of environments, with every combination of what its checks can come to: each environment passes all of them,
 * or fails the first in one of the three phases, which leaves out those that make no difference since the environment is not
 * reached. What must come of it is the table in docs/deployments.md, put down here once more.
 */
@AcceptanceTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EnvironmentsTest {

    private static final Map<String, String> DEPENDS_ON =
            Map.of("staging", "dev", "prod-east", "staging", "prod-west", "staging");

    private final Checks checks = new Checks();
    private final Map<Row, Build> builds = new LinkedHashMap<>();

    /** What the checks of one environment come to. */
    private enum Fate {
        PASSES("none"),
        FAILS_BEFORE("beforeDeployment"),
        FAILS_WITHIN("strategy"),
        FAILS_AFTER("afterDeployment");

        private final String phase;

        Fate(String phase) {
            this.phase = phase;
        }

        boolean throwsIt() {
            return this == FAILS_BEFORE || this == FAILS_WITHIN;
        }
    }

    /**
     * One build.
     *
     * @param how a check fails: by its callback, or because it cannot be started
     */
    private record Row(Fate dev, Fate staging, Fate east, Fate west, Fate independent, String how) {

        Map<String, Fate> fates() {
            Map<String, Fate> fates = new LinkedHashMap<>();
            fates.put("dev", dev);
            fates.put("staging", staging);
            fates.put("prod-east", east);
            fates.put("prod-west", west);
            fates.put("notify", independent);
            return fates;
        }

        String outcomes() {
            List<String> outcomes = new ArrayList<>();
            fates().forEach((environment, fate) -> outcomes.add(environment + "/" + fate.phase + "=" + how));
            return String.join(" ", outcomes);
        }

        private boolean admits(String environment) {
            return reaches(environment) && fates().get(environment) == Fate.PASSES;
        }

        /** Whether the environment is deployed to at all, or would be if its first check passed. */
        boolean reaches(String environment) {
            String dependency = DEPENDS_ON.get(environment);
            return dependency == null || admits(dependency);
        }

        String state(String environment) {
            if (!reaches(environment)) {
                return "CANCELLED";
            }
            return switch (fates().get(environment)) {
                case PASSES, FAILS_AFTER -> "COMPLETE";
                case FAILS_BEFORE -> "FAILED";
                case FAILS_WITHIN -> "ROLLED_BACK";
            };
        }

        String result() {
            boolean cancelledAfter = dev == Fate.FAILS_AFTER || reaches("staging") && staging == Fate.FAILS_AFTER;
            if (cancelledAfter) {
                return "FAILURE";
            }
            boolean thrown = fates().entrySet().stream()
                    .anyMatch(
                            entry -> reaches(entry.getKey()) && entry.getValue().throwsIt());
            boolean after = fates().entrySet().stream()
                    .anyMatch(entry -> reaches(entry.getKey()) && entry.getValue() == Fate.FAILS_AFTER);
            return thrown ? "FAILURE" : after ? "UNSTABLE" : "SUCCESS";
        }

        @Override
        public String toString() {
            List<String> failures = fates().entrySet().stream()
                    .filter(entry -> entry.getValue() != Fate.PASSES)
                    .map(entry -> entry.getKey() + " " + entry.getValue().phase)
                    .toList();
            return failures.isEmpty() ? "all pass" : String.join(", ", failures) + " (" + how + ")";
        }
    }

    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Fate notify : Fate.values()) {
            for (Fate one : Fate.values()) {
                for (Fate other : Fate.values()) {
                    String how = rows.size() % 2 == 0 ? "fail" : "refuse";
                    rows.add(new Row(Fate.PASSES, Fate.PASSES, one, other, notify, how));
                }
                if (one != Fate.PASSES) {
                    rows.add(new Row(Fate.PASSES, one, Fate.PASSES, Fate.PASSES, notify, "fail"));
                    rows.add(new Row(one, Fate.PASSES, Fate.PASSES, Fate.PASSES, notify, "refuse"));
                }
            }
        }
        return rows;
    }

    /** All builds run side by side, and each is looked at in a test of its own. */
    @BeforeAll
    void start(Jenkins jenkins) {
        Job job = Checks.createExampleJob(jenkins, "environments");
        for (Row row : rows()) {
            builds.put(row, job.build(Map.of("RECEIVER", checks.url(), "OUTCOMES", row.outcomes())));
        }
    }

    @AfterAll
    void stop() {
        checks.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rows")
    void comesToWhatTheTableSays(Row row) {
        Build build = builds.get(row);
        String log = build.awaitResult(row.result());

        Map<String, String> states = new LinkedHashMap<>();
        row.fates().keySet().forEach(environment -> states.put(environment, row.state(environment)));
        Wait.until("the states of " + build)
                .untilAsserted(() -> assertThat(build.environments()).isEqualTo(states));
        row.fates().forEach((environment, fate) -> {
            boolean reached = row.reaches(environment);
            assertThat(log.contains("Deploying to " + environment))
                    .as("deploys to %s", environment)
                    .isEqualTo(reached && fate != Fate.FAILS_BEFORE);
            assertThat(log.contains("Deployed to " + environment))
                    .as("deployed to %s", environment)
                    .isEqualTo(reached && !fate.throwsIt());
            assertThat(log.contains("Restoring what ran in " + environment))
                    .as("rolls back %s", environment)
                    .isEqualTo(reached && fate == Fate.FAILS_WITHIN);
            assertThat(log.contains("Environment '" + environment + "' is cancelled: "))
                    .as("cancels %s", environment)
                    .isEqualTo(!reached);
        });
        assertThat(build.hasNothingPending()).isTrue();
    }
}
