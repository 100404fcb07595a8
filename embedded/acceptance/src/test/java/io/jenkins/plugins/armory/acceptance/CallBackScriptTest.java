package io.jenkins.plugins.armory.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.jenkins.plugins.armory.acceptance.driver.Build;
import io.jenkins.plugins.armory.acceptance.driver.Callback;
import io.jenkins.plugins.armory.acceptance.driver.Command;
import io.jenkins.plugins.armory.acceptance.driver.ExternalProcess;
import io.jenkins.plugins.armory.acceptance.driver.Jenkins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The script of the examples that calls back, and the example of a job that does. */
@AcceptanceTest
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the examples are shell scripts")
class CallBackScriptTest {

    private static final Path EXAMPLES = Path.of(System.getProperty("acceptance.examples"));

    private static String callBack(Map<String, String> environment, String... arguments) {
        String[] command = new String[arguments.length + 1];
        command[0] = EXAMPLES.resolve("external-process/call-back.sh").toString();
        System.arraycopy(arguments, 0, command, 1, arguments.length);
        return Command.output(environment, command);
    }

    @Test
    void theScriptFetchesATokenAndCallsBack(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval());
        String uri = process.awaitCallback().uri();

        String output = callBack(
                Map.of("CALLBACK_URI", uri, "CLIENT_ID", Settings.CLIENT_ID, "CLIENT_SECRET", Settings.CLIENT_SECRET),
                "true",
                "it's \"fine\"");

        assertThat(output).contains("\"status\":\"accepted\"");
        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (client client-1): it's \"fine\"");
    }

    @Test
    void theScriptCallsBackWithATokenThatItIsGiven(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();

        callBack(Map.of("CALLBACK_URI", callback.uri(), "CALLBACK_TOKEN", callback.token()), "false", "no");

        assertThat(build.awaitResult("FAILURE")).contains("failed (callback token): no");
    }

    @Test
    void theScriptFailsWithTheAnswerWhenItIsRefused(Jenkins jenkins, ExternalProcess process) {
        Build build = jenkins.build(process.approval());
        Callback callback = process.awaitCallback();
        Map<String, String> wrongSecret =
                Map.of("CALLBACK_URI", callback.uri(), "CLIENT_ID", Settings.CLIENT_ID, "CLIENT_SECRET", "wrong");
        Map<String, String> wrongClient = Map.of(
                "CALLBACK_URI",
                callback.uri(),
                "CLIENT_ID",
                Settings.OTHER_CLIENT_ID,
                "CLIENT_SECRET",
                Settings.CLIENT_SECRET);

        assertThatThrownBy(() -> callBack(wrongSecret, "true")).hasMessageContaining("invalid_client");
        assertThatThrownBy(() -> callBack(wrongClient, "true")).hasMessageContaining("insufficient_scope");

        callback.succeed("after all").expect(200);
        build.awaitResult("SUCCESS");
    }

    @Test
    void theScriptCallsAgainIfNobodyAnswers() throws IOException {
        AtomicInteger calls = new AtomicInteger();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            if (calls.incrementAndGet() > 1) {
                exchange.sendResponseHeaders(200, -1);
            }
            exchange.close();
        });
        server.start();

        callBack(
                Map.of(
                        "CALLBACK_URI",
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                        "CALLBACK_TOKEN",
                        "of nobody"),
                "true");

        server.stop(0);
        assertThat(calls).hasValue(2);
    }

    @Test
    void aJobMayBeTheExternalProcess(Jenkins jenkins) throws IOException {
        Path folder = EXAMPLES.resolve("jenkins-job");
        jenkins.createJob(
                "checks",
                Files.readString(folder.resolve("checks.Jenkinsfile")),
                List.of("CALLBACK_URI", "CALLBACK_TOKEN"));
        Build build = jenkins.createJob(
                        "example-of-a-job", Files.readString(folder.resolve("Jenkinsfile")), List.of("CHECKS"))
                .build(Map.of("CHECKS", jenkins.controller().url() + "job/checks/"));

        assertThat(build.awaitResult("SUCCESS")).contains("succeeded (callback token): Checked by a job.");
    }
}
