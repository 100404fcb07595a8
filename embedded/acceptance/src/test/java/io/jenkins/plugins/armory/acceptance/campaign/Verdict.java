package io.jenkins.plugins.armory.acceptance.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.jenkins.plugins.armory.acceptance.StoredFile;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/** Judges from the outside whether a build that is over has got what was decided: no more, no less, nothing else. */
final class Verdict {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static final Pattern RESULT = Pattern.compile("(?m)^Finished: \\w+$");
    private static final Duration LOG_LIMIT = Duration.ofSeconds(20);

    /** What the body of a deployment file prints: target, action, weight, and the time in milliseconds. */
    private static final Pattern ACTION = Pattern.compile("(?m)>>> (\\w+ \\w+ \\w+) at (\\d+)$");

    /** What the body of an environment of the settings prints, with the time in milliseconds. */
    private static final Pattern DEPLOYED = Pattern.compile("(?m)>>> deployed at (\\d+)$");

    /** The steps of the strategy by their numbers. */
    private static final List<String> STEPS =
            List.of("", "deploy null", "setWeight 50", "webhook one", "setWeight 100");

    private static final Set<String> ENVIRONMENT_OVER = Set.of("COMPLETE", "FAILED", "ROLLED_BACK", "CANCELLED");

    private final Life life;
    private final Path store;
    private final Path buildFolder;
    private final String log;
    private final boolean logIsWhole;
    private final String result;
    private final String doubt;

    /** @param home of the controller */
    Verdict(Life life, Path home) {
        this.life = life;
        this.store = home.resolve("armory-approvals");
        this.buildFolder = home.resolve("jobs/" + life.job().name() + "/builds/1");
        this.logIsWhole = awaitLogEnd();
        this.log = life.build().log();
        this.result = life.build().result();
        this.doubt = life.build().deployment().path("doubt").textValue();
    }

    /** Whether there is one: Jenkins writes logs a while behind, and what it had not written when it died is lost. */
    private boolean awaitLogEnd() {
        try {
            Wait.until("the end of the log of " + life)
                    .atMost(LOG_LIMIT)
                    .until(() -> RESULT.matcher(life.build().log()).find());
            return true;
        } catch (ConditionTimeoutException x) {
            if (!Life.ON_JENKINS || life.deaths() == 0) {
                throw x;
            }
            return false;
        }
    }

    /**
     * Checks the build.
     *
     * @return how often the log has a line that Jenkins has printed again, since it had died before it saved that it
     *     had
     */
    int check() {
        if (life.hasDiedStarting() && life.approvers().isEmpty()) {
            // Jenkins gives up a build whose program it has never saved; or it was over before anybody could be called.
            assertThat(life.calls()).isEmpty();
            // An approval that was being created when the build was stopped is ended behind it.
            Wait.until("nothing is pending of " + life).until(life.build()::hasNothingPending);
            assertThat(result).isNotEqualTo("SUCCESS");
            checkEnvironments();
            checkDeployed();
            checkBuildFolder();
            return 0;
        }
        if (isInDoubt() || life.hasLostLines()) {
            assertThat(life.mayBeInDoubt()).as("in doubt: " + doubt).isTrue();
            checkClosed();
            return 0;
        }
        checkCalls();
        checkCount();
        life.approvers().forEach(this::checkDecision);
        life.approvers().stream()
                .filter(approver -> life.scenario().isCancelled())
                .forEach(this::checkCancelled);
        if (life.scenario() == Scenario.NOTIFIED) {
            life.approvers().forEach(this::checkTold);
        }
        checkResult();
        checkEnvironments();
        checkActions();
        checkDeployed();
        checkBuildFolder();
        return repeatedLines();
    }

    /**
     * Of a build whose log is in doubt, or has lost lines, nothing has opened that may be closed, and nobody was told
     * two things.
     */
    private void checkClosed() {
        if (isInDoubt()) {
            assertThat(result).as("%s, and %s", result, doubt).isNotEqualTo("SUCCESS");
        }
        for (Approver approver : life.approvers()) {
            assertThat(approver.said().stream()
                            .filter(Said::isAccepted)
                            .map(Said::success)
                            .distinct())
                    .hasSizeLessThanOrEqualTo(1);
        }
        boolean hasFailed = life.approvers().stream()
                .flatMap(approver -> approver.said().stream())
                .anyMatch(said -> said.isAccepted() && !said.success());
        if (hasFailed) {
            assertThat(log).doesNotContain("applied").doesNotContainPattern("(?m)^never$");
            assertThat(result).isNotEqualTo("SUCCESS");
        }
        if (life.scenario() == Scenario.PROTECTED_FAILURE) {
            assertThat(DEPLOYED.matcher(log).find()).as(log).isFalse();
        }
        checkBuildFolder();
    }

    boolean isInDoubt() {
        return doubt != null;
    }

    /**
     * All calls of one approval are one and the same, and there are no more than the deaths, and the answers, explain.
     */
    private void checkCalls() {
        life.calls().stream()
                .collect(Collectors.groupingBy(call -> call.header("Idempotency-Key")))
                .forEach((key, calls) -> {
                    if (life.scenario() != Scenario.ANSWER) {
                        assertThat(key).isEqualTo(calls.get(0).callback().id());
                    }
                    assertThat(calls)
                            .extracting(Call::body)
                            .containsOnly(calls.get(0).body());
                    assertThat(calls)
                            .extracting(Call::path)
                            .containsOnly(calls.get(0).path());
                    int retries = life.scenario() == Scenario.RETRIED ? 1 : 0;
                    assertThat(calls).hasSizeBetween(1, 1 + retries + life.deaths());
                });
        // A step that is begun again has the id that it had.
        List<String> names =
                new ArrayList<>(life.approvers().stream().map(Approver::name).toList());
        if (life.scenario() == Scenario.DEPLOYMENT_FILE) {
            names.removeIf("one"::equals); // that webhook is called for each target
        }
        assertThat(names).doesNotHaveDuplicates();
    }

    /** A step has each of its approvals once, also where some were not called when the others ended. */
    private void checkCount() {
        if (life.scenario().isMany()) {
            Wait.until("nothing is pending of " + life).until(life.build()::hasNothingPending);
            // A build may be stopped before a crash has left all of them.
            int fewest = life.scenario().isStopped() ? life.approvers().size() : Scenario.ALL;
            Wait.until("the decisions are listed, which a start of Jenkins reads in the background")
                    .untilAsserted(() -> assertThat(life.build().approvals()).hasSizeBetween(fewest, Scenario.ALL));
        }
    }

    /** What was answered is what is on disk, and nothing else is. */
    private void checkDecision(Approver approver) {
        awaitUnmarked(approver); // what is left of a build that ended by force is ended behind it
        JsonNode approval = read(approver);
        assertThat(approval.get("state").asText()).isEqualTo("DECIDED");
        JsonNode decided = approval.at("/callback").isNull() ? null : approval.at("/callback");
        List<Said> accepted = approver.said().stream().filter(Said::isAccepted).toList();
        for (Said said : approver.said()) {
            int status = said.answer().status();
            assertThat(status).isIn(200, 409, 410);
            if (status == 410) {
                assertThat(decided)
                        .as("410 is of an approval that ended without a callback")
                        .isNull();
                continue;
            }
            assertThat(decided).as("%s, of which nothing is on disk", said).isNotNull();
            boolean success = decided.get("outcome").asText().equals("SUCCESS");
            assertThat(said.success() == success).as(said.toString()).isEqualTo(status == 200);
        }
        if (decided != null && isByQuestion(decided)) {
            assertThat(decided.get("mdMessage").asText()).isEqualTo("/state is \"" + Life.PASSED + "\"");
        } else if (decided != null) {
            assertThat(said(approval.at("/data").asText())).isEqualTo(Hostile.data());
            assertThat(accepted)
                    .extracting(Said::message)
                    .contains(decided.get("mdMessage").asText());
        }
        List<Said> first = accepted.stream().filter(said -> !said.isDuplicate()).toList();
        assertThat(first).hasSizeLessThanOrEqualTo(1);
        first.forEach(said ->
                assertThat(said.message()).isEqualTo(decided.get("mdMessage").asText()));
        if (!approver.personSaid().isEmpty()) {
            assertThat(approver.personSaid()).allMatch(answer -> answer.status() == 200);
            assertThat(approval.at("/votes/0/comment").asText()).isEqualTo(Approver.COMMENT);
        }
        int last = 0;
        for (JsonNode attempt : approval.get("attempts")) {
            assertThat(attempt.get("number").asInt()).isGreaterThan(last);
            last = attempt.get("number").asInt();
        }
    }

    /** Whether the webhook's answer or the status has decided. */
    private boolean isByQuestion(JsonNode decided) {
        String by = decided.get("decidedBy").asText();
        boolean asked = by.startsWith("answer of ") || by.startsWith("status of ");
        if (life.scenario() != Scenario.STATUS_RACE) {
            assertThat(asked).isEqualTo(life.scenario().isAsked());
        }
        return asked;
    }

    private static JsonNode said(String data) {
        try {
            return JSON.readTree(data);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** People are told at least once. A notice that was on its way when the controller died is sent once more. */
    private void checkTold(Approver approver) {
        awaitUnmarked(approver);
        String key = approver.id() + "-notify-0-";
        assertThat(life.otherCalls())
                .extracting(call -> call.header("Idempotency-Key"))
                .allMatch(each -> each.startsWith(key));
        assertThat(life.otherCalls().stream()
                        .filter(call -> call.header("Idempotency-Key").equals(key + "decided")))
                .hasSizeBetween(1, 1 + life.deaths());
    }

    private JsonNode read(Approver approver) {
        try {
            return StoredFile.value(buildFolder.resolve("armory.log"), "approval/" + approver.id());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** An external process that nobody waits for any more is told so, at least once; one that has decided is not. */
    private void checkCancelled(Approver approver) {
        awaitUnmarked(approver);
        JsonNode approval = read(approver);
        if (!approval.at("/callback").isNull()) {
            assertThat(cancelsOf(approver)).isEmpty();
            return;
        }
        // That is written behind the decision, and comes to its file later than into the journal.
        Wait.until("what came of the cancel webhook of " + life)
                .untilAsserted(() ->
                        assertThat(read(approver).at("/cancel/status").asInt()).isEqualTo(202));
        assertThat(cancelsOf(approver)).hasSizeBetween(1, 1 + life.deaths()).containsOnly(approver.id() + "-cancel");
    }

    /** The keys of the calls that told an external process to stop. Of many, one may be told whose call was cut off. */
    private List<String> cancelsOf(Approver approver) {
        return life.otherCalls().stream()
                .map(call -> call.header("Idempotency-Key"))
                .filter(key -> !life.scenario().isMany() || key.startsWith(approver.id()))
                .toList();
    }

    /** The build has ended as its approvals did. */
    private void checkResult() {
        List<JsonNode> decisions = life.approvers().stream()
                .map(approver -> read(approver).at("/decision"))
                .toList();
        List<String> outcomes = decisions.stream()
                .map(decision -> decision.get("outcome").asText())
                .toList();
        assertThat(outcomes)
                .as("outcomes")
                .allMatch(outcome -> expectedOutcomes().contains(outcome));
        if (life.hasLostEnd() && result.equals("FAILURE")) {
            assertThat(logIsWhole).isFalse();
        } else if (outcomes.contains("ABORTED") || life.isStranded()) {
            assertThat(result).isEqualTo("ABORTED");
        } else if (outcomes.stream().allMatch(outcome -> outcome.equals("SUCCESS") || outcome.equals("SENT"))) {
            // That a build was stopped counts, also where the decision came first.
            assertThat(result)
                    .as(log)
                    .isIn(life.scenario().isStopped() ? List.of("SUCCESS", "ABORTED") : List.of("SUCCESS"));
        } else {
            assertThat(result).as(log).isEqualTo("FAILURE");
            assertThat(log).doesNotContain("applied 1");
        }
        if (result.equals("FAILURE") && logIsWhole) {
            decisions.stream()
                    .filter(decision -> decision.get("outcome").asText().equals("FAILURE"))
                    .forEach(decision -> assertThat(log)
                            .contains(Hostile.inLog(decision.get("mdMessage").asText())));
        }
        if (result.equals("SUCCESS")) {
            List<String> expected = expectedLines();
            List<String> lines = log.lines()
                    .filter(line -> line.startsWith("applied"))
                    .distinct()
                    .toList();
            assertThat(lines)
                    .as("what the program had from its decisions")
                    .isEqualTo(logIsWhole ? expected : expected.subList(0, Math.min(lines.size(), expected.size())));
        }
    }

    private List<String> expectedOutcomes() {
        return switch (life.scenario()) {
            case SUCCESS,
                    EARLY,
                    RETRIED,
                    ANSWER,
                    STATUS,
                    STATUS_RACE,
                    NOTIFIED,
                    PERSON,
                    SEQUENCE,
                    ENVIRONMENTS,
                    DEPLOYMENT_FILE,
                    PROTECTED,
                    MANY -> List.of("SUCCESS");
            case FAILURE -> List.of("FAILURE");
            case RACE -> List.of("SUCCESS", "FAILURE");
            case NO_CALLBACK -> List.of("SENT");
            case TIMEOUT -> List.of("TIMED_OUT");
            case SILENT -> List.of("NOT_HEARD");
            case STOPPED -> List.of("ABORTED");
            case STOPPED_RACE, MANY_STOPPED -> List.of("SUCCESS", "ABORTED");
            case PHASE_FAILURE -> List.of("FAILURE", "OTHER_FAILED");
            case PROTECTED_FAILURE, MANY_FAILURE -> List.of("SUCCESS", "FAILURE", "OTHER_FAILED");
        };
    }

    /** Each decision once, in the order of the Pipeline, with the message that was decided first. */
    private List<String> expectedLines() {
        return switch (life.scenario()) {
            case NO_CALLBACK -> List.of("applied 1: sent");
            case ENVIRONMENTS -> List.of("applied both");
            case DEPLOYMENT_FILE, PROTECTED -> List.of("applied all");
            case SEQUENCE -> List.of(line(1, "one"), line(2, "two"));
            case MANY, MANY_FAILURE, MANY_STOPPED ->
                IntStream.range(0, Scenario.ALL)
                        .mapToObj(i -> line(i + 1, "all" + i))
                        .toList();
            default -> List.of(line(1, "one"));
        };
    }

    private String line(int count, String name) {
        Approver approver = life.approvers().stream()
                .filter(each -> each.name().equals(name))
                .findAny()
                .orElseThrow();
        return "applied " + count + ": true "
                + read(approver).at("/callback/mdMessage").asText();
    }

    /**
     * Each has come to its end, also where the controller died before it could say so: then whoever looks has that
     * written.
     */
    private void checkEnvironments() {
        Wait.until("the end of the environments of " + life).untilAsserted(() -> {
            Map<String, String> environments = life.build().environments();
            assertThat(environments.values()).allMatch(ENVIRONMENT_OVER::contains);
            if (life.scenario() == Scenario.ENVIRONMENTS && result.equals("SUCCESS")) {
                assertThat(environments).isEqualTo(Map.of("dev", "COMPLETE", "prod", "COMPLETE"));
            }
            if (life.scenario() == Scenario.DEPLOYMENT_FILE && result.equals("SUCCESS")) {
                assertThat(environments).isEqualTo(Map.of("dev", "COMPLETE", "prod", "COMPLETE"));
            }
            if (life.scenario() == Scenario.PROTECTED && result.equals("SUCCESS")) {
                assertThat(environments).isEqualTo(Map.of("guarded", "COMPLETE"));
            }
            if (life.scenario() == Scenario.PROTECTED_FAILURE) {
                assertThat(environments.get("guarded")).isNotEqualTo("COMPLETE");
                assertThat(environments.get("never")).isNotEqualTo("COMPLETE");
            }
            if (life.scenario() == Scenario.PHASE_FAILURE) {
                assertThat(environments.values()).doesNotContain("COMPLETE");
            }
        });
    }

    /** None is left out, and none is begun once more after it was on record as done. */
    private void checkActions() {
        if (life.scenario() != Scenario.DEPLOYMENT_FILE || !result.equals("SUCCESS")) {
            return;
        }
        Map<String, Instant> ended = new HashMap<>();
        JsonNode deployment = life.build().deployment();
        for (JsonNode environment : deployment.get("environments")) {
            environment
                    .get("steps")
                    .properties()
                    .forEach(step -> ended.put(
                            step.getKey(),
                            Instant.parse(step.getValue().get("ended").asText())));
        }
        for (JsonNode target : deployment.get("plan")) {
            Stream.of("before", "strategy", "after")
                    .flatMap(part -> target.get(part).findValuesAsText("id").stream())
                    .forEach(
                            step -> assertThat(ended).as("steps that were done").containsKey(step));
        }
        List<MatchResult> done = ACTION.matcher(log).results().toList();
        if (logIsWhole) {
            assertThat(done.stream().map(each -> each.group(1)).distinct())
                    .containsExactlyInAnyOrder(
                            "dev deploy null",
                            "dev setWeight 50",
                            "dev setWeight 100",
                            "prod deploy null",
                            "prod setWeight 50",
                            "prod setWeight 100");
        }
        for (MatchResult each : done) {
            String[] words = each.group(1).split(" ");
            String step = words[0] + "/strategy/" + STEPS.indexOf(words[1] + " " + words[2]);
            assertThat(Instant.ofEpochMilli(Long.parseLong(each.group(2))))
                    .as(each.group())
                    .isBeforeOrEqualTo(ended.get(step));
        }
    }

    /** The body of an environment of the settings has run after all rules before it were met, or not at all. */
    private void checkDeployed() {
        if (!life.scenario().isProtected()) {
            return;
        }
        List<MatchResult> deployed = DEPLOYED.matcher(log).results().toList();
        if (life.scenario() == Scenario.PROTECTED_FAILURE) {
            assertThat(deployed).as(log).isEmpty();
        } else if (result.equals("SUCCESS") && logIsWhole) {
            assertThat(deployed).as(log).isNotEmpty();
        }
        for (MatchResult each : deployed) {
            Instant time = Instant.ofEpochMilli(Long.parseLong(each.group(1)));
            for (String rule : List.of("before-1", "before-2")) {
                Approver approver = life.approvers().stream()
                        .filter(asked -> asked.name().equals(rule))
                        .findAny()
                        .orElseThrow();
                JsonNode decision = read(approver).at("/decision");
                assertThat(decision.get("outcome").asText()).isEqualTo("SUCCESS");
                assertThat(Instant.parse(decision.get("decidedAt").asText()).truncatedTo(ChronoUnit.MILLIS))
                        .as(rule + " is decided before " + each.group())
                        .isBeforeOrEqualTo(time);
            }
        }
    }

    /**
     * Waits, since the end of the environments may be written just now. Jenkins leaves temporary files with other names
     * behind.
     */
    private void checkBuildFolder() {
        Wait.until("the files of " + life).untilAsserted(() -> {
            try (Stream<Path> files = Files.list(buildFolder)) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .filteredOn(name -> name.startsWith("armory"))
                        .isSubsetOf("armory.log");
            }
        });
    }

    /**
     * A death repeats what was printed since the program was saved: the line of one step, or those of a list, which a
     * step returned.
     */
    private int repeatedLines() {
        List<String> lines =
                log.lines().filter(line -> line.startsWith("applied")).toList();
        int repeated = life.scenario().isMany()
                ? lines.stream()
                                .mapToInt(line -> Collections.frequency(lines, line))
                                .max()
                                .orElse(1)
                        - 1
                : lines.size() - (int) lines.stream().distinct().count();
        assertThat(repeated).as("lines that no death explains").isLessThanOrEqualTo(life.deaths());
        return repeated;
    }

    Life life() {
        return life;
    }

    boolean hasWholeLog() {
        return logIsWhole;
    }

    /** Deletes the build if it is there; whether it is not any more. */
    boolean delete() {
        if (life.build().exists()) {
            life.build().delete();
        }
        return !life.build().exists();
    }

    /** Deletes the build, as somebody does who wants it gone, and checks that nothing is left of it. */
    void deleteAndCheck() {
        if (life.hasDiedStarting() && life.approvers().isEmpty() && !logIsWhole) {
            // WorkflowRun.isLogUpdated: of a build whose program it has never saved, Jenkins keeps the log open after
            // it has given
            // it up, and deletes none such before its next start.
            return;
        }
        Wait.until(life + " is gone").ignoreExceptions().until(this::delete);
        for (Approver approver : life.approvers()) {
            awaitUnmarked(approver);
        }
    }

    /** Nothing of the build is open, and the history has its decisions. */
    private void awaitUnmarked(Approver approver) {
        Path marker = store.resolve("open").resolve(approver.id().substring(0, 16));
        Wait.until(life + " is not marked").until(() -> !Files.exists(marker));
    }

    /** What is in the folders of the store, beside the lock, the history and the latest deployments, which stay. */
    static List<String> filesIn(Path home) {
        try (Stream<Path> files = Files.walk(home.resolve("armory-approvals"))) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> !List.of("lock").contains(name) && !name.endsWith(".ndjson"))
                    .toList();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }
}
