package io.jenkins.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The controller as a process. */
class MainTest {
    private final HttpClient client = HttpClient.newHttpClient();
    private final List<Process> processes = new ArrayList<>();

    @TempDir
    private Path home;

    private String url;

    @AfterEach
    void end() throws InterruptedException {
        for (var process : processes) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process launch(String... arguments) throws IOException {
        var command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1", // it lives for seconds
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        processes.add(process);
        return process;
    }

    private Process start() throws IOException {
        var process = launch("--home", home.toString(), "--port", "0");
        var line = process.inputReader().readLine();
        assertThat(line)
                .startsWith("Embedded controller is up: http://127.0.0.1:")
                .endsWith("/");
        url = line.substring(line.indexOf("http"));
        return process;
    }

    private HttpResponse<String> send(String method, String path, String body, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(url + path)).method(method, BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private String get(String path) throws Exception {
        return send("GET", path, "").body();
    }

    @Test
    void goesOnWithABuildInANewProcess() throws Exception {
        var process = start();
        var config = new String(Controller.configXml("def n = 41\ninput id: 'go'\necho \"n=${n + 1}\""));
        var created = send("POST", "createItem?name=deploy", config, "Content-Type", "application/xml");
        assertThat(created.statusCode()).isEqualTo(200);
        var scheduled = send("POST", "job/deploy/build", "");
        assertThat(scheduled.statusCode()).isEqualTo(201);
        assertThat(get(scheduled.headers().firstValue("Location").orElseThrow().substring(url.length()) + "api/json"))
                .contains("\"number\":1");
        await().until(() -> Files.exists(home.resolve("jobs/deploy/builds/1/program.dat")));
        process.destroyForcibly().waitFor();

        process = start();
        assertThat(get("job/deploy/1/api/json")).contains("\"building\":true", "\"result\":null");
        assertThat(send("POST", "job/deploy/1/input/Go/proceedEmpty", "").statusCode())
                .isEqualTo(302);
        await().until(() -> get("job/deploy/1/api/json").contains("\"result\":\"SUCCESS\""));
        assertThat(get("job/deploy/1/consoleText")).contains("n=42").endsWith("Finished: SUCCESS\n");
        process.destroy();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void answersItsOwnMachineAndPagesAlone() throws Exception {
        start();
        assertThat(send("POST", "createItem?name=a", "", "Origin", "http://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(send("POST", "createItem?name=a", "", "Origin", "null").statusCode())
                .isEqualTo(403);
        var own = url.substring(0, url.length() - 1);
        assertThat(send("POST", "createItem?name=a", "", "Origin", own).statusCode())
                .isEqualTo(400);
        assertThat(raw("GET / HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(raw("GET / HTTP/1.0\r\n\r\n")).startsWith("HTTP/1.1 403");
    }

    @Test
    void answersWithoutStackTraces() throws Exception {
        start();
        assertThat(send("DELETE", "createItem", "").statusCode()).isEqualTo(404);
        assertThat(send("GET", "job/none/", "").statusCode()).isEqualTo(404);
        for (var path :
                List.of("plugin/armory-webhook-approval/..%2fcontroller-webapp/style.css", "job/a%2fb/", "%00", "%")) {
            var answer = raw("GET /" + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(answer)
                    .matches("(?s)HTTP/1.1 4.*")
                    .doesNotContain("\tat ")
                    .doesNotContain("Server:");
        }
    }

    /** For what no HTTP client sends. */
    private String raw(String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", URI.create(url).getPort())) {
            socket.getOutputStream().write(request.getBytes());
            return new String(socket.getInputStream().readAllBytes());
        }
    }

    @Test
    void refusesASecondProcessOnTheSameHome() throws Exception {
        start();
        var second = launch("--home", home.toString(), "--port", "0");
        assertThat(second.inputReader().lines().toList())
                .last()
                .asString()
                .contains("another one is running on " + home);
        assertThat(second.waitFor()).isEqualTo(1);
    }

    @Test
    void refusesWrongArguments() throws Exception {
        var process = launch("--home", home.toString());
        assertThat(process.inputReader().lines().toList()).last().asString().startsWith("usage: ");
        assertThat(process.waitFor()).isEqualTo(2);
    }
}
