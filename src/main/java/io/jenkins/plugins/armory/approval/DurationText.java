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

    private static final long SHORT_MILLIS = Duration.ofMinutes(1).toMillis();
    private static final long MILLIS_A_SECOND = 1000;

    private DurationText() {}

    /**
     * Returns the duration in the largest unit of which it is a whole number; a day is 24 hours. Of more than a minute, it leaves out
     * milliseconds.
     */
    public static String of(Duration duration) {
        long millis = duration.toMillis();
        if (millis > SHORT_MILLIS) {
            millis -= millis % MILLIS_A_SECOND;
        }
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
