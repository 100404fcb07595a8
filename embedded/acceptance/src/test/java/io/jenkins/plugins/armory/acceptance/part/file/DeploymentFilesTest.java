package io.jenkins.plugins.armory.acceptance.part.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.AcceptanceTest;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The deployment files of the examples, each as a whole and with a failure of each kind. What must come of it follows
 * from the rules in docs/deployment-files.md.
 */
@AcceptanceTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeploymentFilesTest {

    private static final Path FILES =
            Path.of(System.getProperty("acceptance.examples")).resolve("deployment-files");

    /** The file, what goes wrong, the result, and what is done for each target, as a pattern. */
    private static final String TABLE = """
            canary       |                           | SUCCESS  | production COMPLETE deploy, setWeight 25, setWeight 50, setWeight 100
            canary       | /api/start                | FAILURE  | production ROLLED_BACK deploy, setWeight 25, rollback
            canary       | rejected                  | FAILURE  | production ROLLED_BACK deploy, setWeight 25, setWeight 50, rollback
            canary       | production setWeight 50   | FAILURE  | production ROLLED_BACK deploy, setWeight 25, setWeight 50, rollback
            canary       | production deploy         | FAILURE  | production ROLLED_BACK deploy, rollback
            blue-green   |                           | SUCCESS  | production COMPLETE deploy, PREVIEW, redirectTraffic, shutDownOldVersion
            blue-green   | rejected                  | FAILURE  | production ROLLED_BACK deploy, (PREVIEW, )?rollback
            blue-green   | late                      | FAILURE  | production ROLLED_BACK deploy, (PREVIEW, )?rollback
            blue-green   | /api/preview-tests        | FAILURE  | production ROLLED_BACK deploy, (PREVIEW, )?rollback
            blue-green   | production redirectTraffic | FAILURE | production ROLLED_BACK deploy, PREVIEW, redirectTraffic, rollback
            constraints  |                           | SUCCESS  | staging COMPLETE ALL / production COMPLETE ALL
            constraints  | rejected                  | FAILURE  | staging COMPLETE ALL / production FAILED
            constraints  | late                      | FAILURE  | staging COMPLETE ALL / production FAILED
            constraints  | /hooks/                   | FAILURE  | staging COMPLETE ALL / production FAILED
            constraints  | /api/smoke-tests          | UNSTABLE | staging COMPLETE ALL / production UNSTABLE ALL
            constraints  | staging deploy            | FAILURE  | staging ROLLED_BACK deploy, rollback / production CANCELLED
            context      |                           | SUCCESS  | staging COMPLETE deploy, setWeight 50, setWeight 100
            context      | /hooks/                   | FAILURE  | staging FAILED
            context      | /api/suites/smoke         | FAILURE  | staging ROLLED_BACK deploy, setWeight 50, rollback
            context      | /api/suites/complete      | FAILURE  | staging ROLLED_BACK deploy, setWeight 50, rollback
            four-targets |                           | SUCCESS  | dev COMPLETE ALL / security COMPLETE ALL / staging COMPLETE ALL / production COMPLETE STEPS, setWeight 100, analysis errorRate
            four-targets | dev setWeight 100         | FAILURE  | dev ROLLED_BACK ALL, rollback / security CANCELLED / staging CANCELLED / production CANCELLED
            four-targets | /scans                    | FAILURE  | dev COMPLETE ALL / security UNSTABLE ALL / staging COMPLETE ALL / production CANCELLED
            four-targets | rejected                  | FAILURE  | dev COMPLETE ALL / security COMPLETE ALL / staging COMPLETE ALL / production FAILED
            four-targets | production analysis errorRate,latency | FAILURE | dev COMPLETE ALL / security COMPLETE ALL / staging COMPLETE ALL / production ROLLED_BACK STEPS, rollback
            four-targets | production analysis errorRate | UNSTABLE | dev COMPLETE ALL / security COMPLETE ALL / staging COMPLETE ALL / production UNSTABLE STEPS, setWeight 100, analysis errorRate
            """.replace("ALL", "deploy, setWeight 100")
            .replace("PREVIEW", "exposeServices payments-preview")
            .replace("STEPS", "deploy, setWeight 10, setWeight 50, analysis errorRate,latency");

    private static final String BODY = """
            {
                def done = "${env.ARMORY_ENVIRONMENT_NAME} ${env.ARMORY_ACTION}"
                def values = [env.ARMORY_WEIGHT, env.ARMORY_SERVICES, env.ARMORY_QUERIES].findAll { it != null }
                done = ([done] + values).join(' ')
                echo ">>> ${done}"
                if (done == 'WRONG') {
                    error("${done} went wrong")
                }
            }
            """;

    /** @param wrong the path of a webhook that fails, an action that fails, or what a person does: rejected, late */
    private record Row(String file, String wrong, String result, List<String> targets) {

        static Row of(String line) {
            String[] columns = line.split("\\|");
            return new Row(
                    columns[0].strip(),
                    columns[1].strip(),
                    columns[2].strip(),
                    List.of(columns[3].strip().split(" / ")));
        }
    }

    static List<Row> rows() {
        return TABLE.lines().map(Row::of).toList();
    }

    private final ExternalProcess process = new ExternalProcess();
    private final Map<Row, Build> builds = new LinkedHashMap<>();

    /** All at the same time: nearly all of it is waiting. */
    @BeforeAll
    void start(Jenkins jenkins) throws IOException {
        process.onCall(DeploymentFilesTest::answer);
        for (Row row : rows()) {
            builds.put(
                    row,
                    jenkins.build("armoryDeployment(config: '''" + text(row, builds.size()) + "''')"
                            + BODY.replace("WRONG", row.wrong)));
        }
    }

    @AfterAll
    void stop() {
        process.close();
    }

    /** The file, with its pauses cut short and its hosts replaced by one of the test's. */
    private String text(Row row, int number) throws IOException {
        String text = Files.readString(FILES.resolve(row.file + ".yml"))
                .replaceAll("https://\\w+\\.example\\.com", process.url() + "/" + number)
                .replaceAll("(pause:\\s+duration: )\\d+(\\s+unit: )\\w+", "$11$2seconds")
                .replace("secrets.ci-token", "secrets.team")
                .replaceAll("\\s+networkMode: \\w+\\s+agentIdentifier: \\S+", "");
        return row.wrong.equals("late")
                ? text.replaceAll("(approvalExpiration:\\s+duration: )\\d+(\\s+unit: )\\w+", "$11$2seconds")
                : text;
    }

    private static Reply answer(Call call) {
        String wrong = rows().get(Integer.parseInt(call.path().split("/")[2])).wrong;
        boolean bad = wrong.startsWith("/") && call.path().contains(wrong);
        if (!call.json().has("callbackUri")) {
            return Reply.of(bad ? 400 : 200);
        }
        call.callback().send(Callback.body(!bad, bad ? "**red**" : "green"));
        return Reply.of(202);
    }

    private static void decide(Build build, boolean approves) {
        for (JsonNode approval : build.deployment().get("approvals")) {
            if (approval.path("manualApproval").isObject()
                    && approval.get("state").asText().equals("WAITING")) {
                build.decide(approval, approves ? "approve" : "reject", approves ? "" : "not today");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void comesToWhatTheTableSays(Row row) {
        Build build = builds.get(row);
        Wait.until("the end of " + row).until(() -> {
            if (!row.wrong.equals("late")) {
                decide(build, !row.wrong.equals("rejected"));
            }
            return !build.isBuilding();
        });
        String log = build.awaitResult(row.result);

        Map<String, String> states = new LinkedHashMap<>();
        Map<String, String> stages = new LinkedHashMap<>();
        for (String target : row.targets) {
            String[] parts = (target + " ").split(" ", 3);
            states.put(parts[0], parts[1].replace("UNSTABLE", "COMPLETE"));
            stages.put(
                    parts[0],
                    switch (parts[1]) {
                        case "COMPLETE" -> "SUCCESS";
                        case "UNSTABLE" -> "UNSTABLE";
                        case "CANCELLED" -> "ABORTED";
                        default -> "FAILURE";
                    });
            String done = ">>> " + parts[0] + " ";
            assertThat(log.lines()
                            .filter(line -> line.contains(done))
                            .map(line -> line.substring(line.indexOf(done) + done.length()))
                            .collect(Collectors.joining(", ")))
                    .as(log)
                    .matches(parts[2].strip());
        }
        assertThat(build.environments()).isEqualTo(states);
        assertThat(build.outerStages()).as(log).containsAllEntriesOf(stages);
        if (!row.result.equals("SUCCESS")) {
            assertThat(log)
                    .containsPattern(
                            "\\bred\\b|not today|went wrong|status 400|answered 400|No decision|[Tt]imed? ?out|within");
        }
    }
}
