package io.jenkins.plugins.armory.window;

import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.time.temporal.WeekFields;
import java.time.zone.ZoneOffsetTransition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;

/** RFC 5545, section 3.3.10, the slow way: looks at every day, and uses nothing of the plugin and of lib-recur. */
final class DayByDay {

    private static final List<String> WEEK = List.of("MO", "TU", "WE", "TH", "FR", "SA", "SU");

    private final Map<String, String> parts = new HashMap<>();
    private final Map<String, List<Integer>> numbers = new HashMap<>();
    private final List<String> byDay;
    private final List<LocalTime> times;
    private final LocalDateTime from;
    private final ZoneId zone;
    private final boolean denies;
    private final int days;
    private final int hours;

    DayByDay(String rule, LocalDateTime from, ZoneId zone, boolean denies, int days, int hours) {
        for (String part : rule.split(";")) {
            parts.put(part.replaceFirst("=.*", ""), part.replaceFirst(".*=", ""));
        }
        parts.forEach((part, value) -> {
            if (value.matches("[-0-9,]+")) {
                numbers.put(
                        part,
                        Arrays.stream(value.split(",")).map(Integer::valueOf).toList());
            }
        });
        this.from = from;
        byDay = List.of(parts.getOrDefault("BYDAY", "").split(","));
        times = times();
        this.zone = zone;
        this.denies = denies;
        this.days = days;
        this.hours = hours;
    }

    /** Returns the starts and ends of its windows that begin up to a day. */
    List<Instant[]> spans(LocalDate last) {
        List<Instant[]> spans = new ArrayList<>();
        for (LocalDateTime start : starts(last)) {
            LocalDateTime begin = start;
            if (isInGap(start)) {
                if (!denies) {
                    continue;
                }
                begin = zone.getRules().getTransition(start).getDateTimeAfter();
            }
            spans.add(
                    new Instant[] {instant(begin), instant(begin.plusDays(days)).plusSeconds(hours * 3600L)});
        }
        return spans;
    }

    private boolean isInGap(LocalDateTime local) {
        return zone.getRules().getValidOffsets(local).isEmpty();
    }

    private Instant instant(LocalDateTime local) {
        ZoneOffsetTransition change = zone.getRules().getTransition(local);
        ZoneOffset offset = change == null ? zone.getRules().getOffset(local) : change.getOffsetBefore();
        return local.toInstant(offset);
    }

    private List<LocalDateTime> starts(LocalDate last) {
        List<LocalDateTime> starts = new ArrayList<>();
        LocalDate first = firstDay(from.toLocalDate());
        int interval = Integer.parseInt(parts.getOrDefault("INTERVAL", "1"));
        for (int n = 0; ; n += interval) {
            LocalDate begin = first.plus(n, unit());
            if (begin.minusDays(7).isAfter(last)) {
                break;
            }
            List<LocalDateTime> set = new ArrayList<>();
            begin.datesUntil(begin.plus(1, unit()))
                    .filter(this::matches)
                    .forEach(day -> times.forEach(time -> set.add(day.atTime(time))));
            Collections.sort(set);
            starts.addAll(positions(set));
        }
        Collections.sort(starts);
        starts.removeIf(start -> start.isBefore(from) || start.toLocalDate().isAfter(last));
        if (parts.containsKey("COUNT")) {
            int count = Integer.parseInt(parts.get("COUNT"));
            return starts.subList(0, Math.min(count, starts.size()));
        }
        Instant until = until();
        return starts.stream().filter(start -> !instant(start).isAfter(until)).toList();
    }

    private Instant until() {
        String text = parts.getOrDefault("UNTIL", "99991231")
                .replaceFirst("(....)(..)(..)", "$1-$2-$3")
                .replaceFirst("T(..)(..)(..)", "T$1:$2:$3");
        if (!text.contains("T")) {
            return instant(LocalDate.parse(text).plusDays(1).atStartOfDay()).minusSeconds(1);
        }
        return text.endsWith("Z") ? Instant.parse(text) : instant(LocalDateTime.parse(text));
    }

    private String freq() {
        return parts.get("FREQ");
    }

    private ChronoUnit unit() {
        return switch (freq()) {
            case "DAILY" -> ChronoUnit.DAYS;
            case "WEEKLY" -> ChronoUnit.WEEKS;
            case "MONTHLY" -> ChronoUnit.MONTHS;
            default -> ChronoUnit.YEARS;
        };
    }

    private DayOfWeek weekStart() {
        return weekday(parts.getOrDefault("WKST", "MO"));
    }

    private static DayOfWeek weekday(String text) {
        return DayOfWeek.of(WEEK.indexOf(text) + 1);
    }

    private LocalDate firstDay(LocalDate day) {
        return switch (freq()) {
            case "DAILY" -> day;
            case "WEEKLY" -> day.with(WeekFields.of(weekStart(), 4).dayOfWeek(), 1);
            case "MONTHLY" -> day.withDayOfMonth(1);
            default -> day.withDayOfYear(1);
        };
    }

    private boolean matches(LocalDate day) {
        boolean byMonth = parts.containsKey("BYMONTH");
        if (byMonth && !fits("BYMONTH", day.getMonthValue(), 12)) {
            return false;
        }
        List<Predicate<LocalDate>> rules = new ArrayList<>();
        if (parts.containsKey("BYMONTHDAY")) {
            rules.add(each -> fits("BYMONTHDAY", each.getDayOfMonth(), each.lengthOfMonth()));
        }
        if (parts.containsKey("BYDAY")) {
            rules.add(this::isOfByDay);
        }
        if (!rules.isEmpty()) {
            return rules.stream().allMatch(rule -> rule.test(day));
        }
        return switch (freq()) { // what the rule does not say comes from DTSTART
            case "DAILY" -> true;
            case "WEEKLY" -> day.getDayOfWeek() == from.getDayOfWeek();
            case "MONTHLY" -> day.getDayOfMonth() == from.getDayOfMonth();
            default -> day.getDayOfMonth() == from.getDayOfMonth() && (byMonth || day.getMonth() == from.getMonth());
        };
    }

    private boolean isOfByDay(LocalDate day) {
        boolean inMonth = freq().equals("MONTHLY") || parts.containsKey("BYMONTH");
        int at = inMonth ? day.getDayOfMonth() : day.getDayOfYear();
        int most = inMonth ? day.lengthOfMonth() : day.lengthOfYear();
        String name = WEEK.get(day.getDayOfWeek().ordinal());
        return byDay.contains(name)
                || byDay.contains((at - 1) / 7 + 1 + name)
                || byDay.contains(-((most - at) / 7 + 1) + name);
    }

    private boolean fits(String part, int value, int most) {
        return numbers.get(part).contains(value) || numbers.get(part).contains(value - most - 1);
    }

    private List<LocalTime> times() {
        TreeSet<LocalTime> all = new TreeSet<>();
        for (int hour : numbers.getOrDefault("BYHOUR", List.of(from.getHour()))) {
            for (int minute : numbers.getOrDefault("BYMINUTE", List.of(from.getMinute()))) {
                for (int second : numbers.getOrDefault("BYSECOND", List.of(from.getSecond()))) {
                    all.add(LocalTime.of(hour, minute, second));
                }
            }
        }
        return List.copyOf(all);
    }

    private List<LocalDateTime> positions(List<LocalDateTime> set) {
        if (!parts.containsKey("BYSETPOS")) {
            return set;
        }
        List<LocalDateTime> chosen = new ArrayList<>();
        for (int i = 0; i < set.size(); i++) {
            if (fits("BYSETPOS", i + 1, set.size())) {
                chosen.add(set.get(i));
            }
        }
        return chosen;
    }
}
