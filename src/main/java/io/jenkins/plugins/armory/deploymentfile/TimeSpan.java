package io.jenkins.plugins.armory.deploymentfile;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A time in a deployment file.
 *
 * @param text the time for people, such as {@code 30 minutes}
 */
record TimeSpan(Duration duration, String text) {

    static final String SHAPE = "{duration: 30, unit: minutes}";

    private static final Duration LONGEST = Duration.ofDays(365);
    private static final Map<String, Duration> UNITS =
            Map.of("second", Duration.ofSeconds(1), "minute", Duration.ofMinutes(1), "hour", Duration.ofHours(1));

    /** Returns the time in a field that holds {@code duration} and {@code unit} alone, {@code null} if there is none. */
    @CheckForNull
    static TimeSpan in(Section parent, String field) {
        Section section = parent.section(field, SHAPE);
        if (section == null) {
            return null;
        }
        List<String> known = List.of("duration", "unit", "units");
        if (section.has("requiresRoles")) {
            section.problem("requiresRoles", "belongs to pause, one level further out");
            known = new ArrayList<>(known);
            known.add("requiresRoles");
        }
        section.checkKnown(known);
        return of(section, "duration");
    }

    /**
     * Returns the time in a section that has other fields too. If a part is missing, that is a problem.
     *
     * @param amountField the field with the number
     */
    @CheckForNull
    static TimeSpan of(Section section, String amountField) {
        String unitField = section.spelling("unit", "units");
        for (String field : List.of(amountField, unitField)) {
            if (!section.has(field)) {
                section.problem(field, "is missing; write " + amountField + ": 30, unit: minutes");
            }
        }
        Long amount = section.number(amountField, 1, Long.MAX_VALUE);
        String unit = section.choice(unitField, List.of("seconds", "minutes", "hours", "second", "minute", "hour"));
        if (amount == null || unit == null) {
            return null;
        }
        String one = unit.toLowerCase(Locale.ROOT).replaceAll("s$", "");
        if (amount > LONGEST.dividedBy(UNITS.get(one))) {
            section.problem(amountField, amount + " " + one + "s is longer than " + LONGEST.toDays() + " days");
            return null;
        }
        return new TimeSpan(UNITS.get(one).multipliedBy(amount), amount + " " + one + (amount == 1 ? "" : "s"));
    }

    /** Returns the time in seconds, as a script gets it. */
    String seconds() {
        return Long.toString(duration.toSeconds());
    }
}
