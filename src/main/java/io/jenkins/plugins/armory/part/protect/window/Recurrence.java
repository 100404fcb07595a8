package io.jenkins.plugins.armory.part.protect.window;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.dmfs.rfc5545.DateTime;
import org.dmfs.rfc5545.recur.Freq;
import org.dmfs.rfc5545.recur.InvalidRecurrenceRuleException;
import org.dmfs.rfc5545.recur.RecurrenceRule;
import org.dmfs.rfc5545.recur.RecurrenceRule.Part;
import org.dmfs.rfc5545.recur.RecurrenceRuleIterator;

/**
 * A recurrence rule (RFC 5545, section 3.3.10). Its times are local: lib-recur gets them as times of UTC, which has no
 * gaps.
 */
final class Recurrence {

    /**
     * Not BYWEEKNO, BYYEARDAY, and BYMONTHDAY of a year: lib-recur 0.17.1 reads week 53, day -366 and the month
     * otherwise than the RFC. Not the calendars of RFC 7529.
     */
    private static final Pattern PARTS = Pattern.compile(
            "(?i)((FREQ|INTERVAL|COUNT|UNTIL|WKST|BY(MONTH|MONTHDAY|DAY|HOUR|MINUTE|SECOND|SETPOS))=[^;]+(;|$))+");

    /** The most that INTERVAL and COUNT may be: up to COUNT starts are gone through at each look. */
    private static final int MOST = 1000;

    private static final int MOST_A_DAY = 24;
    private static final String NEVER = "never occurs";

    private final RecurrenceRule rule;
    private final LocalDateTime from;
    private final ZoneId zone;
    private final Instant until;

    /**
     * @param from DTSTART
     * @throws IllegalArgumentException saying what is wrong with the rule
     */
    Recurrence(String text, LocalDateTime from, ZoneId zone) {
        if (!PARTS.matcher(text).matches()) {
            throw new IllegalArgumentException("has none of the known parts, or others");
        }
        try {
            rule = new RecurrenceRule(text, RecurrenceRule.RfcMode.RFC5545_STRICT);
        } catch (InvalidRecurrenceRuleException x) {
            throw new IllegalArgumentException("cannot be read: " + x.getMessage(), x);
        }
        this.from = from;
        this.zone = zone;
        until = until();
        if (rule.getFreq() == Freq.YEARLY && rule.hasPart(Part.BYMONTHDAY) && !rule.hasPart(Part.BYMONTH)) {
            throw new IllegalArgumentException("has BYMONTHDAY without BYMONTH");
        }
        if (rule.getFreq().compareTo(Freq.DAILY) > 0) {
            throw new IllegalArgumentException("has a FREQ below DAILY");
        }
        if (rule.getInterval() > MOST || rule.getCount() != null && rule.getCount() > MOST) {
            throw new IllegalArgumentException("has an INTERVAL or COUNT above " + MOST);
        }
        if (values(Part.BYHOUR) * values(Part.BYMINUTE) * values(Part.BYSECOND) > MOST_A_DAY) {
            throw new IllegalArgumentException("begins more than " + MOST_A_DAY + " times a day");
        }
    }

    private long values(Part part) {
        return rule.hasPart(part) ? rule.getByPart(part).size() : 1;
    }

    /**
     * Takes UNTIL out of the rule, since lib-recur does not compare a moment of UTC with local times, and returns it.
     */
    private Instant until() {
        DateTime until = rule.getUntil();
        if (until == null) {
            return Instant.MAX;
        }
        rule.setUntil(null);
        LocalDateTime last = local(until.getTimestamp());
        return (until.isAllDay() ? last.with(LocalTime.MAX) : last)
                .atZone(until.isFloating() ? zone : ZoneOffset.UTC)
                .toInstant();
    }

    /**
     * Returns the rule if it ever occurs. The library fails for some that do not (dmfs/lib-recur#100, #108).
     *
     * @throws IllegalArgumentException saying that it never occurs
     */
    Recurrence checked() {
        try {
            if (starts(from).findFirst().isPresent()) {
                return this;
            }
        } catch (IllegalArgumentException | IllegalStateException x) {
            throw new IllegalArgumentException(NEVER, x);
        }
        throw new IllegalArgumentException(NEVER);
    }

    /** Returns the starts from a local time on, in their order. */
    Stream<LocalDateTime> starts(LocalDateTime since) {
        int days = rule.getInterval()
                * switch (rule.getFreq()) {
                    case DAILY -> 1;
                    case WEEKLY -> 7;
                    default -> 0;
                };
        LocalDateTime first = from;
        if (days > 0 && rule.getCount() == null && since.isAfter(from)) { // lib-recur would count these days one by one
            first = from.plusDays(ChronoUnit.DAYS.between(from, since) / days * days);
        }
        RecurrenceRuleIterator starts = rule.iterator(millis(first), DateTime.UTC);
        starts.fastForward(millis(since));
        return Stream.iterate(starts, RecurrenceRuleIterator::hasNext, Recurrence::withoutNext)
                .map(each -> local(each.peekMillis()))
                .takeWhile(start -> !start.atZone(zone).toInstant().isAfter(until));
    }

    private static RecurrenceRuleIterator withoutNext(RecurrenceRuleIterator starts) {
        starts.nextMillis();
        return starts;
    }

    private static long millis(LocalDateTime local) {
        return local.toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    private static LocalDateTime local(long millis) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(millis), ZoneOffset.UTC);
    }
}
