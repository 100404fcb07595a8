package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The deployment files of the examples, with every combination of what their conditions can come to, and with each action
 * that fails. What must come of it is worked out here once more, from the rules in docs/deployment-files.md.
 */
@AcceptanceTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DeploymentFilesTest {

    private static final Path FILES =
            Path.of(System.getProperty("acceptance.examples")).resolve("deployment-files");

    /** How many builds run at a time. */
    private static final int LANES = 8;

    private static final String BODY = """
             {
                def done = "${env.ARMORY_ENVIRONMENT_NAME} ${env.ARMORY_ACTION}"
                def values = [env.ARMORY_WEIGHT, env.ARMORY_SERVICES, env.ARMORY_QUERIES].findAll { it != null }
                echo(([">>> ${done}"] + values + [env.ARMORY_ACCOUNT, env.ARMORY_NAMESPACE]).join(' '))
                if (FAILING.contains(([done] + values.take(1)).join(' '))) {
                    error("${done} went wrong")
                }
            }
            """;

    /** What a condition comes to, or an action. */
    private enum Fate {
        GOOD,
        BAD,
        EXPIRED
    }

    /**
     * One step of a sample.
     *
     * @param action what the body is asked for, with its value; {@code null} for a condition
     * @param name of the webhook, {@code person} for a manual approval, {@code pause} for a pause
     */
    private record Step(String action, String name) {

        static Step act(String action) {
            return new Step(action, null);
        }

        static Step condition(String name) {
            return new Step(null, name);
        }
    }

    private record Target(
            String name,
            String place,
            List<String> dependsOn,
            List<Step> before,
            List<List<Step>> strategy,
            List<Step> after) {}

    /**
     * A file.
     *
     * @param fates what its conditions can come to, by target and name
     */
    private record Sample(String file, List<Target> targets, Map<String, List<Fate>> fates) {}

    /**
     * One build.
     *
     * @param fates what the conditions come to, and the actions that go wrong
     */
    private record Row(Sample sample, Map<String, Fate> fates) {

        Fate fate(Target target, Step step) {
            String what = step.action() == null ? step.name() : step.action();
            return fates.getOrDefault(target.name() + " " + what, Fate.GOOD);
        }

        @Override
        public String toString() {
            return sample.file() + " "
                    + fates.entrySet().stream()
                            .filter(each -> each.getValue() != Fate.GOOD)
                            .map(each -> each.getKey() + " " + each.getValue())
                            .collect(Collectors.joining(", "));
        }
    }

    /** What must come of a row. */
    private static final class Expected {
        final Map<String, String> states = new LinkedHashMap<>();
        /** Actions that must be done, in their order, by target. */
        final Map<String, List<String>> actions = new LinkedHashMap<>();
        /** Actions that may be done, since they run beside something that fails. */
        final Set<String> possible = new TreeSet<>();

        /** The targets that are deployed to, and whose checks have failed. */
        final Set<String> failedAfter = new TreeSet<>();

        String result = "SUCCESS";

        static Expected of(Row row) {
            Expected expected = new Expected();
            Set<String> admitting = new TreeSet<>();
            for (Target target : row.sample().targets()) {
                List<String> done = new ArrayList<>();
                expected.actions.put(target.name(), done);
                if (!admitting.containsAll(target.dependsOn())) {
                    expected.states.put(target.name(), "CANCELLED");
                    continue;
                }
                String state = expected.run(row, target, done);
                expected.states.put(target.name(), state);
                boolean bad = target.after().stream().anyMatch(step -> row.fate(target, step) != Fate.GOOD);
                if (state.equals("COMPLETE")) {
                    (bad ? expected.failedAfter : admitting).add(target.name());
                }
            }
            if (!Set.of("COMPLETE").containsAll(expected.states.values())) {
                expected.result = "FAILURE";
            } else if (!expected.failedAfter.isEmpty()) {
                expected.result = "UNSTABLE";
            }
            return expected;
        }

        private String run(Row row, Target target, List<String> done) {
            if (target.before().stream().anyMatch(step -> row.fate(target, step) != Fate.GOOD)) {
                return "FAILED";
            }
            for (List<Step> group : target.strategy()) {
                boolean bad = group.stream().anyMatch(step -> row.fate(target, step) != Fate.GOOD);
                for (Step step : group) {
                    if (step.action() != null && (group.size() == 1 || !bad)) {
                        done.add(step.action());
                    } else if (step.action() != null) {
                        possible.add(target.name() + " " + step.action());
                    }
                }
                if (bad) {
                    done.add("rollback");
                    return "ROLLED_BACK";
                }
            }
            for (Step step : target.after()) {
                if (step.action() != null) {
                    done.add(step.action());
                }
            }
            return "COMPLETE";
        }

        /** How the stages of the targets are shown. */
        Map<String, String> stages() {
            Map<String, String> stages = new LinkedHashMap<>();
            states.forEach((target, state) -> stages.put(
                    target,
                    switch (state) {
                        case "COMPLETE" -> failedAfter.contains(target) ? "UNSTABLE" : "SUCCESS";
                        case "CANCELLED" -> "ABORTED";
                        default -> "FAILURE";
                    }));
            return stages;
        }
    }

    private static final List<Fate> WEBHOOK = List.of(Fate.GOOD, Fate.BAD);
    private static final List<Fate> PERSON = List.of(Fate.GOOD, Fate.BAD);
    private static final List<Fate> PERSON_IN_TIME = List.of(Fate.GOOD, Fate.BAD, Fate.EXPIRED);
    private static final String PAUSE = "pause";
    private static final String SOMEBODY = "person";

    private static List<List<Step>> oneByOne(Step... steps) {
        return Stream.of(steps).map(List::of).toList();
    }

    private static final List<List<Step>> ALL_AT_ONCE = oneByOne(Step.act("deploy"), Step.act("setWeight 100"));

    private static List<Sample> samples() {
        Map<String, List<Fate>> canary = new LinkedHashMap<>();
        canary.put("production Integration_Tests", WEBHOOK);
        canary.put("production person", PERSON);
        Map<String, List<Fate>> blueGreen = new LinkedHashMap<>();
        blueGreen.put("production person", PERSON_IN_TIME);
        blueGreen.put("production Preview_Tests", WEBHOOK);
        Map<String, List<Fate>> constraints = new LinkedHashMap<>();
        constraints.put("production person", PERSON_IN_TIME);
        constraints.put("production Tell_Chat_Room", WEBHOOK);
        constraints.put("production Smoke_Tests", WEBHOOK);
        Map<String, List<Fate>> context = new LinkedHashMap<>();
        context.put("staging Tell_Chat_Room", WEBHOOK);
        context.put("staging Tests smoke", WEBHOOK);
        context.put("staging Tests complete", WEBHOOK);
        Map<String, List<Fate>> four = new LinkedHashMap<>();
        four.put("security Security_Scan", WEBHOOK);
        four.put("staging Integration_Tests", WEBHOOK);
        four.put("production person", PERSON);
        four.put("production analysis errorRate", WEBHOOK);
        four.put("production analysis errorRate,latency", WEBHOOK);
        return List.of(
                new Sample(
                        "canary.yml",
                        List.of(new Target(
                                "production",
                                "production-cluster shop",
                                List.of(),
                                List.of(),
                                oneByOne(
                                        Step.act("deploy"),
                                        Step.act("setWeight 25"),
                                        Step.condition("Integration_Tests"),
                                        Step.condition(PAUSE),
                                        Step.act("setWeight 50"),
                                        Step.condition(SOMEBODY),
                                        Step.act("setWeight 100")),
                                List.of())),
                        canary),
                new Sample(
                        "blue-green.yml",
                        List.of(new Target(
                                "production",
                                "production-cluster payments",
                                List.of(),
                                List.of(),
                                List.of(
                                        List.of(Step.act("deploy")),
                                        List.of(
                                                Step.condition(SOMEBODY),
                                                Step.act("exposeServices payments-preview"),
                                                Step.condition("Preview_Tests")),
                                        List.of(Step.act("redirectTraffic")),
                                        List.of(Step.condition(PAUSE)),
                                        List.of(Step.act("shutDownOldVersion"))),
                                List.of())),
                        blueGreen),
                new Sample(
                        "constraints.yml",
                        List.of(
                                new Target(
                                        "staging",
                                        "staging-cluster search",
                                        List.of(),
                                        List.of(),
                                        ALL_AT_ONCE,
                                        List.of()),
                                new Target(
                                        "production",
                                        "production-cluster search",
                                        List.of("staging"),
                                        List.of(Step.condition(SOMEBODY), Step.condition("Tell_Chat_Room")),
                                        ALL_AT_ONCE,
                                        List.of(Step.condition("Smoke_Tests")))),
                        constraints),
                new Sample(
                        "context.yml",
                        List.of(new Target(
                                "staging",
                                "staging-cluster mail",
                                List.of(),
                                List.of(Step.condition("Tell_Chat_Room")),
                                oneByOne(
                                        Step.act("deploy"),
                                        Step.act("setWeight 50"),
                                        Step.condition("Tests smoke"),
                                        Step.condition("Tests complete"),
                                        Step.act("setWeight 100")),
                                List.of())),
                        context),
                new Sample(
                        "four-targets.yml",
                        List.of(
                                new Target("dev", "dev-cluster catalog", List.of(), List.of(), ALL_AT_ONCE, List.of()),
                                new Target(
                                        "security",
                                        "staging-cluster catalog-security",
                                        List.of("dev"),
                                        List.of(),
                                        ALL_AT_ONCE,
                                        List.of(Step.condition("Security_Scan"))),
                                new Target(
                                        "staging",
                                        "staging-cluster catalog",
                                        List.of("dev"),
                                        List.of(),
                                        ALL_AT_ONCE,
                                        List.of(Step.condition("Integration_Tests"))),
                                new Target(
                                        "production",
                                        "production-cluster catalog",
                                        List.of("security", "staging"),
                                        List.of(Step.condition(SOMEBODY)),
                                        oneByOne(
                                                Step.act("deploy"),
                                                Step.act("setWeight 10"),
                                                Step.condition(PAUSE),
                                                Step.act("setWeight 50"),
                                                Step.act("analysis errorRate,latency"),
                                                Step.act("setWeight 100")),
                                        List.of(Step.act("analysis errorRate")))),
                        four));
    }

    /** Every combination of the conditions, and each action that goes wrong while all else is well. */
    static List<Row> rows() {
        List<Row> rows = new ArrayList<>();
        for (Sample sample : samples()) {
            List<Map<String, Fate>> all = new ArrayList<>(List.of(Map.of()));
            sample.fates().forEach((condition, fates) -> {
                List<Map<String, Fate>> more = new ArrayList<>();
                for (Map<String, Fate> each : all) {
                    for (Fate fate : fates) {
                        Map<String, Fate> row = new LinkedHashMap<>(each);
                        row.put(condition, fate);
                        more.add(row);
                    }
                }
                all.clear();
                all.addAll(more);
            });
            all.forEach(fates -> rows.add(new Row(sample, fates)));
            for (Target target : sample.targets()) {
                Stream.concat(target.strategy().stream().flatMap(List::stream), target.after().stream())
                        .filter(step -> step.action() != null)
                        .map(step -> target.name() + " " + step.action())
                        .filter(action -> !sample.fates().containsKey(action))
                        .forEach(action -> rows.add(new Row(sample, Map.of(action, Fate.BAD))));
            }
        }
        if (System.getProperty("acceptance.quick") != null) {
            rows.removeIf(r -> !r.sample().file().equals("context.yml"));
        }
        return rows;
    }

    private final Map<String, Function<Call, Reply>> sites = new ConcurrentHashMap<>();
    private final ExternalProcess process = new ExternalProcess();
    private final ExecutorService executor = Executors.newFixedThreadPool(LANES);
    private final Map<String, Future<Build>> builds = new HashMap<>();

    /** All at the same time: nearly all of it is waiting. */
    @BeforeAll
    void run(Jenkins jenkins) {
        process.onCall(call -> sites.get(call.path().split("/")[2]).apply(call));
        int number = 0;
        for (Row row : rows()) {
            String site = "row-" + number++;
            builds.put(row.toString(), executor.submit(() -> run(jenkins, row, site)));
        }
    }

    @AfterAll
    void stop() {
        executor.shutdownNow();
        process.close();
    }

    private Build run(Jenkins jenkins, Row row, String site) {
        String failing = row.fates().entrySet().stream()
                .filter(each -> each.getValue() == Fate.BAD)
                .map(each -> "'" + each.getKey() + "'")
                .collect(Collectors.joining(", ", "[", "]"));
        sites.put(site, call -> answer(row, call));
        Build build = jenkins.createJob(
                        "armoryDeployment(config: '''" + text(row, site) + "''')" + BODY.replace("FAILING", failing))
                .build();
        boolean expires = row.fates().containsValue(Fate.EXPIRED);
        Wait.until("the end of " + row).until(() -> {
            if (!expires) {
                decide(build, row);
            }
            return !build.isBuilding();
        });
        return build;
    }

    /** The file, with its pauses cut short and its hosts replaced by one of the test's. */
    private String text(Row row, String site) {
        try {
            String text = Files.readString(FILES.resolve(row.sample().file()))
                    .replaceAll("https://\\w+\\.example\\.com", process.url() + "/" + site)
                    .replaceAll("(pause:\\s+duration: )\\d+(\\s+unit: )\\w+", "$11$2seconds")
                    .replace("secrets.ci-token", "secrets.team")
                    .replaceAll("\\s+networkMode: \\w+\\s+agentIdentifier: \\S+", "");
            return row.fates().containsValue(Fate.EXPIRED)
                    ? text.replaceAll("(approvalExpiration:\\s+duration: )\\d+(\\s+unit: )\\w+", "$11$2seconds")
                    : text;
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    private static void decide(Build build, Row row) {
        for (JsonNode approval : build.deployment().get("approvals")) {
            if (approval.path("manualApproval").isObject()
                    && approval.get("state").asText().equals("WAITING")) {
                boolean good =
                        row.fates().getOrDefault(approval.get("environment").asText() + " " + SOMEBODY, Fate.GOOD)
                                == Fate.GOOD;
                build.decide(approval, good ? "approve" : "reject", good ? "" : "not today");
            }
        }
    }

    /** Which webhook it is, is told by the path. */
    private static Reply answer(Row row, Call call) {
        boolean bad = row.fates().entrySet().stream()
                .filter(each -> each.getValue() == Fate.BAD)
                .anyMatch(each -> call.path()
                        .contains(pathOf(each.getKey().substring(each.getKey().indexOf(' ') + 1))));
        if (!call.json().has("callbackUri")) {
            return Reply.of(bad ? 400 : 200);
        }
        if (bad) {
            call.callback().fail("**red**");
        } else {
            call.callback().succeed("green");
        }
        return Reply.of(202);
    }

    private static String pathOf(String webhook) {
        return switch (webhook) {
            case "Integration_Tests" -> "/api/start";
            case "Preview_Tests" -> "/api/preview-tests";
            case "Smoke_Tests" -> "/api/smoke-tests";
            case "Security_Scan" -> "/scans";
            case "Tests smoke" -> "/api/suites/smoke";
            case "Tests complete" -> "/api/suites/complete";
            case "Tell_Chat_Room" -> "/hooks/";
            default -> "/no webhook";
        };
    }

    @ParameterizedTest
    @MethodSource("rows")
    void whatMustComeOfItDoes(Row row) throws Exception {
        Build build = builds.get(row.toString()).get();
        Expected expected = Expected.of(row);
        String log = build.awaitResult(expected.result);

        assertThat(build.environments()).isEqualTo(expected.states);
        expected.actions.forEach((target, actions) -> {
            Target of = row.sample().targets().stream()
                    .filter(each -> each.name().equals(target))
                    .findFirst()
                    .orElseThrow();
            assertThat(log.lines()
                            .filter(line -> line.contains(">>> " + target + " "))
                            .map(line -> line.substring(line.indexOf(">>> " + target) + target.length() + 5))
                            .filter(line ->
                                    !expected.possible.contains(target + " " + line.replace(" " + of.place(), ""))))
                    .as(log)
                    .containsExactlyElementsOf(actions.stream()
                            .map(action -> action + " " + of.place())
                            .toList());
        });
        assertThat(build.outerStages()).as(log).containsAllEntriesOf(expected.stages());
        if (!expected.result.equals("SUCCESS")) {
            assertThat(log)
                    .containsPattern(
                            "\\*\\*red\\*\\*|not today|went wrong|status 400|answered 400|No decision|[Tt]imed? ?out|within");
        }
    }
}
