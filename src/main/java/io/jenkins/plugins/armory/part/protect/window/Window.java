package io.jenkins.plugins.armory.part.protect.window;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.io.Serializable;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRulesProvider;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A time in which an environment may be deployed to, or may not. It consists of texts, so that a saved Pipeline can be
 * read even if Java does not know its zone any more.
 *
 * @param times a rule such as {@code FREQ=WEEKLY;BYDAY=MO;BYHOUR=9}, or an interval such as {@code
 *     2026-12-20/2027-01-03}, which contains its last day, or {@code 2026-12-20T18:00/2027-01-04T06:00}
 * @param from the DTSTART of a rule, {@code null} for the beginning of 1970
 * @param lasts how long each window of a rule is: {@code PT8H} of elapsed time, or {@code P1D}, nominal days
 */
@Restricted(NoExternalUse.class)
public record Window(
        boolean denies,
        String times,
        @CheckForNull String from,
        @CheckForNull String lasts,
        String zone,
        @CheckForNull String reason)
        implements Serializable {

    private static final LocalDateTime EPOCH = LocalDate.EPOCH.atStartOfDay();
    private static final int LAST_YEAR = 9999;
    private static final int MOST_DAYS = 366;

    /** A zone may leave out a day. */
    private static final int MARGIN_DAYS = 2;

    /** @param end the first moment after it */
    record Span(Instant start, Instant end) {
        boolean contains(Instant moment) {
            return !moment.isBefore(start) && moment.isBefore(end);
        }
    }

    /** RFC 5545, section 3.3.6. */
    private record Length(Period days, Duration time) {
        Instant after(ZonedDateTime start) {
            return start.plus(days).withEarlierOffsetAtOverlap().plus(time).toInstant();
        }
    }

    /**
     * Returns a window of the settings.
     *
     * @throws IllegalArgumentException naming the field that is wrong, and how to mend it
     */
    public static Window of(
            @CheckForNull String allow,
            @CheckForNull String deny,
            @CheckForNull String from,
            @CheckForNull String lasts,
            @CheckForNull String zone,
            @CheckForNull String reason) {
        if ((allow == null) == (deny == null)) {
            throw new IllegalArgumentException(
                    allow == null
                            ? "allow: is missing; write allow or deny"
                            : "deny: is beside allow; make two windows of them");
        }
        String field = allow == null ? "deny" : "allow";
        var window = new Window(allow == null, allow == null ? deny : allow, from, lasts, zone, reason);
        Bound.LINE.check(field, window.times);
        Bound.LINE.check("lasts", lasts);
        Bound.LINE.check("reason", reason);
        window.check("zone", "write an IANA time zone such as Europe/Berlin", Window::place);
        if (window.isRule()) {
            window.check("from", "write a local time such as 2026-01-05T09:00", Window::start);
            window.check(
                    "lasts",
                    "write up to " + MOST_DAYS + " days, such as PT8H for 8 hours or P1D for a day",
                    Window::length);
        } else if (from != null || lasts != null) {
            throw new IllegalArgumentException(
                    (from == null ? "lasts" : "from") + ": belongs to a rule, and not to an interval; leave it out");
        }
        window.check(
                field,
                "write a rule such as FREQ=WEEKLY;BYDAY=MO;BYHOUR=9, or an interval such as 2026-12-20/2027-01-03",
                each -> each.isRule() ? each.rule(each.place()).checked() : each.interval(each.place()));
        return window;
    }

    private void check(String field, String mend, Function<Window, Object> part) {
        try {
            part.apply(this);
        } catch (IllegalArgumentException | DateTimeException x) {
            throw new IllegalArgumentException(field + ": " + x.getMessage() + "; " + mend, x);
        }
    }

    private boolean isRule() {
        return times.indexOf('/') < 0;
    }

    private ZoneId place() {
        if (zone == null) {
            throw new DateTimeException("is missing");
        }
        if (!ZoneRulesProvider.getAvailableZoneIds().contains(zone)) { // ZoneId has offsets too
            throw new DateTimeException("is unknown");
        }
        return ZoneId.of(zone);
    }

    private LocalDateTime start() {
        LocalDateTime start = from == null ? EPOCH : LocalDateTime.parse(from);
        if (start.isBefore(EPOCH) || start.getYear() > LAST_YEAR) {
            throw new DateTimeException("is before 1970 or after " + LAST_YEAR);
        }
        return start;
    }

    private Length length() {
        if (lasts == null) {
            throw new DateTimeException("is missing");
        }
        Length length = parsed(lasts);
        if (length.days.isNegative()
                || length.time.isNegative()
                || length.days.isZero() && length.time.isZero()
                || length.days.toTotalMonths() != 0
                || length.days.getDays() + length.time.toDays() > MOST_DAYS) {
            throw new DateTimeException("is not of days and hours, or too long");
        }
        return length;
    }

    private static Length parsed(String lasts) {
        int time = lasts.indexOf('T');
        try {
            return new Length(
                    time == 1 ? Period.ZERO : Period.parse(time < 0 ? lasts : lasts.substring(0, time)),
                    time < 0 ? Duration.ZERO : Duration.parse("P" + lasts.substring(time)));
        } catch (DateTimeParseException x) {
            throw new DateTimeException("is no duration of ISO 8601", x);
        }
    }

    private Recurrence rule(ZoneId place) {
        return new Recurrence(times, start(), place);
    }

    private Span interval(ZoneId place) {
        int slash = times.indexOf('/');
        String first = times.substring(0, slash);
        String last = times.substring(slash + 1);
        Instant start =
                isTime(first) ? begin(LocalDateTime.parse(first), place) : midnight(LocalDate.parse(first), place);
        Instant end = isTime(last)
                ? LocalDateTime.parse(last).atZone(place).toInstant()
                : midnight(LocalDate.parse(last).plusDays(1), place);
        if (start == null || !start.isBefore(end)) {
            throw new DateTimeException("ends before it begins, or begins when clocks are put forward");
        }
        return new Span(start, end);
    }

    private static boolean isTime(String text) {
        return text.indexOf('T') >= 0;
    }

    private static Instant midnight(LocalDate date, ZoneId place) {
        return date.atStartOfDay(place).toInstant();
    }

    /**
     * Returns the moment of a local start, {@code null} for one that clocks skip; a window that denies begins when they
     * have.
     */
    @CheckForNull
    private Instant begin(LocalDateTime start, ZoneId place) {
        ZoneOffsetTransition change = place.getRules().getTransition(start);
        if (change == null || change.isOverlap()) {
            return start.atZone(place).toInstant();
        }
        return denies ? change.getInstant() : null;
    }

    /**
     * Returns the windows of a period, by their starts, perhaps with some before and after it. If there is no telling,
     * it denies always or allows never.
     */
    List<Span> spans(Instant first, Instant last) {
        try {
            ZoneId place = place();
            return isRule() ? recurring(place, first, last) : List.of(interval(place));
        } catch (RuntimeException x) { // its zone is no longer there, or the library fails
            return denies ? List.of(new Span(Instant.MIN, Instant.MAX)) : List.of();
        }
    }

    private List<Span> recurring(ZoneId place, Instant first, Instant last) {
        Length length = length();
        LocalDateTime since = LocalDateTime.ofInstant(first, place)
                .minus(length.days)
                .minus(length.time)
                .minusDays(MARGIN_DAYS);
        LocalDateTime until = LocalDateTime.ofInstant(last, place).plusDays(MARGIN_DAYS);
        return rule(place)
                .starts(since)
                .takeWhile(start -> start.isBefore(until))
                .map(start -> begin(start, place))
                .filter(Objects::nonNull)
                .map(start -> new Span(start, length.after(start.atZone(place))))
                .toList();
    }
}
