package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Java program as a process of the operating system, run with the {@code java} of this one. What it prints goes to a
 * file. It ends with this process at the latest, also when that is broken off.
 */
final class JavaProcess {

    private final Path output;
    private final Process process;
    private final Thread lastResort;

    /**
     * Starts it.
     *
     * @param output file for what it prints
     * @param environment what to add to the environment
     * @param arguments of {@code java}
     */
    JavaProcess(Path output, Map<String, String> environment, List<String> arguments) {
        this.output = output;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(arguments);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
        lastResort = new Thread(this::destroyAll);
        Runtime.getRuntime().addShutdownHook(lastResort);
    }

    /** A folder for what processes leave behind, below that of this build. */
    static Path workFolder() {
        return created(Path.of(System.getProperty("acceptance.work")));
    }

    /** A folder for the homes of controllers: the same, or another one that this build was told to take. */
    static Path homesFolder() {
        String folder = System.getProperty("acceptance.home", "");
        return folder.isEmpty() ? workFolder() : created(Path.of(folder));
    }

    private static Path created(Path folder) {
        try {
            return Files.createDirectories(folder.toAbsolutePath());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** What it has printed so far. */
    String output() {
        try {
            return Files.readString(output);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Waits until it has printed something of the kind. */
    Matcher awaitOutput(Pattern pattern) {
        return Wait.until("\"" + pattern + "\" is printed")
                .until(
                        () -> {
                            checkAlive();
                            return pattern.matcher(output());
                        },
                        Matcher::find);
    }

    /** Fails, with what it printed, when it has ended by itself. */
    void checkAlive() {
        if (!isAlive()) {
            throw new IllegalStateException("The process ended by itself. It printed:\n" + output());
        }
    }

    long id() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Ends it in an orderly way (SIGTERM), and waits for that. */
    void stop() {
        process.destroy();
        awaitEnd();
    }

    /** Ends it and whatever it has started, without any warning (SIGKILL). */
    void kill() {
        destroyAll();
        awaitEnd();
    }

    private void destroyAll() {
        List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
        all.add(process.toHandle());
        all.forEach(ProcessHandle::destroyForcibly);
    }

    private void awaitEnd() {
        try {
            if (!process.waitFor(Wait.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new IllegalStateException("The process does not end. It printed:\n" + output());
            }
        } catch (InterruptedException x) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(x);
        }
        try {
            Runtime.getRuntime().removeShutdownHook(lastResort);
        } catch (IllegalStateException x) {
            // This process is ending; then the hook runs, and finds nothing to do.
        }
    }
}
