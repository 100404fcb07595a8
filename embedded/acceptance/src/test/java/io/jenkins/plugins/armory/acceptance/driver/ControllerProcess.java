package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the two kinds of controllers have in common: a home, and one process after the other on it. */
abstract class ControllerProcess implements Controller {

    private final Path home;
    private List<String> javaOptions = List.of();
    private JavaProcess process;

    ControllerProcess() {
        try {
            home = Files.createTempDirectory(JavaProcess.workFolder(), "home-");
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    final void setJavaOptions(List<String> options) {
        javaOptions = options;
    }

    final Path home() {
        return home;
    }

    final JavaProcess process() {
        return process;
    }

    /** Writes a file below the home. */
    final void write(String name, String content) {
        try {
            Path file = home.resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, content);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** Starts the process. What it prints is kept beside the home, and longer than that. */
    final void launch(Map<String, String> environment, List<String> arguments) {
        List<String> all = new ArrayList<>(javaOptions);
        all.addAll(arguments);
        process = new JavaProcess(home.resolveSibling(home.getFileName() + ".log"), environment, all);
    }

    /** Starts the process, see {@link Controller#startLoadingSlowly}. */
    abstract void launch(boolean loadingSlowly);

    abstract void awaitUp();

    @Override
    public final void start() {
        if (process == null || !process.isAlive()) {
            launch(false);
        }
        awaitUp();
    }

    @Override
    public final void startLoadingSlowly() {
        launch(true);
    }

    @Override
    public final void stop() {
        process.stop();
    }

    @Override
    public final void kill() {
        process.kill();
    }

    @Override
    public final String output() {
        return process.output();
    }

    @Override
    public void close() {
        if (process != null) {
            process.kill();
        }
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }
}
