package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import io.jenkins.plugins.armory.acceptance.driver.Job;
import io.jenkins.plugins.armory.acceptance.driver.Load;
import io.jenkins.plugins.armory.acceptance.driver.Replacements;
import io.jenkins.plugins.armory.acceptance.driver.ScriptConsole;
import io.jenkins.plugins.armory.acceptance.driver.Spread;
import io.jenkins.plugins.armory.acceptance.driver.Wait;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * What a user of a real Jenkins waits for, from the start of a build to its end, with many waits side by side: with
 * this plugin, which calls a service that calls back; with webhook-step, where that plugin is installed; and with
 * {@code input}, decided over REST. Side by side is one {@code parallel}, for this plugin also one {@code
 * armoryWebhookApprovals}. Not a test: nothing but a person judges the figures, which it prints as tables. Run it by
 * its name, see docs/performance.md.
 */
@EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "measures a real Jenkins")
class EndToEndBenchmark {

    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 7);

    /** How many builds of each kind go before those that are measured. */
    private static final int WARM_UP = 2;

    /** How many wait side by side. */
    private static final List<Integer> WAITS = Stream.of(
                    System.getProperty("acceptance.waits", "100,300,1000").split(","))
            .map(Integer::valueOf)
            .toList();

    /** How many wait side by side at most in a {@code parallel}, where the time grows with the square. */
    private static final int MOST_BRANCHES = 1_000;

    /** How many callbacks are under way at once. */
    private static final int CONNECTIONS = 16;

    /** Longer than the slowest of the builds takes on a machine that does something else too. */
    private static final Duration LIMIT = Duration.ofMinutes(20);

    static final String CASC = "unclassified: {armory: {allowedHosts: [127.0.0.1]}}";

    private static final String SECRET = "Bearer secret-of-the-benchmark";
    private static final String BODY = Callback.body(true, "All 42 checks have passed.");

    private static final String SIDE_BY_SIDE = """
            def branches = [:]
            for (int i = 0; i < %d; i++) {
                int number = i
                branches["b${number}"] = { %s }
            }
            parallel branches
            """;

    /**
     * Waits in Jenkins, so that no request disturbs what is measured, and prints the number and when it was counted.
     */
    private static final String AWAIT = """
            def count = { %s }
            long limit = System.currentTimeMillis() + 20_000
            while (count() < %d && System.currentTimeMillis() < limit) {
                Thread.sleep(50)
            }
            println count() + ' ' + System.currentTimeMillis()
            """;

    /** The executions of webhook-step that wait, by their tokens. */
    private static final String WEBHOOKS = """
            def field = org.jenkinsci.plugins.webhookstep.WebhookRootAction.getDeclaredField('webhooks')
            field.accessible = true
            def webhooks = field.get(null)
            """;

    /** What a build waits with. */
    private enum Step {
        ONE_STEP("this plugin, one step"),
        THIS_PLUGIN("this plugin"),
        WEBHOOK_STEP("webhook-step"),
        INPUT("`input`");

        private final String title;

        Step(String title) {
            this.title = title;
        }
    }

    /**
     * One build with waits side by side.
     *
     * @param untilAllWait seconds from its start
     * @param untilTheEnd seconds from the answer to the last callback
     * @param processor seconds of the controller, until nothing is left to do for the build
     * @param saves of {@code program.dat}
     * @param program largest {@code program.dat}, in bytes
     */
    private record Round(double untilAllWait, double untilTheEnd, double processor, int saves, long program) {}

    private Controller controller;
    private Jenkins jenkins;
    private ScriptConsole console;
    private final List<Step> steps = new ArrayList<>(List.of(Step.ONE_STEP, Step.THIS_PLUGIN));
    private int jobs;

    @Test
    void besideItsPeers() throws Exception {
        try (Controller started = Controller.createForMeasuring(CASC, "-Xmx1g")) {
            controller = started;
            controller.start();
            jenkins = new Jenkins(controller);
            console = new ScriptConsole(controller);
            steps.add(Step.INPUT);
            if (console.run("println jenkins.model.Jenkins.get().pluginManager.getPlugin('webhook-step') != null")
                    .contains("true")) {
                steps.add(Step.WEBHOOK_STEP);
            }
            sideBySide();
        }
    }

    private void sideBySide() throws Exception {
        for (int i = 0; i < WARM_UP; i++) {
            for (Step step : stepsWith(WAITS.get(0))) {
                sideBySide(step, WAITS.get(0));
            }
        }
        for (int waits : WAITS) {
            Map<Step, List<Round>> rounds = new TreeMap<>();
            for (int round = 0; round < ROUNDS; round++) {
                Collections.rotate(steps, 1);
                for (Step step : stepsWith(waits)) {
                    rounds.computeIfAbsent(step, each -> new ArrayList<>()).add(sideBySide(step, waits));
                }
            }
            print(rounds, waits);
        }
    }

    private List<Step> stepsWith(int waits) {
        return steps.stream()
                .filter(step -> step == Step.ONE_STEP || waits <= MOST_BRANCHES)
                .toList();
    }

    private static void print(Map<Step, List<Round>> rounds, int waits) {
        System.out.println(
                "| waits | | until all wait, s | last callback to the end, s | processor, s | saves | program, KB |");
        System.out.println("| --- | --- | --- | --- | --- | --- | --- |");
        rounds.forEach((step, each) -> System.out.printf(
                "| %,d | %s | %s | %s | %s | %s | %s |%n",
                waits,
                step.title,
                Spread.of(each, Round::untilAllWait, "%.1f"),
                Spread.of(each, Round::untilTheEnd, "%.1f"),
                Spread.of(each, Round::processor, "%.1f"),
                Spread.of(each, Round::saves, "%.0f"),
                Spread.of(each, round -> round.program() / 1024.0, "%.0f")));
        for (Step own : List.of(Step.ONE_STEP, Step.THIS_PLUGIN)) {
            rounds.forEach((step, each) -> {
                if (step.compareTo(own) > 0) {
                    printRatios(waits, own.title + " to " + step.title, rounds.get(own), each);
                }
            });
        }
    }

    private static void printRatios(int waits, String compared, List<Round> own, List<Round> each) {
        System.out.printf(
                "%,d waits, %s: until all wait %s, last callback to the end %s, processor %s%n",
                waits,
                compared,
                Spread.ratio(own, each, Round::untilAllWait),
                Spread.ratio(own, each, Round::untilTheEnd),
                Spread.ratio(own, each, Round::processor));
    }

    private Round sideBySide(Step step, int waits) throws Exception {
        String name = "side-by-side-" + jobs++;
        try (ExternalProcess process = new ExternalProcess();
                Replacements saves = savesOf(name)) {
            String pipeline = step == Step.ONE_STEP
                    ? process.approvals(waits)
                    : SIDE_BY_SIDE.formatted(waits, pipelineOf(step, name, process));
            Job job = jenkins.createJob(name, pipeline, List.of());
            double before = controller.processorSeconds();
            Build build = job.build();
            if (step == Step.ONE_STEP || step == Step.THIS_PLUGIN) {
                awaitCalls(process, waits); // looking into Jenkins takes its processor
            }
            long waiting = awaitWaiting(step, build, waits);
            Load.send(controller.url(), callbacks(step, name, process, waits), CONNECTIONS);
            long called = System.currentTimeMillis();
            awaitEnd(build);
            double processor = controller.processorSeconds() - before;
            long start = build.timestamp();
            var round = new Round(
                    (waiting - start) / 1e3,
                    (start + build.duration() - called) / 1e3,
                    processor,
                    saves.count(),
                    saves.largest());
            job.delete();
            return round;
        }
    }

    private static String pipelineOf(Step step, String name, ExternalProcess process) {
        return switch (step) {
            case ONE_STEP -> throw new IllegalArgumentException("the step is all of the Pipeline");
            case THIS_PLUGIN -> process.approval();
            case WEBHOOK_STEP ->
                "waitForWebhook(registerWebhook(token: \"%s-${number}\", authToken: '%s'))".formatted(name, SECRET);
            case INPUT -> "input(id: \"W${number}\", message: 'Continue?')";
        };
    }

    static void awaitCalls(ExternalProcess process, int count) {
        Wait.until(count + " calls").atMost(LIMIT).until(() -> process.calls().size() >= count);
    }

    /** Waits until all wait, and returns when that was seen. */
    private long awaitWaiting(Step step, Build build, int waits) {
        String script = AWAIT.formatted(counted(step, build), waits);
        String[] found = Wait.until(waits + " waits of " + build)
                .atMost(LIMIT)
                .until(() -> console.run(script).strip().split(" "), each -> Integer.parseInt(each[0]) == waits);
        return Long.parseLong(found[1]);
    }

    /** Groovy that counts what waits; no other build runs. */
    private static String counted(Step step, Build build) {
        return switch (step) {
            case ONE_STEP, THIS_PLUGIN -> """
                        io.jenkins.plugins.armory.runtime.ArmoryRuntime.get().approvals().pending().count {
                            it.state() == io.jenkins.plugins.armory.approval.Approval.State.WAITING
                        }
                        """;
            case WEBHOOK_STEP -> WEBHOOKS + "synchronized (webhooks) { webhooks.size() }";
            case INPUT -> """
                        jenkins.model.Jenkins.get().getItemByFullName('%s').getBuildByNumber(1)
                            .getAction(org.jenkinsci.plugins.workflow.support.steps.input.InputAction)?.executions?.size() ?: 0
                        """.formatted(build.job().name());
        };
    }

    private List<Load.Request> callbacks(Step step, String name, ExternalProcess process, int waits) {
        return switch (step) {
            case ONE_STEP, THIS_PLUGIN -> callbacks(process, BODY);
            case WEBHOOK_STEP ->
                IntStream.range(0, waits)
                        .mapToObj(number -> new Load.Request("/webhook-step/" + name + "-" + number, SECRET, BODY))
                        .toList();
            case INPUT ->
                IntStream.range(0, waits)
                        .mapToObj(number -> new Load.Request(
                                "/job/" + name + "/1/input/W" + number + "/proceedEmpty",
                                jenkins.authorization().orElse(null),
                                ""))
                        .toList();
        };
    }

    /** Returns the callbacks that an external process was asked for. */
    static List<Load.Request> callbacks(ExternalProcess process, String body) {
        List<Load.Request> callbacks = new ArrayList<>();
        for (ExternalProcess.Call call : process.calls()) {
            Callback callback = call.callback();
            callbacks.add(new Load.Request(callback.path(), "Bearer " + callback.token(), body));
        }
        return callbacks;
    }

    private static void awaitEnd(Build build) {
        Wait.until("the end of " + build).atMost(LIMIT).until(() -> !build.isBuilding());
        build.awaitResult("SUCCESS");
    }

    /** Counts how often the program of the first build of a job is saved. */
    private Replacements savesOf(String job) {
        return new Replacements(controller.home().resolve("jobs/" + job + "/builds/1/program.dat"));
    }
}
