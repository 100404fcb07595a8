package io.jenkins.plugins.armory.part.protect.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tests of what is refused when a window is saved. */
class WindowTest {

    private static final String BERLIN = "Europe/Berlin";

    private static void assertRefused(
            String message, String allow, String deny, String from, String lasts, String zone) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Window.of(allow, deny, from, lasts, zone, null))
                .withMessage(message);
    }

    @Test
    void aWindowEitherAllowsOrDenies() {
        assertRefused("allow: is missing; write allow or deny", null, null, null, null, BERLIN);
        assertRefused(
                "deny: is beside allow; make two windows of them", "FREQ=DAILY", "FREQ=DAILY", null, "PT1H", BERLIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Berlin", "+01:00", "europe/berlin", "UTC+1"})
    void theZoneIsOfIana(String zone) {
        assertRefused(
                "zone: is unknown; write an IANA time zone such as Europe/Berlin",
                "FREQ=DAILY",
                null,
                null,
                "PT1H",
                zone);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "8",
                "8h",
                "PT8",
                "PT0S",
                "P0D",
                "PT-8H",
                "-PT8H",
                "P-1D",
                "P1M",
                "P1Y",
                "P367D",
                "P366DT24H",
                "PT8784H1S0"
            })
    void aRuleHasALength(String lasts) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Window.of("FREQ=DAILY", null, null, lasts, BERLIN, null))
                .withMessageMatching("lasts: (is no duration of ISO 8601|is not of days and hours, or too long);"
                        + " write up to 366 days, such as PT8H for 8 hours or P1D for a day");
    }

    @Test
    void theLengthIsNotLeftOut() {
        assertRefused(
                "lasts: is missing; write up to 366 days, such as PT8H for 8 hours or P1D for a day",
                "FREQ=DAILY",
                null,
                null,
                null,
                BERLIN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT8H", "PT30M", "PT0.5S", "P1D", "P2W", "P1DT12H", "P366D", "PT8784H"})
    void aLengthIsOfDaysOrTime(String lasts) {
        assertThat(Window.of(null, "FREQ=DAILY", null, lasts, BERLIN, null).lasts())
                .isEqualTo(lasts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-01-05",
                "2026-02-29T09:00",
                "1969-12-31T23:59",
                "+10000-01-01T00:00",
                "2026-01-05T09:00Z"
            })
    void theStartIsALocalTime(String from) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Window.of("FREQ=DAILY", null, from, "PT1H", BERLIN, null))
                .withMessageMatching("from: .*; write a local time such as 2026-01-05T09:00");
    }

    @Test
    void anIntervalHasNeitherStartNorLength() {
        String interval = "2026-12-20/2027-01-03";

        assertRefused(
                "from: belongs to a rule, and not to an interval; leave it out",
                interval,
                null,
                "2026-01-05T09:00",
                null,
                BERLIN);
        assertRefused(
                "lasts: belongs to a rule, and not to an interval; leave it out", null, interval, null, "P1D", BERLIN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "2026-12-20",
                "/",
                "2026-12-20/",
                "/2026-12-20",
                "2026-12-20/2026-12-19",
                "2026-12-20/2026-12-32",
                "2026-12-20T09:00/2026-12-20T09:00",
                "2026-12-20T09:00/PT8H",
                "2026-12-20/2026-12-21/2026-12-22",
                "2026-12-20T09:00Z/2026-12-21T09:00Z",
                "2026-03-29T02:30/2026-03-30",
                "2026-12-20/+999999999-12-31"
            })
    void anIntervalHasAStartAndALaterEnd(String interval) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Window.of(interval, null, null, interval.contains("/") ? null : "P1D", BERLIN, null))
                .withMessageMatching("allow: .*; write a rule such as FREQ=WEEKLY;BYDAY=MO;BYHOUR=9,"
                        + " or an interval such as 2026-12-20/2027-01-03");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FREQ=HOURLY | has a FREQ below DAILY",
                "FREQ=MINUTELY | has a FREQ below DAILY",
                "FREQ=SECONDLY;INTERVAL=600 | has a FREQ below DAILY",
                "FREQ=DAILY;INTERVAL=1001 | has an INTERVAL or COUNT above 1000",
                "FREQ=WEEKLY;INTERVAL=2147483647 | has an INTERVAL or COUNT above 1000",
                "FREQ=DAILY;COUNT=1001 | has an INTERVAL or COUNT above 1000",
                "FREQ=DAILY;BYHOUR=1,2,3,4,5;BYMINUTE=1,2,3,4,5 | begins more than 24 times a day",
                "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30 | never occurs",
                "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31 | never occurs",
                "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31 | never occurs",
                "FREQ=MONTHLY;BYMONTH=4;BYMONTHDAY=31;BYHOUR=1,2;BYSETPOS=1 | never occurs",
                "FREQ=MONTHLY;INTERVAL=12;BYMONTH=3 | never occurs",
                "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9 | never occurs",
                "FREQ=DAILY;BYSECOND=60 | never occurs",
                "FREQ=DAILY;UNTIL=19691231 | never occurs",
                "FREQ=YEARLY;BYMONTHDAY=1 | has BYMONTHDAY without BYMONTH",
                "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO | has none of the known parts, or others",
                "FREQ=YEARLY;BYYEARDAY=-366 | has none of the known parts, or others",
                "RSCALE=CHINESE;FREQ=YEARLY | has none of the known parts, or others",
                "FREQ=DAILY;SKIP=FORWARD | has none of the known parts, or others",
                "FREQ=DAILY;X-ANY=1 | has none of the known parts, or others",
                "FREQ=DAILY;_BYDAY_FILTER=MO | has none of the known parts, or others",
                "FREQ=DAILY;BYHOUR | has none of the known parts, or others",
                "FREQ= | has none of the known parts, or others",
                "RRULE:FREQ=DAILY | has none of the known parts, or others",
                "BYHOUR=9 | cannot be read: FREQ part is missing",
                "FREQ=DAILY;FREQ=DAILY | cannot be read: duplicate part FREQ in FREQ=DAILY;FREQ=DAILY",
                "FREQ=DAILY;INTERVAL=0 | cannot be read: int value out of range: 0",
                "FREQ=DAILY;COUNT=1;UNTIL=20300101 | cannot be read: UNTIL and COUNT must not occur in the same rule.",
                "FREQ=WEEKLY;BYDAY=60MO | cannot be read: invalid weeknum: '60MO'",
                "FREQ=DAILY;UNTIL=2030-01-01 | cannot be read: Invalid UNTIL date: 2030-01-01",
            })
    void aRuleHasToBeReadAndToOccur(String rule, String problem) {
        assertRefused(
                "deny: " + problem
                        + "; write a rule such as FREQ=WEEKLY;BYDAY=MO;BYHOUR=9, or an interval such as 2026-12-20/2027-01-03",
                null,
                rule,
                null,
                "PT1H",
                BERLIN);
    }

    @Test
    void textsHaveBounds() {
        String rule = "FREQ=DAILY;BYMONTH=" + "1,".repeat(600) + "1";

        assertThatIllegalArgumentException()
                .isThrownBy(() -> Window.of(rule, null, null, "PT1H", BERLIN, null))
                .withMessage("allow: is longer than 1024 characters: it has 1220");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Window.of("FREQ=DAILY", null, null, "PT" + "0".repeat(1100) + "1H", BERLIN, null))
                .withMessageStartingWith("lasts: is longer than 1024 characters");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Window.of("FREQ=DAILY", null, null, "PT1H", BERLIN, "x".repeat(1025)))
                .withMessageStartingWith("reason: is longer than 1024 characters");
    }
}
