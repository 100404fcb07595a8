package io.jenkins.plugins.armory.acceptance.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import io.jenkins.plugins.armory.acceptance.faults.FaultInjector;
import io.jenkins.plugins.armory.acceptance.faults.FaultPoint;
import io.jenkins.plugins.armory.acceptance.faults.FaultPoint.Moment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * Kills a controller again and again under builds that go on. Between two deaths, each build that has come to its end
 * is judged ({@link Verdict}) and deleted; others live on into the next life of the controller.
 */
public final class Campaign {

    /** How long a point is waited for that may not be passed at all; then the controller is killed without it. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /**
     * What {@code WorkflowRun} logs of a build that was killed between the end of its program and its own: before it is
     * saved that the build is over, or that the nodes of its graph have gone to another folder since it is.
     */
    private static final String END_LOST =
            "(?m)Found incomplete build with completed execution - display name: \\Q%1$s\\E$"
                    + "|error in build \\Q%1$s\\E\\R.*(Cannot load build steps because FlowNode|Tried to load startNode FlowNodes)";

    /** How long a log cannot be written. */
    private static final Duration READ_ONLY = Duration.ofSeconds(20);

    private final Controller controller;
    private final FaultInjector faults;
    private final RulesProcess rules;
    private final Jenkins jenkins;
    private final CampaignReport report;

    /** Builds under way whose external processes are silent as yet. */
    private final List<Life> held = new ArrayList<>();
    /** Builds under way whose external processes say what they have to say. */
    private final List<Life> released = new ArrayList<>();
    /** Builds that are over and judged, but not deleted. */
    private final List<Verdict> over = new ArrayList<>();

    /** The ids of the approvals whose builds were judged. */
    private final Set<String> judged = new HashSet<>();

    /** Of those whose logs had lost lines, so that a decision may have been lost, and another one taken. */
    private final Set<String> decidedAgain = new HashSet<>();

    /** How long the controller took to start, the last time. */
    private Duration startTime = Duration.ofSeconds(1);

    /**
     * @param controller whose process has the faults in it
     * @param rules that its settings name
     */
    public Campaign(Controller controller, FaultInjector faults, RulesProcess rules, CampaignReport report) {
        this.controller = controller;
        this.faults = faults;
        this.rules = rules;
        this.jenkins = new Jenkins(controller);
        this.report = report;
    }

    /**
     * Kills the controller as planned; in the end nothing is left of all builds.
     *
     * @param atMost no kill is begun when that has passed
     */
    public void run(List<Kill> plan, Duration atMost) {
        long begin = System.nanoTime();
        for (int i = 0; i < plan.size() && System.nanoTime() - begin < atMost.toNanos(); i++) {
            boolean restartIsNext = i + 1 < plan.size() && plan.get(i + 1).moment() == Moment.RESTART;
            live(plan.get(i), restartIsNext);
        }
        start();
        held.forEach(Life::release);
        released.addAll(held);
        settle();
        deleteOver();
        if (!report.violations().isEmpty()) {
            return; // then something is left
        }
        Wait.until("the store is empty")
                .untilAsserted(
                        () -> assertThat(Verdict.filesIn(controller.home())).isEmpty());
        assertThat(jenkins.approvals()).isEmpty();
        checkHistory();
    }

    /** Each decision has one line, over all deaths and deletions. */
    private void checkHistory() {
        assertThat(approvalsInHistory(jenkins).stream().filter(id -> !decidedAgain.contains(id)))
                .doesNotHaveDuplicates()
                .containsAll(judged);
    }

    /**
     * The approvals of the history, one for each of its lines. A crash may leave the start of a line, which is none.
     */
    public static List<String> approvalsInHistory(Jenkins jenkins) {
        try (Stream<Path> files = Files.walk(jenkins.controller().home().resolve("armory-approvals"))) {
            return files.filter(file -> file.toString().endsWith(".ndjson"))
                    .flatMap(Campaign::lines)
                    .filter(line -> line.path("kind").asText().equals("decision"))
                    .map(line -> line.get("approval").asText())
                    .toList();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    private static Stream<JsonNode> lines(Path file) {
        try {
            return Files.readAllLines(file).stream().map(Campaign::parsed);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    private static JsonNode parsed(String line) {
        try {
            return new ObjectMapper().readTree(line);
        } catch (JsonProcessingException x) {
            return MissingNode.getInstance();
        }
    }

    private void start() {
        boolean starts = !controller.isAlive();
        long begin = System.nanoTime();
        startAsAServiceManagerDoes(controller, report::failedStart);
        if (starts) {
            startTime = Duration.ofNanos(System.nanoTime() - begin);
        }
    }

    /**
     * Starts a controller. A Jenkins that asks for its secret key before it has read it, which it does now and then, is
     * started again.
     *
     * @param failed is told so
     */
    public static void startAsAServiceManagerDoes(Controller controller, Runnable failed) {
        try {
            controller.start();
        } catch (IllegalStateException x) {
            if (!x.getMessage().contains("key cannot be empty or null")) {
                throw x;
            }
            failed.run();
            controller.start();
        }
    }

    /** One life of the controller. */
    private void live(Kill kill, boolean restartIsNext) {
        if (kill.moment() == Moment.RESTART && !controller.isAlive() && !held.isEmpty()) {
            arm(kill);
            controller.launch();
            awaitDeath(kill, startTime, () -> jenkins.approvals().size() >= held.size());
        } else {
            start();
            settle();
            switch (kill.moment()) {
                case START -> {
                    deleteOver();
                    startBuild(kill);
                }
                case ANSWER -> {
                    deleteOver();
                    answer(kill, restartIsNext);
                }
                case DELETION -> delete(kill);
                case RESTART -> { // nobody waits as yet
                    hold();
                    controller.kill();
                    died();
                    live(kill, restartIsNext);
                    return;
                }
            }
        }
        report.killed(kill, !controller.isAlive());
        controller.kill();
        faults.disarm();
        died();
        if (kill.damage() != null && kill.damage() != Damage.READ_ONLY) {
            damage(kill.damage(), new Random(kill.hashCode()));
        }
    }

    /** Damages one of the builds that have called their webhooks, while the controller is dead. */
    private void damage(Damage damage, Random random) {
        List<Life> lives = underWay().filter(Life::isWaiting).toList();
        if (!lives.isEmpty()) {
            Life life = lives.get(random.nextInt(lives.size()));
            if (damage.damage(controller.home(), life.job().name(), random)) {
                life.damaged(damage);
                report.damaged(damage);
            }
        }
    }

    /** Has no log written for a while. */
    private void makeReadOnly() {
        faults.fillDisk(FaultPoint.LOG_APPENDING);
        underWay().forEach(life -> life.damaged(Damage.READ_ONLY));
        report.damaged(Damage.READ_ONLY);
        pause(READ_ONLY.toNanos());
        faults.disarm();
    }

    private void died() {
        noteLostEnds(underWay()); // in the life that is over: the next has an output of its own
        underWay().forEach(Life::died);
    }

    private Stream<Life> underWay() {
        return Stream.concat(held.stream(), released.stream());
    }

    private void noteLostEnds(Stream<Life> lives) {
        String output = controller.output();
        lives.filter(life -> isEndLost(life.build(), output)).forEach(Life::endLost);
    }

    /** Whether Jenkins says that it has lost in a crash how a build ended, and so may call it failed. */
    public static boolean isEndLost(Build build, String output) {
        return Pattern.compile(END_LOST.formatted(build)).matcher(output).find();
    }

    private void arm(Kill kill) {
        if (kill.point() != null) {
            faults.kill(kill.point(), kill.turn());
        }
    }

    /** One build from its very start; the others under way are quiet. */
    private void startBuild(Kill kill) {
        held.forEach(
                Life::awaitQuiet); // else one of these might come to the point, before the build has come to a step
        Life life = new Life(kill.scenario(), jenkins, rules);
        released.add(life);
        arm(kill);
        whileItLives(life::start);
        // A kill before that is Jenkins's own matter, which keeps a build for running of which it has nothing but the
        // record.
        awaitOrDeath(startTime.plus(PATIENCE), life::hasStarted);
        if (kill.point() != null) { // a build that is stopped sooner would not come to it
            awaitOrDeath(startTime.plus(PATIENCE), life::isWaiting);
        }
        life.release();
        awaitDeath(kill, startTime.dividedBy(4), life::isOver);
    }

    /** Several builds, all of which have called their webhooks, hear from these at the same time. */
    private void answer(Kill kill, boolean restartIsNext) {
        List<Life> lives = start(kill.scenario(), kill.other());
        List<Life> answered = new ArrayList<>(held);
        answered.addAll(lives);
        held.clear();
        if (restartIsNext) {
            hold();
        }
        arm(kill);
        released.addAll(answered);
        answered.forEach(Life::release);
        if (kill.damage() == Damage.READ_ONLY) {
            makeReadOnly();
        }
        awaitDeath(kill, startTime.dividedBy(2), () -> answered.stream().allMatch(Life::isOver));
    }

    /**
     * Builds for the controller to take up when it starts: one waits for its callback, the call of another one is not
     * answered, and one waits for the rules of an environment.
     */
    private void hold() {
        held.addAll(start(Scenario.SUCCESS, Scenario.EARLY, Scenario.PROTECTED));
    }

    private List<Life> start(Scenario... scenarios) {
        List<Life> lives = Stream.of(scenarios)
                .map(scenario -> new Life(scenario, jenkins, rules))
                .toList();
        lives.forEach(Life::start);
        lives.forEach(Life::awaitWaiting);
        return lives;
    }

    private void delete(Kill kill) {
        // Those that were being deleted when the controller died may be gone already.
        if (over.stream().noneMatch(verdict -> verdict.life().build().exists())) {
            released.addAll(start(Scenario.SUCCESS, Scenario.FAILURE));
            released.forEach(Life::release);
            settle();
        }
        arm(kill);
        for (Verdict verdict : over) {
            awaitOrDeath(PATIENCE, verdict::delete); // a moment after its end, Jenkins refuses to
        }
        awaitDeath(kill, startTime.dividedBy(10), () -> true);
    }

    /** Judges the builds that were under way when the controller died, once they are over. */
    private void settle() {
        for (Life life : List.copyOf(released)) {
            released.remove(life);
            if (life.hasDiedStarting()
                    && life.approvers().isEmpty()
                    && !life.build().exists()) {
                assertThat(life.calls()).isEmpty(); // the controller died before it had taken the request
                life.discard();
                continue;
            }
            report.judge(life, controller::output, () -> {
                life.awaitEnd();
                noteLostEnds(Stream.of(life));
                Verdict verdict = new Verdict(life, controller.home());
                report.judged(verdict, verdict.check());
                life.approvers().forEach(approver -> (life.hasLostLines() ? decidedAgain : judged).add(approver.id()));
                over.add(verdict);
            });
        }
    }

    private void deleteOver() {
        over.forEach(verdict -> {
            report.judge(verdict.life(), controller::output, verdict::deleteAndCheck);
            verdict.life().discard();
        });
        over.clear();
    }

    /** Waits for the controller's death; the caller kills it where that does not come by itself. */
    private void awaitDeath(Kill kill, Duration usual, BooleanSupplier nothingMoreComes) {
        if (kill.point() == null) {
            pause((long) (usual.toNanos() * kill.part()));
            return;
        }
        awaitOrDeath(startTime.plus(PATIENCE), nothingMoreComes);
        awaitOrDeath(startTime, () -> false); // for what comes behind that
    }

    /** Waits, for a death whose moment depends on nothing that the controller does. */
    public static void pause(long nanos) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Waits until something is so, or the controller is dead, or for long enough. */
    private void awaitOrDeath(Duration atMost, BooleanSupplier condition) {
        try {
            Wait.until("that or the death of the controller")
                    .ignoreExceptions()
                    .atMost(atMost)
                    .until(() -> !controller.isAlive() || condition.getAsBoolean());
        } catch (ConditionTimeoutException x) {
            // Then the controller is killed as it is.
        }
    }

    /** What it is asked may be the last that it hears. */
    public static void whileItLives(Runnable request) {
        try {
            request.run();
        } catch (UncheckedIOException | AssertionError x) {
            // Whoever asks looks later what has become of it.
        }
    }
}
