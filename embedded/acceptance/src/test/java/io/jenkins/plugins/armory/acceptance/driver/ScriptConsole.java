package io.jenkins.plugins.armory.acceptance.driver;

import java.net.URLEncoder;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Runs Groovy in a real Jenkins, as an administrator may; for benchmarks, which need what no build would make so fast. */
public final class ScriptConsole {

    private static final String APPROVALS = """
            import io.jenkins.plugins.armory.approval.*
            def armory = io.jenkins.plugins.armory.runtime.ArmoryRuntime.get()
            def ids = (1..%d).collect { armory.tokens().newId() }
            def pool = java.util.concurrent.Executors.newFixedThreadPool(64)
            def now = java.time.Instant.now()
            def all = ids.collect { id -> pool.submit({
                armory.approvals().create(Approval.start(Terms.standard().environment('staging').webhook('tests').build(), { it.id(id).build(new BuildRef('load', 1)).createdAt(now) }))
            } as Runnable) }
            all.each { it.get() }
            pool.shutdown()
            println ids.join('\\n')
            """;

    /** Where there is no journal, there is nothing to fold. */
    private static final String FOLDED = """
            def files = new File(jenkins.model.Jenkins.get().rootDir, 'armory-approvals/journal').list()
            println files == null || files.length == 0
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

    /** Waits until every approval is in its file, so that nothing goes on in the background. */
    public void awaitFolded() {
        Wait.until("nothing is left to be folded")
                .pollInterval(Duration.ofSeconds(1))
                .atMost(Duration.ofMinutes(10))
                .until(() -> run(FOLDED).contains("true"));
    }
}
