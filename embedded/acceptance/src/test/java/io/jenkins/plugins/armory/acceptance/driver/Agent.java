package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An agent of a real Jenkins, which connects to it over a WebSocket. */
public final class Agent implements AutoCloseable {

    private static final Pattern CONNECTED = Pattern.compile("INFO: Connected");
    private static final Pattern SECRET = Pattern.compile("[0-9a-f]{64}");

    private final JavaProcess process;

    private Agent(JavaProcess process) {
        this.process = process;
    }

    /**
     * Starts the agent of one of the nodes that {@link RealJenkins} has.
     *
     * @return once it is connected
     */
    public static Agent start(Controller controller, String node) {
        Path folder = JavaProcess.workFolder();
        Path jar = folder.resolve("agent.jar");
        Http.download(controller.url() + "jnlpJars/agent.jar", jar);
        Matcher secret = SECRET.matcher(Http.send(Http.request(
                                controller.url() + "computer/" + node + "/jenkins-agent.jnlp")
                        .header("Authorization", controller.authorization().orElseThrow()))
                .body());
        if (!secret.find()) {
            throw new AssertionError("No secret of node " + node);
        }
        Path work;
        try {
            work = Files.createTempDirectory(folder, "agent-");
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        JavaProcess process = new JavaProcess(
                folder.resolve(work.getFileName() + ".log"),
                Map.of(),
                List.of(
                        "-jar",
                        jar.toString(),
                        "-url",
                        controller.url(),
                        "-name",
                        node,
                        "-secret",
                        secret.group(),
                        "-workDir",
                        work.toString(),
                        "-webSocket"));
        process.awaitOutput(CONNECTED);
        return new Agent(process);
    }

    @Override
    public void close() {
        process.kill();
    }
}
