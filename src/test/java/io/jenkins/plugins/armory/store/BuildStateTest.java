package io.jenkins.plugins.armory.store;

import static io.jenkins.plugins.armory.approval.ApprovalTest.SOON;
import static io.jenkins.plugins.armory.environment.DeploymentTest.ended;
import static io.jenkins.plugins.armory.environment.DeploymentTest.in;
import static io.jenkins.plugins.armory.environment.DeploymentTest.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.node.TextNode;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.ApprovalTest;
import io.jenkins.plugins.armory.approval.BuildRef;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.TestEvents;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.environment.DeploymentEvent.ApprovalStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.BuildEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Declared;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Ended;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.PlannedStepStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Restarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackEnded;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RollbackStarted;
import io.jenkins.plugins.armory.environment.DeploymentEvent.RulesMet;
import io.jenkins.plugins.armory.environment.DeploymentEvent.StageCancelled;
import io.jenkins.plugins.armory.environment.DeploymentEvent.Verdict;
import io.jenkins.plugins.armory.environment.Environment.State;
import io.jenkins.plugins.armory.environment.Failure;
import io.jenkins.plugins.armory.store.disk.ChecksumLine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BuildStateTest {

    private static final BuildRef BUILD = new BuildRef("tests", 1);
    private static final String KEY = "0123456789abcdef";

    @TempDir
    private Path folder;

    @TempDir
    private Path other;

    @TempDir
    private Path marked;

    private final List<Runnable> executed = new ArrayList<>();
    private BuildState store;

    @BeforeEach
    void open() throws IOException {
        store = reopened();
    }

    private BuildState reopened() throws IOException {
        return open(() -> folder, 0);
    }

    private BuildState open(Supplier<Path> place, long seen) throws IOException {
        var markers = new Markers(marked, build -> false);
        return BuildState.open(BUILD, place, markers, KEY, seen, executed::add, Clock.systemUTC());
    }

    static Declared declared(String name, String... dependsOn) {
        return new Declared(name, List.of(dependsOn), "step of " + name, Place.OUTERMOST, null, null, null);
    }

    @Test
    void valuesOfAPartThatIsNotThereAreADoubt() throws IOException {
        put("a", "dev");
        BuildState read = reopened();
        read.checkParts("a"::equals);
        assertThat(read.doubt()).isEmpty();
        read.checkParts("b"::equals);
        assertThat(read.doubt().orElseThrow()).contains("it has values of 'a'");
    }

    @Test
    void readsWhatItWrote() throws IOException {
        store.apply(declared("dev"));
        store.apply(started(in("dev"), "a1", Phase.STRATEGY));
        store.apply(started(in("dev"), "a2", Phase.STRATEGY));
        store.apply(ended(in("dev", "a"), "a1", Phase.STRATEGY, "tests", Verdict.FAILURE, "no"));
        store.apply(new PlannedStepStarted("dev", "dev/strategy/1", false));
        store.apply(new PlannedStepEnded("dev", "dev/strategy/1", null, Map.of("replicaSetName", "web-7")));
        store.apply(new PlannedStepStarted("dev", "dev/strategy/2", false));
        store.apply(started(in("dev"), "a4", Phase.STRATEGY, "dev/strategy/2"));
        store.apply(new PlannedStepStarted("dev", "dev/strategy/3", false));
        store.apply(new PlannedStepEnded("dev", "dev/strategy/3", "no", Map.of()));
        store.apply(new Ended("dev", "step of dev", "no"));
        store.apply(new RollbackStarted("dev", "r", Place.OUTERMOST));
        store.apply(new RollbackEnded("dev", "r", "not possible"));
        store.apply(declared("prod", "dev", "qa"));
        store.apply(declared("qa"));
        store.apply(ended(in("qa", "a"), "a3", Phase.AFTER_DEPLOYMENT, "tests", Verdict.FAILURE, "no"));

        assertThat(reopened().deployment()).isEqualTo(store.deployment());
        assertThat(store.deployment().environments()).containsOnlyKeys("dev", "prod", "qa");
        BuildState restarted = open(() -> other, 0);
        restarted.apply(new Restarted(store.deployment(), Set.of("deploy"), Set.of()));
        assertThat(open(() -> other, 0).deployment()).isEqualTo(restarted.deployment());
    }

    @Test
    void readsWhatPartsHavePut() throws IOException {
        assertThat(store.valuesOf("a")).isEmpty();
        put("a", "dev", "prod");
        put("b", "dev");
        put("a", "dev"); // again after a restart

        assertThat(Files.readAllLines(folder.resolve(BuildLog.FILE))).hasSize(2);
        assertThat(reopened().valuesOf("a")).hasToString("[\"dev!\", \"prod!\"]");
    }

    private void put(String part, String... names) throws IOException {
        var named = new LinkedHashMap<String, TextNode>();
        for (String name : names) {
            named.put(name, TextNode.valueOf(name + '!'));
        }
        store.put(part, named);
    }

    /**
     * Makes a file that is there and cannot be looked at: a loop of links. Elsewhere it is a file server that does not
     * answer.
     */
    private void createUnreadable(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createSymbolicLink(file, file);
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "not everybody may create links there")
    void environmentsThatCannotBeReadAreNotTakenForNone() throws IOException {
        createUnreadable(BuildLog.FILE);

        assertThat(reopened().deployment().reasonToCancel(Place.OUTERMOST)).contains("is in doubt");
    }

    @Test
    void whatIsNotedInMemoryIsWrittenWithTheNextEvent() throws IOException {
        store.apply(ended(in(null), "a1", Phase.AFTER_DEPLOYMENT, "tests", Verdict.FAILURE, "no"));
        store.note(new StageCancelled("prod", Place.OUTERMOST, "because"));
        assertThat(reopened().deployment().cancelled()).isEmpty();
        store.flush();
        assertThat(reopened().deployment().cancelled()).containsOnlyKeys("prod");

        store.note(new StageCancelled("more", Place.OUTERMOST, "because"));
        store.apply(new BuildEnded());
        assertThat(reopened().deployment().cancelled()).containsOnlyKeys("prod", "more");
    }

    @Test
    void readsTheCancelledStagesThatItWrote() throws IOException {
        store.apply(ended(in("dev", "a"), "a1", Phase.AFTER_DEPLOYMENT, "tests", Verdict.FAILURE, "no"));
        store.apply(new StageCancelled("prod", Place.OUTERMOST, "because"));

        assertThat(reopened().deployment()).isEqualTo(store.deployment());
        assertThat(store.deployment().cancelled()).containsOnlyKeys("prod");
    }

    @Test
    void readsTheApprovalsThatBeganBeforeTheirEnvironment() throws IOException {
        store.apply(started(in("staging"), "a1", Phase.STRATEGY));

        assertThat(reopened().deployment()).isEqualTo(store.deployment());
        assertThat(store.deployment().approvals()).containsOnlyKeys("a1");
    }

    @Test
    void callsAWaiterWhenItsEnvironmentWaitsNoLonger() throws IOException {
        var told = new ArrayList<State>();
        store.apply(declared("prod", "dev"));
        store.attach("prod", State.WAITING_FOR_DEPENDENCIES, environment -> told.add(environment.state()));
        assertThat(executed).isEmpty();

        store.apply(declared("dev"));
        store.apply(new Ended("dev", "step of dev", null));
        store.apply(new Ended("dev", "step of dev", null));
        executed.forEach(Runnable::run);

        assertThat(told).containsExactly(State.DEPLOYING);
    }

    /** A second environment of the same name is an error, and when its step ends, the first one still waits. */
    @Test
    void aWaiterIsNotRemovedForAnother() throws IOException {
        var told = new ArrayList<State>();
        store.apply(declared("prod", "dev"));
        store.attach("prod", State.WAITING_FOR_DEPENDENCIES, environment -> told.add(environment.state()));

        store.detach("prod", environment -> {});
        store.apply(declared("dev"));
        store.apply(new Ended("dev", "step of dev", null));
        executed.forEach(Runnable::run);

        assertThat(told).containsExactly(State.DEPLOYING);
    }

    @Test
    void callsAWaiterAtOnceIfItsEnvironmentDoesNotWait() throws IOException {
        var told = new ArrayList<State>();
        store.apply(declared("dev"));
        reopened().attach("dev", State.WAITING_FOR_DEPENDENCIES, environment -> told.add(environment.state()));
        executed.forEach(Runnable::run);

        assertThat(told).containsExactly(State.DEPLOYING);
    }

    @Test
    void anEventThatCouldNotBeWrittenHasNoEffectUntilItIsRepeated() throws IOException {
        var told = new ArrayList<State>();
        store.apply(declared("dev"));
        store.apply(declared("prod", "dev"));
        store.attach("prod", State.WAITING_FOR_DEPENDENCIES, environment -> told.add(environment.state()));
        Path log = folder.resolve(BuildLog.FILE);
        Files.move(log, other.resolve("away"));
        var ended = new Ended("dev", "step of dev", "exit code 1");
        for (int i = 0; i < 2; i++) {
            assertThatExceptionOfType(BuildState.UnwrittenException.class).isThrownBy(() -> store.apply(ended));
        }
        executed.forEach(Runnable::run);
        assertThat(store.deployment().find("dev").orElseThrow().state()).isEqualTo(State.DEPLOYING);
        assertThat(told).isEmpty();

        Files.move(other.resolve("away"), log);
        store.apply(ended);
        executed.forEach(Runnable::run);

        assertThat(told).containsExactly(State.CANCELLED);
        assertThat(reopened().deployment()).isEqualTo(store.deployment());
    }

    /** Has a step wait for approvals. */
    private List<String> asks(Place place, Phase phase, String... ids) throws IOException {
        List<Approval> approvals = Stream.of(ids)
                .map(id -> ApprovalTest.terms(id).step(ids[0]).phase(phase).start())
                .toList();
        assertThat(store.create(started(place, ids[0], phase), approvals).problem())
                .isNull();
        return List.of(ids);
    }

    private void decides(String id, boolean success) throws IOException {
        store.apply(List.of(id), TestEvents.callback(success, "", "callback token"), SOON);
    }

    private Map<String, String> outcomes() {
        var outcomes = new TreeMap<String, String>();
        store.approvals()
                .forEach(each -> outcomes.put(
                        each.id(),
                        each.isDecided()
                                ? each.requireDecision().outcome().name()
                                : each.state().name()));
        return outcomes;
    }

    private long commits() throws IOException {
        try (Stream<String> lines = Files.lines(folder.resolve(BuildLog.FILE))) {
            return lines.count();
        }
    }

    @Test
    void theEndOfAnApprovalIsOneCommitWithAllThatFollows() throws IOException {
        store.apply(declared("dev"));
        store.apply(declared("prod", "dev"));
        asks(in("dev"), Phase.AFTER_DEPLOYMENT, "a1", "a2", "a3");
        store.apply(new Ended("dev", "step of dev", null));
        decides("a2", true);
        long before = commits();
        assertThat(store.deployment().find("dev").orElseThrow().state()).isEqualTo(State.DEPLOYING);

        decides("a3", false);

        assertThat(outcomes()).isEqualTo(Map.of("a1", "OTHER_FAILED", "a2", "SUCCESS", "a3", "FAILURE"));
        assertThat(store.deployment().find("prod").orElseThrow().state()).isEqualTo(State.CANCELLED);
        assertThat(commits()).isEqualTo(before + 1);
        assertThat(reopened().deployment()).isEqualTo(store.deployment());
        assertThat(reopened().approvals()).isEqualTo(store.approvals());
    }

    /** Between two disks, Jenkins copies the folder; what is appended until it has done so is in the old one alone. */
    @Test
    void aLogThatWasCopiedIsCompletedOnceItIsMoved() throws IOException {
        var place = new AtomicReference<>(folder);
        store = open(place::get, 0);
        store.apply(declared("dev"));
        store.apply(ended(in("dev", "a"), "a0", Phase.STRATEGY, "tests", Verdict.FAILURE, "no"));
        asks(in("dev"), Phase.AFTER_DEPLOYMENT, "a1", "a2");
        Files.copy(folder.resolve(BuildLog.FILE), other.resolve(BuildLog.FILE));
        decides("a1", true);
        put("a", "dev");
        store.apply(new Ended("dev", "step of dev", null));
        long written = commits();

        place.set(other);
        store.moved("moved");

        decides("a2", false);
        BuildState read = open(() -> other, written + 1);
        assertThat(read.deployment()).isEqualTo(store.deployment());
        assertThat(read.approvals()).isEqualTo(store.approvals());
        assertThat(read.valuesOf("a")).isEqualTo(store.valuesOf("a"));
        assertThat(outcomes()).isEqualTo(Map.of("a1", "SUCCESS", "a2", "FAILURE"));
    }

    @Test
    void whatAStepWaitsForSucceedsWithTheLast() throws IOException {
        store.apply(declared("dev"));
        asks(in("dev"), Phase.AFTER_DEPLOYMENT, "a1", "a2");
        store.apply(new Ended("dev", "step of dev", null));

        decides("a1", true);
        store = reopened();
        assertThat(store.deployment().isOpen("dev")).isFalse();
        decides("a2", true);

        assertThat(store.deployment().isOpen("dev")).isTrue();
        assertThat(store.deployment().approvals()).isEmpty();
    }

    @Test
    void whatDoesNotFailFastEndsWithTheLast() throws IOException {
        var step = new OpenApproval("a1", "regions", in("dev"), Phase.AFTER_DEPLOYMENT, "regions", false);
        store.apply(declared("dev"));
        store.create(
                new ApprovalStarted(step, null),
                Stream.of("a1", "a2", "a3")
                        .map(id -> ApprovalTest.terms(id).step("a1").start())
                        .toList());
        asks(in("dev"), Phase.AFTER_DEPLOYMENT, "beside");
        store.apply(new Ended("dev", "step of dev", null));

        decides("a2", false);
        decides("a3", true);
        assertThat(outcomes()).containsEntry("a1", "SENDING").containsEntry("beside", "SENDING");
        assertThat(store.deployment().failures()).isEmpty();
        decides("a1", false);

        assertThat(outcomes())
                .isEqualTo(Map.of("a1", "FAILURE", "a2", "FAILURE", "a3", "SUCCESS", "beside", "OTHER_FAILED"));
        assertThat(store.deployment().failures())
                .extracting(Failure::definition)
                .containsExactly("regions", "tests");
    }

    @Test
    void aFailureEndsThoseOfItsPhaseThatBelongToTheSameAlone() throws IOException {
        Place stage = new Place(null, "verify", "verify", List.of(), null);
        asks(stage, Phase.STRATEGY, "failed");
        asks(stage, Phase.STRATEGY, "beside", "and");
        asks(stage, Phase.AFTER_DEPLOYMENT, "later");
        asks(new Place(null, "deploy", "deploy", List.of(), null), Phase.STRATEGY, "elsewhere");
        asks(Place.OUTERMOST, Phase.STRATEGY, "alone");
        asks(Place.OUTERMOST, Phase.STRATEGY, "alone2");

        decides("failed", false);
        decides("alone", false);

        assertThat(outcomes())
                .isEqualTo(Map.of(
                        "failed", "FAILURE",
                        "beside", "OTHER_FAILED",
                        "and", "OTHER_FAILED",
                        "later", "SENDING",
                        "elsewhere", "SENDING",
                        "alone", "FAILURE",
                        "alone2", "SENDING"));
        store.fail(new OpenApproval("analysis", "analysis", stage, Phase.AFTER_DEPLOYMENT, "analysis"), "it failed");
        assertThat(outcomes()).containsEntry("later", "OTHER_FAILED").containsEntry("elsewhere", "SENDING");
    }

    @Test
    void approvalsBesideAFailedOneEndAtOnce() throws IOException {
        Place stage = new Place(null, "verify", "verify", List.of(), null);
        asks(new Place(null, "verify", "verify", List.of(new Place.Branch("p", "a")), null), Phase.STRATEGY, "failed");
        decides("failed", false);

        asks(
                new Place(null, "verify", "verify", List.of(new Place.Branch("p", "b")), null),
                Phase.STRATEGY,
                "b1",
                "b2");
        asks(stage, Phase.STRATEGY, "retry");

        assertThat(outcomes())
                .isEqualTo(Map.of("failed", "FAILURE", "b1", "OTHER_FAILED", "b2", "OTHER_FAILED", "retry", "SENDING"));
    }

    @Test
    void whatCannotBeWrittenChangesNothing() throws IOException {
        store.apply(declared("dev"));
        asks(in("dev"), Phase.STRATEGY, "a1", "a2");
        Deployment before = store.newest();
        Path log = folder.resolve(BuildLog.FILE);
        Files.move(log, other.resolve("away"));

        assertThatIOException().isThrownBy(() -> decides("a1", false));
        assertThatIOException().isThrownBy(() -> asks(in("dev"), Phase.STRATEGY, "a3"));

        assertThat(store.newest()).isEqualTo(before).isEqualTo(store.deployment());
        assertThat(outcomes()).isEqualTo(Map.of("a1", "SENDING", "a2", "SENDING"));
        Files.move(other.resolve("away"), log);
        decides("a1", true);
        assertThat(reopened().approvals()).isEqualTo(store.approvals());
    }

    /** As of a call that the engine left out, on a disk that was full until the build ended. */
    @Test
    void theEndOfABuildWritesWhatCouldNotBeWrittenBefore() throws IOException {
        Path inTheWay = Files.createDirectory(folder.resolve(BuildLog.FILE));
        assertThatIOException()
                .isThrownBy(() -> store.apply(
                        ended(in(null, "a"), "a1", Phase.AFTER_DEPLOYMENT, "tests", Verdict.FAILURE, "no")));
        Files.delete(inTheWay);

        store.end();

        assertThat(reopened().deployment().reasonToCancel(Place.OUTERMOST)).isNotNull();
    }

    @Test
    void returnsOnceAnEventIsOnDiskAlsoWhenManyComeAtATime() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            var all = new ArrayList<Future<?>>();
            for (int i = 0; i < 100; i++) {
                String name = "e" + i;
                all.add(threads.submit(() -> {
                    store.apply(declared(name));
                    assertThat(folder.resolve(BuildLog.FILE)).content().contains("environment/" + name + '"');
                    return null;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(reopened().deployment().environments()).hasSize(100);
    }

    @Test
    void aValueWithAWrongTypeIsDoubt() throws IOException {
        store.apply(declared("dev"));
        replaceInLog("\"name\":\"dev\"", "\"name\":1");

        assertThat(reopened().doubt().orElseThrow())
                .contains("armory.log: environment/dev: Cannot coerce Integer value");
    }

    @Test
    void aLaterFormatIsDoubt() throws IOException {
        store.apply(declared("dev"));
        replaceInLog("\"format\":1", "\"format\":2");

        assertThat(reopened().doubt().orElseThrow()).contains("its format is 2, and this version reads 1");
    }

    /** Removes the last lines of the log, as a disk does that loses what was synced. */
    private void lose(int lines) throws IOException {
        Path file = folder.resolve(BuildLog.FILE);
        List<String> all = Files.readAllLines(file);
        Files.write(file, all.subList(0, all.size() - lines));
    }

    private static Stream<Arguments> closing() {
        return Stream.of(
                arguments("a failure", closed(test -> test.decides("a1", false))),
                arguments("one of two", closed(test -> {
                    test.asks(in("dev", "b"), Phase.AFTER_DEPLOYMENT, "b1");
                    test.decides("a1", false);
                    test.decides("b1", false);
                })),
                arguments("the end of an environment", closed(test -> {
                    test.decides("a1", true);
                    test.decides("a2", true);
                    test.store.apply(new Ended("dev", "step of dev", null));
                })));
    }

    private interface Closing {
        void happens(BuildStateTest test) throws IOException;
    }

    private static Closing closed(Closing closing) {
        return closing;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource
    void closing(String what, Closing closing) throws IOException {
        store.apply(declared("dev"));
        asks(in("dev", "a"), Phase.AFTER_DEPLOYMENT, "a1", "a2");
        closing.happens(this);
        lose(1);

        store = reopened();

        assertThat(store.doubt().orElseThrow()).contains("were there before");
        assertThat(store.deployment().reasonToCancel(Place.OUTERMOST)).isNotNull();
        assertThat(store.deployment().underWay("dev")).isEmpty();
        assertThat(store.deployment().find("dev").orElseThrow().state()).isEqualTo(State.FAILED);
        assertThat(outcomes().values()).doesNotContain("SENDING", "WAITING");
        assertThat(store.apply(declared("prod")).problem()).contains("is in doubt");
    }

    /** A secret is given out while its environment is under way. */
    @Test
    void theEndOfTheTimeForSecretsIsKnownTwice() throws IOException {
        store.apply(new Declared("prod", List.of(), "step", Place.OUTERMOST, "job", null, null));
        store.apply(new RulesMet("prod", "step"));
        asks(in("prod"), Phase.AFTER_DEPLOYMENT, "a1");
        assertThat(store.deployment().underWay("prod")).contains("job");
        store.apply(new Ended("prod", "step", null));
        lose(1);

        assertThat(reopened().deployment().underWay("prod")).isEmpty();
    }

    @Test
    void whatOpensIsInNoMarker() throws IOException {
        store.apply(declared("dev"));
        asks(in("dev"), Phase.STRATEGY, "a1");
        decides("a1", true);
        lose(1);

        assertThat(reopened().doubt()).isEmpty();
    }

    @Test
    void aFailureThatTheMarkerCannotHaveIsNone() throws IOException {
        asks(in(null), Phase.STRATEGY, "a1");
        Path marker = marked.resolve(KEY);
        Path inTheWay = Files.createDirectories(marked.resolve(KEY + ".tmp/x"));

        assertThatIOException().isThrownBy(() -> decides("a1", false));

        assertThat(outcomes()).isEqualTo(Map.of("a1", "SENDING"));
        Files.delete(inTheWay);
        Files.delete(inTheWay.getParent());
        decides("a1", true);
        assertThat(marker).content().contains("\n0\n");
        assertThat(reopened().approvals()).isEqualTo(store.approvals());
        assertThat(reopened().doubt()).isEmpty();
    }

    @Test
    void aBuildInDoubtStaysSoAndNothingIsWritten() throws IOException {
        store.apply(declared("dev"));
        asks(in("dev"), Phase.STRATEGY, "a1", "a2");
        decides("a1", true);
        var told = new ArrayList<State>();
        store.attach("dev", State.DEPLOYING, environment -> told.add(environment.state()));
        String before = Files.readString(folder.resolve(BuildLog.FILE));

        store.doubt("it had to be").join();
        executed.forEach(Runnable::run);

        assertThat(told).containsExactly(State.FAILED);
        assertThat(outcomes()).isEqualTo(Map.of("a1", "SUCCESS", "a2", "LOST"));
        assertThat(store.apply(List.of("a2"), TestEvents.callback(true, "", "callback token"), SOON))
                .extracting(Approval.Transition::answer)
                .containsExactly(Approval.Answer.ENDED);
        store.apply(new Ended("dev", "step of dev", null));
        store.end();
        assertThatIOException().isThrownBy(() -> put("a", "dev"));
        assertThat(folder.resolve(BuildLog.FILE)).content().isEqualTo(before);
        assertThat(reopened().doubt()).isPresent();
        assertThat(reopened().deployment().reasonToCancel(Place.OUTERMOST)).isNotNull();
    }

    /** Once the build is over, it has no marker any more, and its log has what is pending for ever. */
    @Test
    void aDoubtOutlivesItsMarker() throws IOException {
        var seen = new AtomicLong();
        store.listen(seen::set, () -> {});
        asks(in(null), Phase.STRATEGY, "a1");

        store.doubt("it had to be").join();
        Files.delete(marked.resolve(KEY));

        store = open(() -> folder, seen.get());
        assertThat(outcomes()).isEqualTo(Map.of("a1", "LOST"));
        assertThat(store.doubt()).isPresent();
    }

    /** As on a file server that does not answer: the log is a pipe that nobody reads. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "it has no named pipes")
    void aDoubtWaitsForNoWriteThatHangs() throws Exception {
        store.apply(declared("dev"));
        asks(in("dev"), Phase.STRATEGY, "a1");
        Path log = folder.resolve(BuildLog.FILE);
        Files.move(log, other.resolve("away"));
        assertThat(new ProcessBuilder("mkfifo", log.toString()).start().waitFor())
                .isZero();
        var failed = new CompletableFuture<Exception>();
        var hanging = new Thread(() -> {
            try {
                decides("a1", true);
            } catch (IOException x) {
                failed.complete(x);
            }
        });
        hanging.start();
        await().until(() -> store.isStuck(Duration.ZERO));
        var waiting = new Thread(() -> {
            try {
                decides("a1", true);
            } catch (IOException x) {
                failed.complete(x);
            }
        });
        waiting.start();
        await().until(() ->
                waiting.getState() == Thread.State.WAITING || waiting.getState() == Thread.State.TIMED_WAITING);

        store.doubt("the disk does not answer").join();

        assertThat(outcomes()).isEqualTo(Map.of("a1", "LOST"));
        assertThat(failed.get(10, TimeUnit.SECONDS)).hasMessageContaining("is in doubt");
        new ProcessBuilder("cat", log.toString()).start(); // lets the writer go on
        hanging.join();
        assertThat(outcomes()).isEqualTo(Map.of("a1", "LOST"));
    }

    /** Another branch of a {@code parallel} has gone on while the approval was written. */
    @Test
    void anApprovalThatComesTooLateForWhatHasHappenedMeanwhileCloses() throws IOException {
        store.listen(commits -> store.note(declared("dev")), () -> {});

        asks(in("dev"), Phase.BEFORE_DEPLOYMENT, "a1");

        assertThat(store.newest().failures()).extracting(Failure::verdict).containsExactly(Verdict.STOPPED);
    }

    @Test
    void workThatThrowsHalfWayChangesNothing() throws IOException {
        Approval half = ApprovalTest.terms("a1").step("a1").start();

        assertThatNullPointerException()
                .isThrownBy(
                        () -> store.create(started(Place.OUTERMOST, "a1", Phase.STRATEGY), Arrays.asList(half, null)));

        assertThat(outcomes()).isEmpty();
        assertThat(store.newest().approvals()).isEmpty();
        assertThat(reopened().approvals()).isEmpty();
    }

    private void replaceInLog(String text, String other) throws IOException {
        Path file = folder.resolve(BuildLog.FILE);
        String line = Files.readString(file).strip().substring("crc-32c. ".length());
        Files.write(file, ChecksumLine.of(line.replace(text, other).getBytes(StandardCharsets.UTF_8)));
    }
}
