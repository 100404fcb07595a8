package io.jenkins.plugins.armory.acceptance;

import io.jenkins.plugins.armory.acceptance.driver.Controller;
import io.jenkins.plugins.armory.acceptance.driver.Load;
import io.jenkins.plugins.armory.acceptance.driver.ScriptConsole;
import io.jenkins.plugins.armory.acceptance.driver.Spread;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Callbacks in one run on a real Jenkins, from the same client, side by side: to this plugin, which verifies an ES256 token
 * and answers once the decision is on disk; to a root action that answers 200 and does nothing, as the limit of what this
 * Jenkins can; and to webhook-step, where that plugin is installed, which keeps nothing. No build waits for any of them. Not a test: nothing but a person judges the
 * figures, which it prints. Run it by its name, see docs/performance.md.
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

    private Controller jenkins;
    private ScriptConsole console;
    private String token;

    @Test
    void besideItsPeers() throws Exception {
        try (Controller controller = Controller.createForMeasuring(BenchmarkClient.CASC, "-Xmx1g")) {
            jenkins = controller;
            jenkins.start();
            console = new ScriptConsole(jenkins);
            console.run(BARE);
            token = BenchmarkClient.tokenOf(jenkins.url());
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
        Map<Target, List<Load>> rounds = new TreeMap<>();
        for (int round = 0; round < ROUNDS; round++) {
            Collections.rotate(targets, 1);
            for (Target target : targets) {
                rounds.computeIfAbsent(target, each -> new ArrayList<>())
                        .add(round(paths(target, requests), connections));
            }
        }
        List<Load> bare = rounds.get(Target.BARE);
        rounds.forEach((target, all) -> System.out.printf(
                "%2d connections, %-14s: %s/s, %s of bare; median %s ms; p99 %s ms, %s of bare%n",
                connections,
                target,
                Spread.of(all, Load::perSecond, "%.0f"),
                Spread.ratio(all, bare, Load::perSecond),
                Spread.of(all, round -> round.millis(0.5), "%.2f"),
                Spread.of(all, round -> round.millis(0.99), "%.2f"),
                Spread.ratio(all, bare, round -> round.millis(0.99))));
    }

    private Load round(List<String> paths, int connections) throws Exception {
        return Load.send(
                jenkins.url(),
                paths.stream()
                        .map(path -> new Load.Request(path, "Bearer " + token, BODY))
                        .toList(),
                connections);
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
