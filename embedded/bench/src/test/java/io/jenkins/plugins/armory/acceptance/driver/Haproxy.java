package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** HAProxy in a process of its own, on loopback, which tells several controllers apart by the beginning of the path. */
public final class Haproxy implements AutoCloseable {

    private static final Path PROGRAM = Path.of("/usr/sbin/haproxy");

    private final int port;
    private Process process;

    /** One that is not started yet, since the controllers have to know its address. */
    public Haproxy() {
        port = Ports.free();
    }

    /** @param prefix with a slash at its start alone */
    public String url(String prefix) {
        return "http://127.0.0.1:" + port + prefix + "/";
    }

    /** @param controllers by their prefixes */
    public void start(Map<String, Controller> controllers) {
        List<String> lines = new ArrayList<>(List.of(
                "defaults",
                "  mode http",
                "  timeout connect 5s",
                "  timeout client 1m",
                "  timeout server 1m",
                "frontend all",
                "  bind 127.0.0.1:" + port));
        controllers
                .keySet()
                .forEach(prefix ->
                        lines.add("  use_backend %s if { path_beg %s/ }".formatted(prefix.substring(1), prefix)));
        controllers.forEach((prefix, controller) -> {
            lines.add("backend " + prefix.substring(1));
            lines.add(
                    "  server jenkins 127.0.0.1:" + URI.create(controller.url()).getPort());
        });
        try {
            Path configuration = Files.createTempFile(JavaProcess.workFolder(), "haproxy-", ".cfg");
            Files.write(configuration, lines);
            process = new ProcessBuilder(PROGRAM.toString(), "-db", "-f", configuration.toString())
                    .inheritIO()
                    .start();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        Ports.awaitListening(process, port);
    }

    @Override
    public void close() {
        if (process != null) {
            process.destroyForcibly();
        }
    }
}
