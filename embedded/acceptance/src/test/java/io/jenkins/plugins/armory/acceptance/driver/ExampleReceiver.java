package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The external process of the examples, as a process of the operating system. */
public final class ExampleReceiver implements AutoCloseable {

    private static final Pattern UP = Pattern.compile("The receiver is up: (\\S+)");
    private static final Path EXAMPLES = Path.of(System.getProperty("acceptance.examples"));

    private final JavaProcess process;
    private final String url;

    /** Starts it, and returns once it takes calls. */
    public ExampleReceiver() {
        Path folder = EXAMPLES.resolve("external-process");
        process = new JavaProcess(
                JavaProcess.workFolder().resolve("example-receiver.log"),
                Map.of(),
                List.of(
                        folder.resolve("Receiver.java").toString(),
                        "--port",
                        "0",
                        "--check",
                        folder.resolve("check.sh").toString()));
        url = process.awaitOutput(UP).group(1);
    }

    /** Creates the job of the examples. */
    public static Job createJob(Jenkins jenkins, String name) {
        try {
            String script = Files.readString(EXAMPLES.resolve("Jenkinsfile"));
            return jenkins.createJob(name, script, List.of("RECEIVER", "OUTCOME"));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Starts a build of that job which calls this process. */
    public Build build(Job job, String outcome) {
        return job.build(Map.of("RECEIVER", url, "OUTCOME", outcome));
    }

    public String url() {
        return url;
    }

    /** Waits until it or its script has printed something of the kind, and returns that. */
    public String awaitOutput(Pattern pattern) {
        return process.awaitOutput(pattern).group();
    }

    @Override
    public void close() {
        process.kill();
    }
}
