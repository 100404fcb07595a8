package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.part.protect.window.Window;
import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** A window of an environment for people: {@code Monday to Friday, 9:00 to 17:00, Europe/Berlin}. */
@Restricted(NoExternalUse.class)
public record WindowWords(Locale locale) {

    /**
     * The rules that have a sentence, with their parts in the order of the alphabet. Others are shown as they are
     * written.
     */
    private static final Pattern RULE =
            Pattern.compile("(?:BYDAY=([A-Z,]+);)?(?:BYHOUR=(\\d+);)?(?:BYMINUTE=(\\d+);)?FREQ=(DAILY|WEEKLY)");

    private static final List<String> DAYS = List.of("MO", "TU", "WE", "TH", "FR", "SA", "SU");
    private static final Duration DAY = Duration.ofDays(1);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("H:mm");

    public String of(Window window) {
        String[] ends = window.times().split("/");
        String from = window.from();
        return Stream.of(
                        ends.length == 2
                                ? span(date(ends[0]), date(ends[1]))
                                : rule(
                                        window,
                                        from == null ? LocalDate.EPOCH.atStartOfDay() : LocalDateTime.parse(from)),
                        from == null ? null : Messages.WindowWords_from(date(from)),
                        window.zone(),
                        window.reason())
                .filter(Objects::nonNull)
                .collect(Collectors.joining(", "));
    }

    private static String span(String first, String last) {
        return first.equals(last) ? first : Messages.WindowWords_span(first, last);
    }

    private String date(String text) {
        DateTimeFormatter dates =
                DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG).withLocale(locale);
        if (text.indexOf('T') < 0) {
            return dates.format(LocalDate.parse(text));
        }
        LocalDateTime time = LocalDateTime.parse(text);
        return dates.format(time) + ' ' + TIME.format(time);
    }

    /** @param from DTSTART, which has what the rule leaves out */
    private String rule(Window window, LocalDateTime from) {
        Matcher rule =
                RULE.matcher(Stream.of(window.times().toUpperCase(Locale.ROOT).split(";"))
                        .sorted()
                        .collect(Collectors.joining(";")));
        try {
            if (rule.matches()) {
                LocalTime start =
                        LocalTime.of(number(rule.group(2), from.getHour()), number(rule.group(3), from.getMinute()));
                return words(days(rule, from), start, Duration.parse(window.lasts()));
            }
        } catch (DateTimeException x) {
            // too long for a sentence, or in weeks
        }
        return window.times() + ", " + window.lasts();
    }

    private static int number(@CheckForNull String text, int otherwise) {
        return text == null ? otherwise : Integer.parseInt(text);
    }

    private static Set<DayOfWeek> days(Matcher rule, LocalDateTime from) {
        if (rule.group(1) != null) {
            return Stream.of(rule.group(1).split(","))
                    .map(day -> DayOfWeek.of(DAYS.indexOf(day) + 1))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
        return rule.group(4).equals("DAILY") ? EnumSet.allOf(DayOfWeek.class) : EnumSet.of(from.getDayOfWeek());
    }

    private String words(Set<DayOfWeek> days, LocalTime start, Duration lasts) {
        LocalTime end = start.plus(lasts);
        String first = TIME.format(start);
        String last = TIME.format(end);
        if (lasts.equals(DAY) && start.equals(LocalTime.MIDNIGHT)) {
            return Messages.WindowWords_allDay(names(days));
        } else if (lasts.compareTo(DAY) <= 0) {
            return names(days) + ", "
                    + (end.isAfter(start) ? span(first, last) : Messages.WindowWords_overnight(first, last));
        } else if (days.size() > 1 || lasts.toDays() >= DAYS.size() - 1) {
            throw new DateTimeException(lasts.toString());
        }
        DayOfWeek day = days.iterator().next();
        long later = lasts.plusSeconds(start.toSecondOfDay()).toDays();
        return span(name(day) + ' ' + first, name(day.plus(later)) + ' ' + last);
    }

    private String names(Set<DayOfWeek> days) {
        if (days.size() == DAYS.size()) {
            return Messages.WindowWords_daily();
        }
        var names = new ArrayList<String>();
        for (DayOfWeek first : days) {
            if (first == DayOfWeek.MONDAY || !days.contains(first.minus(1))) {
                DayOfWeek last = first;
                while (last != DayOfWeek.SUNDAY && days.contains(last.plus(1))) {
                    last = last.plus(1);
                }
                names.add(span(name(first), name(last)));
            }
        }
        return String.join(", ", names);
    }

    private String name(DayOfWeek day) {
        return day.getDisplayName(TextStyle.FULL_STANDALONE, locale);
    }
}
