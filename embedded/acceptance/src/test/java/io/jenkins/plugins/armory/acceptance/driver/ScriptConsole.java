package io.jenkins.plugins.armory.acceptance.driver;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs Groovy in a real Jenkins, as an administrator may; for benchmarks, which need what no build would make so fast. */
public final class ScriptConsole {

    private static final String APPROVALS = """
            import io.jenkins.plugins.armory.approval.*
            import io.jenkins.plugins.armory.environment.*
            def armory = io.jenkins.plugins.armory.runtime.ArmoryRuntime.get()
            def job = jenkins.model.Jenkins.get().getItem('load')
            if (job == null) {
                job = jenkins.model.Jenkins.get().createProject(org.jenkinsci.plugins.workflow.job.WorkflowJob, 'load')
                job.definition = new org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition('sleep 1000000', true)
            }
            def run = job.scheduleBuild2(0).waitForStart()
            def ids = (1..%d).collect { armory.tokens().newId(armory.deployments().keyOf(run, armory.tokens())) }
            def pool = java.util.concurrent.Executors.newFixedThreadPool(64)
            def now = java.time.Instant.now()
            def all = ids.collect { id -> pool.submit({
                def step = new OpenApproval(id, 'tests', Place.OUTERMOST.withEnvironment('staging'), Phase.STRATEGY, 'tests')
                armory.approvals().create(new DeploymentEvent.ApprovalStarted(step, null), [Approval.start(
                        Terms.standard().environment('staging').webhook('tests').build(),
                        { it.id(id).step(id).build(new BuildRef('load', run.number)).createdAt(now) })])
            } as Runnable) }
            all.each { it.get() }
            pool.shutdown()
            println ids.join('\\n')
            """;

    private final Controller jenkins;

    public ScriptConsole(Controller jenkins) {
        this.jenkins = jenkins;
    }

    /** What the script printed. */
    public String run(String groovy) {
        Answer answer = Http.send(Http.request(jenkins.url() + "scriptText")
                .header("Authorization", jenkins.authorization().orElseThrow())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("script=" + URLEncoder.encode(groovy, StandardCharsets.UTF_8))));
        if (answer.status() != 200 || answer.body().contains("Exception")) {
            throw new AssertionError("The script failed: " + answer);
        }
        return answer.body();
    }

    /** Makes approvals that wait for nothing but a callback, and returns their ids. */
    public List<String> newApprovals(int count) {
        return run(APPROVALS.formatted(count))
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }
}
