package io.jenkins.embedded;

import static org.awaitility.Awaitility.await;

import hudson.model.listeners.ItemListener;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadPoolExecutor;

/** A controller without HTTP, in a folder of its own, that tests can let crash and start again. */
final class Controller implements AutoCloseable {
    static final String URL = "http://127.0.0.1:1/";

    private final Path home;
    private EmbeddedJenkins jenkins;

    Controller(Path home) throws IOException {
        this.home = home;
        start(0);
    }

    private void start(long resumeDelayMillis) throws IOException {
        jenkins = new EmbeddedJenkins(home);
        jenkins.load(URL);
        jenkins.resumeBuilds(resumeDelayMillis);
    }

    /**
     * Has the plugin give its files back, as the end of a process does: the next controller has them, or nobody. What
     * it was about to write in the folder of a build is written first, since a process that ends writes nothing later.
     */
    @Override
    public void close() {
        var pools =
                List.of(ArmoryRuntime.get().buildExecutor(), ArmoryRuntime.get().executor());
        await().until(() -> pools.stream()
                .map(ThreadPoolExecutor.class::cast)
                .allMatch(pool -> pool.getActiveCount() == 0 && pool.getQueue().isEmpty()));
        EmbeddedJenkins.fire(ItemListener.class, ItemListener::onBeforeShutdown);
    }

    EmbeddedJenkins jenkins() {
        return jenkins;
    }

    static byte[] configXml(String script) {
        return """
                <flow-definition><definition class="org.jenkinsci.plugins.workflow.cps.CpsFlowDefinition">
                <script><![CDATA[%s]]></script><sandbox>true</sandbox></definition></flow-definition>
                """.formatted(script).getBytes();
    }

    /** Starts the first build of a new job. */
    PipelineBuild build(String script) throws IOException {
        return jenkins.schedule(jenkins.createJob("job", configXml(script)), Map.of());
    }

    /** Ends this controller as a crash does, starts another one on its folder, and returns its object for the build. */
    PipelineBuild crashAndRestart(PipelineBuild build) throws IOException {
        return crashAndRestart(build, 0);
    }

    PipelineBuild crashAndRestart(PipelineBuild build, long resumeDelayMillis) throws IOException {
        build.onProgram(Program::kill).join();
        close();
        start(resumeDelayMillis);
        return jenkins.getItemByFullName("job", PipelineJob.class).getBuildByNumber(build.getNumber());
    }

    static String log(PipelineBuild build) throws IOException {
        var log = build.getRootDir().toPath().resolve("log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    static String awaitLog(PipelineBuild build, String text) {
        return await().until(() -> log(build), log -> log.contains(text));
    }

    /** Waits for the end, and returns the log. */
    static String awaitEnd(PipelineBuild build) throws IOException {
        await().until(build::isFinished);
        return log(build);
    }
}
