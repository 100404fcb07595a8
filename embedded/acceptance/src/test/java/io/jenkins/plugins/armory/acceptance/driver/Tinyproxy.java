package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** tinyproxy, an HTTP proxy of its own process, on loopback; it wants to know who calls. */
public final class Tinyproxy implements AutoCloseable {

    public static final String USER = "jenkins";
    public static final String PASSWORD = "proxy-pass-phrase";

    private static final Path PROGRAM = Path.of("/usr/bin/tinyproxy");

    private final Process process;
    private final Path log;
    private final int port;

    public Tinyproxy() {
        port = Ports.free();
        try {
            Path folder = Files.createTempDirectory(JavaProcess.workFolder(), "proxy-");
            log = folder.resolve("log");
            Path configuration = folder.resolve("tinyproxy.conf");
            Files.write(
                    configuration,
                    List.of(
                            "Port " + port,
                            "Listen 127.0.0.1",
                            "Allow 127.0.0.1",
                            "BasicAuth " + USER + " " + PASSWORD,
                            "LogFile \"" + log + "\"",
                            "LogLevel Connect"));
            process = new ProcessBuilder(PROGRAM.toString(), "-d", "-c", configuration.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("output").toFile())
                    .start();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        Ports.awaitListening(process, port);
    }

    /** Whether this machine has it: on Debian, in the package of the same name. */
    public static boolean isInstalled() {
        return Files.isExecutable(PROGRAM);
    }

    public int port() {
        return port;
    }

    /** What it has been asked for so far, one line each. */
    public List<String> requests() {
        try {
            return Files.readAllLines(log).stream()
                    .filter(line -> line.contains("Request (file descriptor"))
                    .map(line -> line.substring(line.indexOf("): ") + 3))
                    .toList();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
