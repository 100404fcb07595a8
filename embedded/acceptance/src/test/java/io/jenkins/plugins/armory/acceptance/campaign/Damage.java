package io.jenkins.plugins.armory.acceptance.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;

/** What a disk does to a build that is under way. */
enum Damage {
    /** The last one to three lines of the log are gone when the controller starts. */
    LINES_LOST,
    /** The marker is gone when the controller starts. */
    MARKER_LOST,
    /** The log cannot be written for 20 seconds. */
    READ_ONLY;

    private static final int MOST_LINES = 3;

    /** Of so many kills, one comes with a damage. */
    private static final int KILLS_FOR_ONE = 4;

    /**
     * Returns the damage that goes with a kill, {@code null} for none; always none with {@code
     * -Dacceptance.damages=false}.
     */
    static Damage any(Random random, boolean atPoint) {
        boolean isDamaged =
                random.nextInt(KILLS_FOR_ONE) == 0 && !"false".equals(System.getProperty("acceptance.damages"));
        Damage damage = values()[random.nextInt(values().length)];
        return !isDamaged || damage == READ_ONLY && atPoint ? null : damage;
    }

    /**
     * Damages the build of a job while no controller runs, unless it is over, and returns whether there was something
     * to damage.
     */
    boolean damage(Path home, String job, Random random) {
        Path build = home.resolve("jobs/" + job + "/builds/1");
        try {
            if (Files.readString(build.resolve("log")).contains("Finished: ")) {
                return false;
            }
            return this == LINES_LOST
                    ? loseLines(build.resolve("armory.log"), 1 + random.nextInt(MOST_LINES))
                    : loseMarker(home.resolve("armory-approvals/open"), job);
        } catch (IOException x) {
            throw new UncheckedIOException(x);
        }
    }

    private static boolean loseLines(Path log, int lines) throws IOException {
        if (!Files.exists(log)) {
            return false;
        }
        List<String> all = Files.readAllLines(log);
        Files.write(log, all.subList(0, Math.max(0, all.size() - lines)));
        return true;
    }

    private static boolean loseMarker(Path open, String job) throws IOException {
        try (var markers = Files.list(open)) {
            for (Path marker : markers.toList()) {
                if (Files.readAllLines(marker).get(0).equals(job)) {
                    Files.delete(marker);
                    return true;
                }
            }
        }
        return false;
    }
}
