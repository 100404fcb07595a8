package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the two kinds of controllers have in common: a home, and one process after the other on it. */
abstract class ControllerProcess implements Controller {

    private static final Pattern HISTOGRAM_TOTAL = Pattern.compile("(?m)^Total +\\d+ +(\\d+)");

    /** The unit of the times in {@code /proc/PID/stat}, see proc(5) and {@code getconf CLK_TCK}. */
    private static final double TICKS_A_SECOND = 100;

    private final Path home;
    private final boolean ownsHome;
    private List<String> javaOptions = List.of();
    private Map<String, String> environment = Map.of();
    private JavaProcess process;

    ControllerProcess() {
        ownsHome = true;
        try {
            home = Files.createTempDirectory(JavaProcess.homesFolder(), "home-");
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    /** One on the home of another one. */
    ControllerProcess(Path home) {
        this.home = home;
        ownsHome = false;
    }

    final void setJavaOptions(List<String> options) {
        javaOptions = options;
    }

    @Override
    public final void setEnvironment(Map<String, String> variables) {
        environment = variables;
    }

    @Override
    public final Path home() {
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

    /** Starts the process. What it prints is kept longer than the home. */
    final void launch(Map<String, String> variables, List<String> arguments) {
        List<String> all = new ArrayList<>(javaOptions);
        all.addAll(arguments);
        Map<String, String> allVariables = new HashMap<>(environment);
        allVariables.putAll(variables);
        String name = home.getFileName() + (ownsHome ? "" : "-second");
        process = new JavaProcess(JavaProcess.workFolder().resolve(name + ".log"), allVariables, all);
    }

    /** Starts the process, see {@link Controller#startLoadingSlowly}. */
    abstract void launch(boolean loadingSlowly);

    abstract void awaitUp();

    @Override
    public final void start() {
        if (!isAlive()) {
            launch(false);
        }
        awaitUp();
    }

    @Override
    public final void startLoadingSlowly() {
        launch(true);
    }

    @Override
    public final void launch() {
        launch(false);
    }

    @Override
    public final boolean isAlive() {
        return process != null && process.isAlive();
    }

    @Override
    public final long pid() {
        return process.id();
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
    public final double processorSeconds() {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid() + "/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[11]) + Long.parseLong(fields[12])) / TICKS_A_SECOND;
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    @Override
    public final long liveBytes() {
        String histogram = Command.output(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(process.id()),
                "GC.class_histogram");
        Matcher total = HISTOGRAM_TOTAL.matcher(histogram);
        if (!total.find()) {
            throw new IllegalStateException("No total in: " + histogram);
        }
        return Long.parseLong(total.group(1));
    }

    @Override
    public final long diskBytes() {
        try (Stream<Path> files = Files.walk(home)) {
            return files.mapToLong(file ->
                                    file.toFile().isFile() ? file.toFile().length() : 0)
                            .sum()
                    + output().length();
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    @Override
    public void close() {
        if (process != null) {
            process.kill();
        }
        if (!ownsHome) {
            return;
        }
        try (Stream<Path> files = Files.walk(home)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }
}
