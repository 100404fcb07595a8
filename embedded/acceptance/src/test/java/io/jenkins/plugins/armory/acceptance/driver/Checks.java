package io.jenkins.plugins.armory.acceptance.driver;

import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Call;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** The external process of the example of environments: it calls back by itself, with the outcome that the call asks for. */
public final class Checks implements AutoCloseable {

    private final ExternalProcess process = new ExternalProcess();
    private final ExecutorService executor = Executors.newFixedThreadPool(4);

    public Checks() {
        process.onCall(this::reply);
    }

    private Reply reply(Call call) {
        String outcome = call.json().get("outcome").asText();
        if (outcome.equals("refuse")) {
            return Reply.of(400);
        }
        executor.execute(() -> {
            if (outcome.equals("fail")) {
                call.callback().fail("1 of 42 checks failed");
            } else {
                call.callback().succeed("42 checks passed");
            }
        });
        return Reply.of(202);
    }

    public String url() {
        return process.url();
    }

    /** The example's job. */
    public static Job createExampleJob(Jenkins jenkins, String name) {
        try {
            String script =
                    Files.readString(Path.of(System.getProperty("acceptance.examples"), "Jenkinsfile.environments"));
            return jenkins.createJob(name, script, List.of("RECEIVER", "OUTCOMES"));
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    @Override
    public void close() {
        process.close();
        executor.shutdownNow();
    }
}
