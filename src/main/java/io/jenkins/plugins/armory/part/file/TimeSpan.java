package io.jenkins.plugins.armory.part.file;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/**
 * A time in a deployment file.
 *
 * @param text the time for people, such as {@code 30 minutes}
 */
record TimeSpan(Duration duration, String text) {

    private static final Duration LONGEST = Duration.ofDays(365);

    /**
     * Returns the time in a section, {@code null} if there is none. If it is too long, that is a problem.
     *
     * @param amountField the field with the number
     */
    @CheckForNull
    static TimeSpan of(Section section, String amountField) {
        Integer amount = section.number(amountField);
        String unit = section.text("unit");
        if (amount == null || unit == null) {
            return null;
        }
        String one = unit.replaceAll("s$", "");
        Duration duration = Duration.of(amount, ChronoUnit.valueOf(one.toUpperCase(Locale.ROOT) + "S"));
        if (duration.compareTo(LONGEST) > 0) {
            section.problem(amountField, amount + " " + one + "s is longer than " + LONGEST.toDays() + " days");
            return null;
        }
        return new TimeSpan(duration, amount + " " + one + (amount == 1 ? "" : "s"));
    }

    /** Returns the time in seconds, as a script gets it. */
    String seconds() {
        return Long.toString(duration.toSeconds());
    }
}
