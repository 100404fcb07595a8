package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.Http;
import io.jenkins.plugins.armory.acceptance.driver.KeptConnection;
import io.jenkins.plugins.armory.acceptance.driver.ScriptConsole;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Callbacks in one run on a real Jenkins, from the same client, side by side: to this plugin, which verifies an ES256 token
 * and answers once the decision is on disk; to a root action that answers 200 and does nothing, as the limit of what this
 * Jenkins can; and to webhook-step, where that plugin is installed, which keeps nothing. No build waits for any of them. Not
 * a test: nothing but a person judges the figures, which it prints. Run it by its name, see docs/performance.md.
 */
@EnabledIfSystemProperty(named = "jenkins.war", matches = ".+", disabledReason = "measures a real Jenkins")
class CallbackLoadBenchmark {

    private static final int ROUNDS = Integer.getInteger("acceptance.rounds", 7);
    /** Connections, and requests in a round, of all of them together. */
    private static final Map<Integer, Integer> LOADS = new TreeMap<>(Map.of(1, 1000, 16, 8000, 64, 8000));

    /**
     * Until the JVM has compiled what it is going to, which takes it long where the processors have much else to do: a Jenkins
     * that takes callbacks runs for weeks. Each of so many requests is sent as often as the second number says; what decided
     * an approval is told again then that it has.
     */
    private static final int WARM_UP = 20_000;

    private static final int WARM_UP_TIMES = 5;

    private static final String BODY = "{\"success\": true, \"mdMessage\": \"All 42 checks have passed.\"}";

    private static final String CASC = """
            credentials:
              system:
                domainCredentials:
                  - credentials:
                      - usernamePassword: {id: client, scope: GLOBAL, username: "client-1", password: "secret"}
            unclassified:
              armory:
                callbackClients:
                  - {credentialsId: client, jobs: "**"}
            """;

    /** A root action as small as can be, which asks for no crumb, as the two others. */
    private static final String BARE = """
            @groovy.transform.CompileStatic
            class Bare extends hudson.security.csrf.CrumbExclusion implements hudson.model.UnprotectedRootAction {
                String getUrlName() { 'bare' }
                String getDisplayName() { null }
                String getIconFileName() { null }
                void doDynamic(org.kohsuke.stapler.StaplerRequest2 request, org.kohsuke.stapler.StaplerResponse2 response) {
                    response.setStatus(200)
                }
                boolean process(jakarta.servlet.http.HttpServletRequest request,
                        jakarta.servlet.http.HttpServletResponse response, jakarta.servlet.FilterChain chain) {
                    if (!request.getPathInfo()?.startsWith('/bare/')) {
                        return false
                    }
                    chain.doFilter(request, response)
                    return true
                }
            }
            def bare = new Bare()
            jenkins.model.Jenkins.get().actions.add(bare)
            hudson.ExtensionList.lookup(hudson.security.csrf.CrumbExclusion).add(0, bare)
            """;

    /** Steps that wait without a build. */
    private static final String WEBHOOKS = """
            import org.jenkinsci.plugins.webhookstep.*
            class Waiting extends WaitForWebhookExecution {
                Waiting(WaitForWebhookStep step) { super(null, step) }
                void onTriggered(WebhookResponse response) { }
            }
            def secret = hudson.util.Secret.fromString('Bearer %2$s')
            (1..%1$d).each {
                def token = new WebhookToken(UUID.randomUUID().toString(), '', secret)
                WebhookRootAction.registerAuthToken(token)
                WebhookRootAction.registerWebhook(new Waiting(new WaitForWebhookStep(token)))
                println token.token
            }
            null // which is not printed
            """;

    /** What requests are sent to. */
    private enum Target {
        BARE,
        THIS_PLUGIN,
        WEBHOOK_STEP
    }

    /** One round: times of single requests in nanoseconds, in order of size, and of all of them. */
    private record Round(long[] times, long total) {

        double perSecond() {
            return times.length * 1e9 / total;
        }

        double millis(double quantile) {
            return times[(int) Math.min(times.length - 1, Math.floor(times.length * quantile))] / 1e6;
        }
    }

    private Controller jenkins;
    private ScriptConsole console;
    private String token;

    @Test
    void besideItsPeers() throws Exception {
        try (Controller controller = Controller.create(CASC, "-Xmx1g")) {
            jenkins = controller;
            jenkins.start();
            console = new ScriptConsole(jenkins);
            console.run(BARE);
            token = Http.send(Http.request(jenkins.url() + "armory/oauth/token")
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString(
                                    "grant_type=client_credentials&client_id=client-1&client_secret=secret")))
                    .json()
                    .get("access_token")
                    .textValue();
            List<Target> targets = new ArrayList<>(List.of(Target.BARE, Target.THIS_PLUGIN));
            if (console.run("println jenkins.model.Jenkins.get().pluginManager.getPlugin('webhook-step') != null")
                    .contains("true")) {
                targets.add(Target.WEBHOOK_STEP);
            }
            for (Target target : targets) {
                boolean takesEachOnce = target == Target.WEBHOOK_STEP;
                int different = takesEachOnce ? WARM_UP * WARM_UP_TIMES : WARM_UP;
                List<String> paths = paths(target, different);
                for (int sent = 0; sent < WARM_UP * WARM_UP_TIMES; sent += different) {
                    round(paths, 64);
                }
            }
            for (Map.Entry<Integer, Integer> load : LOADS.entrySet()) {
                measure(targets, load.getKey(), load.getValue());
            }
        }
    }

    private void measure(List<Target> targets, int connections, int requests) throws Exception {
        Map<Target, List<Round>> rounds = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            Collections.rotate(targets, 1);
            for (Target target : targets) {
                rounds.computeIfAbsent(target, each -> new ArrayList<>())
                        .add(round(paths(target, requests), connections));
            }
        }
        List<Round> bare = rounds.get(Target.BARE);
        rounds.forEach((target, all) -> System.out.printf(
                "%2d connections, %-12s: %s/s, %s of bare; median %s ms; p99 %s ms, %s of bare%n",
                connections,
                target,
                spread(all, Round::perSecond, "%.0f"),
                ratio(all, bare, Round::perSecond),
                spread(all, round -> round.millis(0.5), "%.2f"),
                spread(all, round -> round.millis(0.99), "%.2f"),
                ratio(all, bare, round -> round.millis(0.99))));
    }

    /** The median, and the least and the greatest. */
    private static String spread(List<Round> rounds, ToDoubleFunction<Round> figure, String format) {
        return spread(rounds.stream().mapToDouble(figure).toArray(), format);
    }

    private static String spread(double[] values, String format) {
        Arrays.sort(values);
        return (format + " [" + format + ", " + format + "]")
                .formatted(values[values.length / 2], values[0], values[values.length - 1]);
    }

    /** Of each round to the other's of the same number. */
    private static String ratio(List<Round> rounds, List<Round> others, ToDoubleFunction<Round> figure) {
        double[] ratios = new double[rounds.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = figure.applyAsDouble(rounds.get(i)) / figure.applyAsDouble(others.get(i));
        }
        return spread(ratios, "%.2f");
    }

    private Round round(List<String> requests, int connections) throws Exception {
        Queue<String> paths = new ConcurrentLinkedQueue<>(requests);
        console.awaitFolded();
        ExecutorService threads = Executors.newFixedThreadPool(connections);
        List<Future<List<Long>>> all = new ArrayList<>();
        long[] times = new long[requests.size()];
        long total;
        try {
            long start = System.nanoTime();
            for (int i = 0; i < connections; i++) {
                all.add(threads.submit(() -> sendAll(paths)));
            }
            int sent = 0;
            for (Future<List<Long>> each : all) {
                for (long time : each.get()) {
                    times[sent++] = time;
                }
            }
            total = System.nanoTime() - start;
            assertThat(sent).isEqualTo(requests.size());
        } finally {
            threads.shutdownNow();
        }
        Arrays.sort(times);
        return new Round(times, total);
    }

    private List<Long> sendAll(Queue<String> paths) throws Exception {
        List<Long> times = new ArrayList<>();
        try (KeptConnection connection = new KeptConnection(jenkins.url())) {
            for (String path = paths.poll(); path != null; path = paths.poll()) {
                byte[] request = connection.post(path, token, BODY);
                long start = System.nanoTime();
                int status = connection.send(request);
                times.add(System.nanoTime() - start);
                assertThat(status).as(path).isEqualTo(200);
            }
        }
        return times;
    }

    /** Where to send so many requests to, each of which finds somebody waiting. */
    private List<String> paths(Target target, int requests) {
        return switch (target) {
            case BARE -> Collections.nCopies(requests, "/bare/callback");
            case THIS_PLUGIN ->
                console.newApprovals(requests).stream()
                        .map("/armory/approvals/%s/callback"::formatted)
                        .toList();
            case WEBHOOK_STEP ->
                console.run(WEBHOOKS.formatted(requests, token))
                        .lines()
                        .filter(line -> !line.isBlank())
                        .map("/webhook-step/%s"::formatted)
                        .toList();
        };
    }
}
