package io.jenkins.plugins.armory.approval;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Formats durations for people. */
@Restricted(NoExternalUse.class)
public final class DurationText {

    private static final List<ChronoUnit> UNITS =
            List.of(ChronoUnit.DAYS, ChronoUnit.HOURS, ChronoUnit.MINUTES, ChronoUnit.SECONDS);

    /** Milliseconds matter up to here. */
    private static final Duration SHORT = Duration.ofMinutes(1);

    private DurationText() {}

    /**
     * Returns the duration in the largest unit of which it is a whole number; a day is 24 hours. Of more than a minute,
     * it leaves out milliseconds.
     */
    public static String of(Duration duration) {
        Duration shown = duration.compareTo(SHORT) > 0 ? duration.truncatedTo(ChronoUnit.SECONDS) : duration;
        long millis = shown.toMillis();
        for (ChronoUnit unit : UNITS) {
            long size = unit.getDuration().toMillis();
            if (millis >= size && millis % size == 0 && (unit != ChronoUnit.DAYS || millis > size)) {
                String name = unit.name().toLowerCase(Locale.ROOT);
                return millis / size + " " + (millis == size ? name.substring(0, name.length() - 1) : name);
            }
        }
        return millis + " ms";
    }
}
