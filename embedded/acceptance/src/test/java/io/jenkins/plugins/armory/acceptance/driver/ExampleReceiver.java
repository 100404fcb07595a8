package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The external process of the examples, as a process of the operating system. */
public final class ExampleReceiver implements AutoCloseable {

    private static final Pattern UP = Pattern.compile("The receiver is up: (\\S+)");
    private static final Path EXAMPLES = Path.of(System.getProperty("acceptance.examples"));

    /** The address of the process that the examples have. */
    private static final String DEFAULT_URL = "http://127.0.0.1:8070/checks";

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

    /** Creates the job of the first example. */
    public static Job createJob(Jenkins jenkins, String name) {
        return createJob(jenkins, name, "Jenkinsfile", "OUTCOME");
    }

    /** Creates the job of the example whose environments depend on each other. */
    public static Job createJobOfEnvironments(Jenkins jenkins, String name) {
        return createJob(jenkins, name, "Jenkinsfile.environments", "OUTCOMES");
    }

    /** Creates the job of the example that runs a deployment file. */
    public static Job createJobOfDeploymentFile(Jenkins jenkins, String name) {
        return createJob(jenkins, name, "Jenkinsfile.deployment-file", "CONFIG", "SMOKE_TESTS", "INTEGRATION_TESTS");
    }

    /** Creates the job of the example with many regions. */
    public static Job createJobOfRegions(Jenkins jenkins, String name) {
        return createJob(jenkins, name, "Jenkinsfile.regions", "FAILING");
    }

    private static Job createJob(Jenkins jenkins, String name, String example, String... parameters) {
        return jenkins.createJob(
                name,
                read(example),
                Stream.concat(Stream.of("RECEIVER"), Stream.of(parameters)).toList());
    }

    private static String read(String example) {
        try {
            return Files.readString(EXAMPLES.resolve(example));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Starts a build of the first example that calls this process. */
    public Build build(Job job, String outcome) {
        return job.build(Map.of("RECEIVER", url, "OUTCOME", outcome));
    }

    /**
     * Starts a build of the example with environments that calls this process.
     *
     * @param outcomes outcomes of checks that are not {@code pass}, see the example
     */
    public Build buildEnvironments(Job job, String outcomes) {
        return job.build(Map.of("RECEIVER", url, "OUTCOMES", outcomes));
    }

    /** Starts a build of the example with regions that calls this process. */
    public Build buildRegions(Job job, String failing) {
        return job.build(Map.of("RECEIVER", url, "FAILING", failing));
    }

    /** Starts a build of the example with a deployment file that calls this process. */
    public Build buildDeploymentFile(Job job, String smokeTests, String integrationTests) {
        String config = read("deploy.yml").replace(DEFAULT_URL, url);
        return job.build(Map.of("CONFIG", config, "SMOKE_TESTS", smokeTests, "INTEGRATION_TESTS", integrationTests));
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
