package io.jenkins.plugins.armory.acceptance.campaign;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.core.ConditionTimeoutException;

/**
 * One build from its start to its deletion, with an external process of its own, on a controller that may die at any
 * moment. Whatever it has begun to say is said until it is answered, over all these deaths.
 */
final class Life {

    static final boolean ON_JENKINS = Controller.isReal();
    /** The state that means success. */
    static final String PASSED = "passed";

    /** How long a build that has lost lines may go on by itself. */
    private static final Duration LOST = Duration.ofSeconds(20);

    private final Scenario scenario;
    private final ExternalProcess process = new ExternalProcess();
    private final ExternalProcess canceller = new ExternalProcess();
    private final RulesProcess rules;
    private final Build build;
    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final List<Future<?>> work = new CopyOnWriteArrayList<>();
    /** By the keys of the calls. */
    private final Map<String, Approver> approvers = new ConcurrentHashMap<>();

    private final CountDownLatch released = new CountDownLatch(1);
    private final CountDownLatch died = new CountDownLatch(1);
    private volatile boolean waits;
    private volatile int deaths;
    private volatile boolean diedStarting;
    private final Set<Damage> damages = EnumSet.noneOf(Damage.class);
    private boolean stranded;
    private boolean endLost;

    private Standstill standstill;

    /** Creates the job, and no build yet. */
    Life(Scenario scenario, Jenkins jenkins, RulesProcess rules) {
        this.scenario = scenario;
        this.rules = rules;
        process.onCall(this::reply);
        canceller.onCall(this::tellOther);
        build = new Build(jenkins.createJob(scenario.script(process, canceller)), 1);
        rules.onCall(build.job().name(), this::reply);
        standstill = new Standstill(build);
    }

    /** The status, or nothing of importance. */
    private Reply tellOther(Call call) {
        return scenario != Scenario.STATUS && scenario != Scenario.STATUS_RACE
                ? Reply.of(202)
                : state(isReleased() ? PASSED : "running");
    }

    private static Reply state(String state) {
        return new Reply(200, Map.of(), "{\"state\": \"" + state + "\"}");
    }

    private Reply reply(Call call) {
        String name = call.path().substring(call.path().lastIndexOf('/') + 1);
        approvers.computeIfAbsent(call.header("Idempotency-Key"), key -> {
            Approver approver =
                    new Approver(name, scenario == Scenario.ANSWER ? nobodysCallback(key) : call.callback());
            submit(() -> decide(approver));
            return approver;
        });
        waits = true;
        if (scenario == Scenario.RETRIED && process.calls().size() == 1) {
            return Reply.of(503);
        }
        if (scenario == Scenario.EARLY) {
            await(died);
        }
        if (scenario == Scenario.ANSWER) {
            await(released);
            return state(PASSED);
        }
        return Reply.of(202);
    }

    /** Names an approval that is not called back. */
    private static Callback nobodysCallback(String id) {
        return new Callback("/" + id, "");
    }

    /** What the external process does once it has been called. */
    private void decide(Approver approver) {
        await(released);
        switch (scenario) {
            case SUCCESS,
                    EARLY,
                    RETRIED,
                    STATUS_RACE,
                    NOTIFIED,
                    STOPPED_RACE,
                    SEQUENCE,
                    ENVIRONMENTS,
                    DEPLOYMENT_FILE,
                    PROTECTED,
                    MANY -> approver.say(true);
            case PROTECTED_FAILURE -> approver.say(approver.name().equals("before-1"));
            case MANY_FAILURE -> approver.say(!approver.name().equals(Scenario.ODD));
            case MANY_STOPPED -> {
                if (!approver.name().equals(Scenario.ODD)) {
                    approver.say(true);
                }
            }
            case FAILURE -> approver.say(false);
            case RACE -> {
                submit(() -> approver.say(true));
                submit(() -> approver.say(true));
                approver.say(false);
            }
            case PERSON -> {
                submit(() -> approver.letPersonApprove(build));
                approver.say(true);
            }
            case PHASE_FAILURE -> {
                if (approver.name().equals("fail")) {
                    approver.say(false);
                }
            }
            case TIMEOUT, SILENT -> {
                Wait.until("the end of " + this).ignoreExceptions().until(() -> !build.isBuilding());
                approver.say(true);
            }
            case ANSWER, STATUS, NO_CALLBACK, STOPPED -> {}
        }
    }

    private void submit(Runnable task) {
        work.add(executor.submit(task));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        }
    }

    /** Has the build started, and waits for nothing. */
    void start() {
        build.job().requestBuild();
    }

    /** Whether the webhook was called: then the approval is on disk, and there is no way back. */
    boolean isWaiting() {
        return waits;
    }

    /** Whether the Pipeline has come to the step, as its log says. */
    boolean hasStarted() {
        return waits || build.exists() && build.log().contains("[Pipeline] " + scenario.waitingStep());
    }

    Life awaitWaiting() {
        Wait.until(this + " waits").until(this::isWaiting);
        return this;
    }

    /** Waits until the controller has resumed the build, and made the call that a death cut off. */
    void awaitQuiet() {
        Wait.until(this + " is quiet")
                .ignoreExceptions()
                .until(() -> build.approvals("SENDING").isEmpty());
    }

    /** Lets the external process do what it does. */
    void release() {
        if (released.getCount() > 0) {
            released.countDown();
            if (scenario.isStopped()) {
                submit(this::stop);
            }
        }
    }

    /** Until the build is over: what Jenkins has forgotten in a crash, a person asks for again. */
    private void stop() {
        Wait.until("the end of " + this)
                .ignoreExceptions()
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    if (build.isBuilding()) {
                        build.abort();
                    }
                    return !build.isBuilding();
                });
    }

    boolean isReleased() {
        return released.getCount() == 0;
    }

    /** The controller is dead. */
    void died() {
        deaths++;
        standstill = new Standstill(build);
        diedStarting |= !waits;
        died.countDown();
    }

    void damaged(Damage damage) {
        damages.add(damage);
    }

    /** Whether its log has lost lines, so that it may have lost what was decided. */
    boolean hasLostLines() {
        return damages.contains(Damage.LINES_LOST);
    }

    /** Whether its log may be in doubt. */
    boolean mayBeInDoubt() {
        return hasLostLines() || damages.contains(Damage.READ_ONLY);
    }

    /** Whether the build is over and all has been said. */
    boolean isOver() {
        return work.stream().allMatch(Future::isDone) && !build.isBuilding();
    }

    /** Waits, on a controller that lives, for the end of the build and the last answer. */
    void awaitEnd() {
        if (hasLostLines()) {
            endWhatWaits();
        }
        Wait.until("the end of " + this).until(() -> isOver() || hasStranded());
        if (stranded) {
            build.kill();
            Wait.until("the end by force of " + this).until(this::isOver);
        }
        work.forEach(Life::join);
    }

    /** Stops a build that waits once more for what was said before. */
    private void endWhatWaits() {
        try {
            Wait.until("the end of " + this).ignoreExceptions().atMost(LOST).until(() -> !build.isBuilding());
        } catch (ConditionTimeoutException x) {
            stop();
        }
    }

    private boolean hasStranded() {
        stranded = standstill.lasts(ON_JENKINS && deaths > 0 && work.stream().allMatch(Future::isDone));
        return stranded;
    }

    /**
     * Whether Jenkins has lost in a crash that one of its own steps was over, and did not go on from there, so that the
     * build was ended by force; see docs/reliability.md.
     */
    boolean isStranded() {
        return stranded;
    }

    /**
     * Jenkins has found that the Pipeline was over and the build was not, and has given that a result as best it could.
     */
    void endLost() {
        endLost = true;
    }

    /**
     * Whether Jenkins has lost in a crash how the build ended, and may call it failed for that; see
     * docs/reliability.md.
     */
    boolean hasLostEnd() {
        return endLost;
    }

    private static void join(Future<?> task) {
        try {
            task.get();
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException x) {
            throw new AssertionError(x.getCause());
        }
    }

    Scenario scenario() {
        return scenario;
    }

    Build build() {
        return build;
    }

    Job job() {
        return build.job();
    }

    List<Call> calls() {
        return Stream.concat(process.calls().stream(), rules.calls(build.job().name()).stream())
                .toList();
    }

    /** Those that told the external process to stop, asked for the status, or told of the decision. */
    List<Call> otherCalls() {
        return canceller.calls();
    }

    Collection<Approver> approvers() {
        return new ArrayList<>(approvers.values());
    }

    /** How often the controller has died since the build was asked for. */
    int deaths() {
        return deaths;
    }

    /** Whether the controller has died before the webhook was called: then Jenkins may know nothing of the step. */
    boolean hasDiedStarting() {
        return diedStarting;
    }

    /** Deletes the job, too. */
    void discard() {
        Wait.until("job of " + this + " is gone").ignoreExceptions().until(() -> {
            if (build.job().exists()) {
                build.job().delete();
            }
            return !build.job().exists();
        });
        process.close();
        canceller.close();
        executor.shutdownNow();
    }

    @Override
    public String toString() {
        return scenario + " " + build + " (" + deaths + " deaths, "
                + approvers.values().stream().map(Approver::id).toList() + ")";
    }
}
