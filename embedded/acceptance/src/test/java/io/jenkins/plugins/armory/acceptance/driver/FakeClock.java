package io.jenkins.plugins.armory.acceptance.driver;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The clock of a process, which can be set while that runs. Needs libfaketime (on Debian, the package {@code
 * faketime}).
 */
public final class FakeClock {

    private static final List<String> FOLDERS =
            List.of("/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime", "/usr/lib64/faketime");

    private final Path offset;

    /** @param folder for the file that says how far it is off */
    public FakeClock(Path folder) {
        offset = folder.resolve("clock");
        set(Duration.ZERO);
    }

    private static Optional<Path> library() {
        return FOLDERS.stream()
                .flatMap(folder ->
                        Stream.of("libfaketimeMT.so.1", "libfaketime.so.1").map(name -> Path.of(folder, name)))
                .filter(Files::exists)
                .findFirst();
    }

    /** Whether this machine has what it needs. */
    public static boolean isInstalled() {
        return library().isPresent();
    }

    /**
     * What a process has to have in its environment. Timers go on as they are, as they do when somebody sets a clock.
     */
    public Map<String, String> environment() {
        return Map.of(
                "LD_PRELOAD", library().orElseThrow().toString(),
                "FAKETIME_TIMESTAMP_FILE", offset.toString(),
                "FAKETIME_NO_CACHE", "1",
                "DONT_FAKE_MONOTONIC", "1",
                "FAKETIME_FORCE_MONOTONIC_FIX", "0", // or the JVM's waits would be over before they began
                "NO_FAKE_STAT", "1");
    }

    /** Sets it that far from the right time: before it, when that is negative. */
    public void set(Duration difference) {
        try {
            Path written =
                    Files.writeString(offset.resolveSibling("clock.new"), "%+d".formatted(difference.toSeconds()));
            Files.move(written, offset, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }
}
