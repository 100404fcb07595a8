package io.jenkins.plugins.armory.window;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.Draw;
import io.jenkins.plugins.armory.Seeds;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Compares the windows of random rules, at random moments, with {@link DayByDay}. */
class WindowsPropertyTest {

    private static final List<String> ZONES =
            List.of("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Kolkata", "UTC");
    private static final Duration YEAR = Duration.ofDays(366);

    private record Both(Window window, boolean denies, List<Instant[]> spans) {}

    @Test
    void windowsOpenAndCloseAsTheDaysSay() {
        Seeds.each(1_000, draw -> {
            LocalDateTime around =
                    LocalDate.of(2020, 1, 1).plusDays(draw.nextInt(3000)).atTime(draw.nextInt(24), draw.nextInt(60));
            List<Both> all = draw.list(1, draw.any(1, 2, 3), () -> window(draw, around)).stream()
                    .flatMap(Optional::stream)
                    .toList();
            var windows = new Windows(all.stream().map(Both::window).toList());
            Predicate<Instant> open = open(all);
            TreeSet<Instant> edges = all.stream()
                    .flatMap(each -> each.spans().stream())
                    .flatMap(Stream::of)
                    .collect(Collectors.toCollection(TreeSet::new));
            for (int i = 0; i < 4; i++) {
                Instant moment = moment(draw, edges, around.toInstant(ZoneOffset.UTC));

                assertThat(windows.isOpen(moment))
                        .as("%s at %s", windows, moment)
                        .isEqualTo(open.test(moment));
                assertThat(windows.nextOpening(moment))
                        .as("opening of %s from %s", windows, moment)
                        .isEqualTo(first(edges, moment, open));
                assertThat(windows.nextClosing(moment))
                        .as("closing of %s from %s", windows, moment)
                        .isEqualTo(first(edges, moment, open.negate()));
            }
        });
    }

    /** Returns a window, empty for a rule that never occurs. */
    private static Optional<Both> window(Draw draw, LocalDateTime around) {
        LocalDateTime from = draw.oneIn(50)
                ? LocalDate.EPOCH.atStartOfDay()
                : around.minusDays(draw.nextInt(300)).with(time(draw));
        String zone = draw.any(ZONES);
        boolean denies = draw.nextBoolean();
        String rule = rule(draw, around);
        int days = draw.oneIn(3) ? draw.between(1, 10) : 0;
        int hours = days == 0 || draw.oneIn(4) ? draw.between(1, 50) : 0;
        String lasts = "P" + (days == 0 ? "" : days + "D") + (hours == 0 ? "" : "T" + hours + "H");
        var reference = new DayByDay(rule, from, ZoneId.of(zone), denies, days, hours);
        Window window;
        try {
            window = Window.of(denies ? null : rule, denies ? rule : null, from.toString(), lasts, zone, null);
        } catch (IllegalArgumentException x) {
            assertThat(x).hasMessageContaining("never occurs");
            assertThat(reference.spans(from.toLocalDate().plusYears(9)))
                    .as(rule + from)
                    .isEmpty();
            return Optional.empty();
        }
        List<Instant[]> spans = reference.spans(around.toLocalDate().plusDays(440));
        return Optional.of(new Both(window, denies, spans));
    }

    private static LocalTime time(Draw draw) {
        return LocalTime.of(draw.between(0, 23), draw.any(0, 15, 30, 59));
    }

    private static String rule(Draw draw, LocalDateTime around) {
        String freq = draw.any("DAILY", "WEEKLY", "MONTHLY", "YEARLY");
        List<String> parts = new ArrayList<>(List.of("FREQ=" + freq));
        if (draw.oneIn(3)) {
            parts.add("INTERVAL=" + draw.between(1, 6));
        }
        boolean byMonth = draw.oneIn(4);
        if (byMonth) {
            parts.add("BYMONTH=" + numbers(draw, 4, () -> draw.between(1, 12)));
        }
        if (!freq.equals("WEEKLY") && (!freq.equals("YEARLY") || byMonth) && draw.oneIn(3)) {
            parts.add("BYMONTHDAY=" + numbers(draw, 4, () -> draw.between(1, 31) * draw.any(1, 1, -1)));
        }
        if (draw.oneIn(2)) {
            boolean numbered = (freq.equals("MONTHLY") || freq.equals("YEARLY")) && draw.oneIn(2);
            parts.add("BYDAY="
                    + Stream.generate(() -> (numbered ? draw.any("1", "2", "-1", "-2", "5") : "")
                                    + draw.any("MO", "TU", "WE", "TH", "FR", "SA", "SU"))
                            .limit(draw.between(1, 3))
                            .distinct()
                            .collect(Collectors.joining(",")));
        }
        if (draw.oneIn(4)) {
            parts.add("WKST=" + draw.any("MO", "SU", "WE"));
        }
        if (draw.oneIn(2)) {
            parts.add("BYHOUR=" + numbers(draw, 3, () -> draw.any(0, 1, 2, 3, 9, 23)));
        }
        if (draw.oneIn(4)) {
            parts.add("BYMINUTE=" + numbers(draw, 2, () -> draw.any(0, 15, 30, 59)));
        }
        // For lib-recur, months before DTSTART have no positions
        if (draw.oneIn(8)
                && !(freq.equals("YEARLY") && byMonth)
                && parts.stream().anyMatch(part -> part.startsWith("BY"))) {
            parts.add("BYSETPOS=" + numbers(draw, 2, () -> draw.any(1, 2, -1, -2)));
        }
        LocalDateTime end = around.plusDays(draw.nextInt(200) - 50);
        String date = end.toLocalDate().toString().replace("-", "");
        switch (draw.nextInt(12)) {
            case 0 -> parts.add("COUNT=" + draw.between(1, 400));
            case 1 -> parts.add("UNTIL=" + date);
            case 2 -> parts.add("UNTIL=" + date + "T013000Z");
            case 3 -> parts.add("UNTIL=" + date + "T090000");
            default -> {}
        }
        return String.join(";", parts);
    }

    private static String numbers(Draw draw, int most, IntSupplier number) {
        return Stream.generate(number::getAsInt)
                .limit(draw.between(1, most))
                .distinct()
                .map(String::valueOf)
                .collect(Collectors.joining(","));
    }

    /** Returns a moment near an end or a start, or any; a year from it is still in what {@link #window} looks at. */
    private static Instant moment(Draw draw, TreeSet<Instant> edges, Instant around) {
        Instant edge = edges.ceiling(around.plus(Duration.ofHours(draw.nextInt(1500))));
        boolean isFar = edge == null || edge.isAfter(around.plus(Duration.ofDays(70)));
        return isFar || draw.oneIn(3) ? around : edge.plusMillis(draw.any(-1, 0, 1));
    }

    /** Returns the windows that allow, or those that deny, with those united that touch: their starts and ends. */
    private static TreeMap<Instant, Instant> united(List<Both> all, boolean denying) {
        TreeMap<Instant, Instant> united = new TreeMap<>();
        all.stream()
                .filter(each -> each.denies() == denying)
                .flatMap(each -> each.spans().stream())
                .sorted(Comparator.comparing(span -> span[0]))
                .forEach(span -> {
                    Map.Entry<Instant, Instant> before = united.lastEntry();
                    boolean touches = before != null && !before.getValue().isBefore(span[0]);
                    Instant start = touches ? before.getKey() : span[0];
                    united.merge(start, span[1], (one, other) -> one.isAfter(other) ? one : other);
                });
        return united;
    }

    private static boolean contains(TreeMap<Instant, Instant> united, Instant moment) {
        Map.Entry<Instant, Instant> before = united.floorEntry(moment);
        return before != null && moment.isBefore(before.getValue());
    }

    private static Predicate<Instant> open(List<Both> all) {
        boolean always = all.stream().allMatch(Both::denies);
        TreeMap<Instant, Instant> allowed = united(all, false);
        TreeMap<Instant, Instant> denied = united(all, true);
        return moment -> (always || contains(allowed, moment)) && !contains(denied, moment);
    }

    private static Optional<Instant> first(TreeSet<Instant> edges, Instant from, Predicate<Instant> state) {
        return Stream.concat(Stream.of(from), edges.subSet(from, true, from.plus(YEAR), true).stream())
                .filter(state)
                .findFirst();
    }
}
