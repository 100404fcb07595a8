package io.jenkins.plugins.armory.part.protect.window;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tests of when windows open and close. */
class WindowsTest {

    private static final String BERLIN = "Europe/Berlin";

    private static Window allow(String rule, String lasts) {
        return Window.of(rule, null, null, lasts, BERLIN, null);
    }

    private static Window deny(String rule, String lasts) {
        return Window.of(null, rule, null, lasts, BERLIN, null);
    }

    private static Window freeze(String interval) {
        return Window.of(null, interval, null, null, BERLIN, "Christmas");
    }

    private static Windows windows(Window... windows) {
        return new Windows(List.of(windows));
    }

    /** Returns a moment; a local time is of Berlin. */
    private static Instant at(String text) {
        return text.endsWith("Z")
                ? Instant.parse(text)
                : LocalDateTime.parse(text).atZone(ZoneId.of(BERLIN)).toInstant();
    }

    /** Checks until when it is closed, and from then on open, to the millisecond. */
    private static void assertOpens(Windows windows, String moment) {
        assertThat(windows.isOpen(at(moment).minusMillis(1))).isFalse();
        assertThat(windows.isOpen(at(moment))).isTrue();
        assertThat(windows.nextOpening(at(moment).minusMillis(1))).contains(at(moment));
        assertThat(windows.nextOpening(at(moment).minusSeconds(3600))).contains(at(moment));
        assertThat(windows.nextOpening(at(moment))).contains(at(moment));
    }

    private static void assertCloses(Windows windows, String moment) {
        assertThat(windows.isOpen(at(moment).minusMillis(1))).isTrue();
        assertThat(windows.isOpen(at(moment))).isFalse();
        assertThat(windows.nextClosing(at(moment).minusMillis(1))).contains(at(moment));
        assertThat(windows.nextClosing(at(moment))).contains(at(moment));
    }

    @Test
    void withoutAnyItIsAlwaysOpen() {
        Instant now = at("2026-12-24T18:00");

        var always = new Windows(List.of());
        assertThat(always.isOpen(now)).isTrue();
        assertThat(always.nextOpening(now)).contains(now);
        assertThat(always.nextClosing(now)).isEmpty();
    }

    @Test
    void theExampleOfTheDocumentation() {
        Windows windows =
                windows(allow("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH;BYHOUR=9", "PT8H"), freeze("2026-12-20/2027-01-03"));

        assertOpens(windows, "2026-12-14T09:00");
        assertCloses(windows, "2026-12-17T17:00");
        assertThat(windows.nextOpening(at("2026-12-17T17:00"))).contains(at("2027-01-04T09:00"));
        assertThat(windows.whyClosed(at("2026-12-18T09:00"))).isEqualTo("no window is open");
        assertThat(windows.whyClosed(at("2026-12-21T09:00"))).isEqualTo("Christmas");
    }

    @Test
    void anIntervalOfDatesHasAllOfItsLastDay() {
        Windows windows = windows(freeze("2026-12-20/2027-01-03"));

        assertCloses(windows, "2026-12-20T00:00");
        assertOpens(windows, "2027-01-04T00:00");
    }

    @Test
    void anIntervalOfTimesEndsWhereItSays() {
        Windows windows = windows(freeze("2026-12-20T18:00/2027-01-03T06:00:30"));

        assertCloses(windows, "2026-12-20T18:00");
        assertOpens(windows, "2027-01-03T06:00:30");
    }

    @Test
    void aDayBeginsWhenItsFirstHourIsLeftOut() { // in Cairo on 24 April 2026, at midnight
        Windows windows = windows(Window.of("2026-04-24/2026-04-24", null, null, null, "Africa/Cairo", null));

        assertOpens(windows, "2026-04-23T22:00:00Z");
        assertCloses(windows, "2026-04-24T21:00:00Z");
    }

    @Test
    void denyBeatsAllow() {
        Windows windows = windows(allow("FREQ=DAILY", "P1D"), deny("FREQ=DAILY;BYHOUR=12", "PT1H"));

        assertCloses(windows, "2026-06-01T12:00");
        assertOpens(windows, "2026-06-01T13:00");
        assertThat(windows.whyClosed(at("2026-06-01T12:30"))).isEqualTo("deny: FREQ=DAILY;BYHOUR=12");
    }

    @Test
    void windowsThatOverlapOrTouchAreOne() {
        Windows windows = windows(allow("FREQ=DAILY;BYHOUR=9,12", "PT4H"), allow("FREQ=DAILY;BYHOUR=16", "PT1H"));

        assertOpens(windows, "2026-06-01T09:00");
        assertThat(windows.nextClosing(at("2026-06-01T09:00"))).contains(at("2026-06-01T17:00"));
        assertThat(windows.nextOpening(at("2026-06-01T17:00"))).contains(at("2026-06-02T09:00"));
    }

    @Test
    void aWindowMayLastLongerThanItsPeriod() {
        Windows windows = windows(Window.of("FREQ=DAILY;BYHOUR=9", null, "2026-06-01T00:00", "P3D", BERLIN, null));

        assertOpens(windows, "2026-06-01T09:00");
        assertThat(windows.isOpen(at("2030-01-01T00:00"))).isTrue();
        assertThat(windows.nextClosing(at("2030-01-01T00:00"))).isEmpty();
    }

    /** The clocks of Berlin skip 02:00 to 03:00, those of New York the same hour, those of Lord Howe 02:00 to 02:30. */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2026-03-29T01:00:00Z, 2026-03-28T01:30:00Z, 2026-03-30T00:30:00Z",
        "America/New_York, 2026-03-08T07:00:00Z, 2026-03-07T07:30:00Z, 2026-03-09T06:30:00Z",
        "Australia/Lord_Howe, 2026-10-03T15:30:00Z, 2026-10-02T15:45:00Z, 2026-10-04T15:15:00Z"
    })
    void aStartThatClocksSkip(String zone, String gap, String before, String after) {
        String rule = zone.contains("Howe") ? "FREQ=DAILY;BYHOUR=2;BYMINUTE=15" : "FREQ=DAILY;BYHOUR=2;BYMINUTE=30";
        Windows allowed = windows(Window.of(rule, null, null, "PT1H", zone, null));
        Windows denied = windows(Window.of(null, rule, null, "PT1H", zone, null));

        assertOpens(allowed, before);
        assertThat(allowed.nextOpening(at(before).plusSeconds(3600))).contains(at(after));
        assertCloses(denied, before);
        assertCloses(denied, gap);
        assertOpens(denied, at(gap).plusSeconds(3600).toString());
        assertCloses(denied, after);
    }

    /**
     * The clocks of Berlin have 02:00 to 03:00 twice, those of New York 01:00 to 02:00, those of Lord Howe 01:30 to
     * 02:00.
     */
    @ParameterizedTest
    @CsvSource({
        "Europe/Berlin, 2, 2026-10-25T00:45:00Z",
        "America/New_York, 1, 2026-11-01T05:45:00Z",
        "Australia/Lord_Howe, 1, 2026-04-04T14:45:00Z"
    })
    void anHourThatThereIsTwice(String zone, int hour, String start) {
        String rule = "FREQ=DAILY;BYHOUR=" + hour + ";BYMINUTE=45";
        Windows windows = windows(Window.of(rule, null, null, "PT10M", zone, null));

        assertOpens(windows, start);
        assertThat(windows.nextOpening(at(start).plusSeconds(600)).orElseThrow())
                .isAfter(at(start).plusSeconds(24 * 3600));
    }

    @Test
    void hoursAreElapsedTimeAndDaysNominal() {
        assertCloses(windows(allow("FREQ=DAILY;BYHOUR=20", "PT8H")), "2026-03-29T05:00");
        assertCloses(windows(allow("FREQ=DAILY;BYHOUR=20", "PT8H")), "2026-10-25T03:00");
        assertThat(windows(allow("FREQ=WEEKLY;BYDAY=SA;BYHOUR=20", "P1D")).nextClosing(at("2026-03-28T20:00")))
                .contains(at("2026-03-29T20:00"));
        assertThat(windows(allow("FREQ=WEEKLY;BYDAY=SA;BYHOUR=20", "P1DT1H")).nextClosing(at("2026-10-24T20:00")))
                .contains(at("2026-10-25T21:00"));
        assertThat(windows(allow("FREQ=WEEKLY;BYDAY=SA;BYHOUR=2;BYMINUTE=30", "P1D"))
                        .nextClosing(at("2026-10-24T02:30")))
                .as("the first 02:30")
                .contains(at("2026-10-25T00:30:00Z"));
    }

    @Test
    void aLeapDayIsEveryFourYears() {
        Windows windows = windows(allow("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "P1D"));

        assertOpens(windows, "2028-02-29T00:00");
        assertCloses(windows, "2028-03-01T00:00");
        assertThat(windows.nextOpening(at("2026-12-01T00:00")))
                .as("within 366 days")
                .isEmpty();
        assertThat(windows(Window.of("FREQ=YEARLY", null, "2024-02-29T09:00", "PT1H", BERLIN, null))
                        .nextOpening(at("2027-06-01T00:00")))
                .contains(at("2028-02-29T09:00"));
    }

    @Test
    void aYearAheadIsLookedAtToTheMillisecond() {
        Windows windows = windows(Window.of("2027-06-02T09:00/2027-06-02T10:00", null, null, null, BERLIN, null));

        assertThat(windows.nextOpening(at("2026-06-01T09:00"))).contains(at("2027-06-02T09:00"));
        assertThat(windows.nextOpening(at("2026-06-01T09:00").minusMillis(1))).isEmpty();
    }

    @Test
    void theIntervalIsCountedFromTheStart() {
        Windows windows = windows(
                Window.of("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH", null, "2026-06-03T09:00", "PT8H", BERLIN, null));

        assertThat(windows.nextOpening(at("2026-01-01T00:00"))).contains(at("2026-06-04T09:00"));
        assertThat(windows.nextOpening(at("2026-06-05T00:00"))).contains(at("2026-06-16T09:00"));
        assertThat(windows.nextOpening(at("2041-06-20T00:00"))).contains(at("2041-06-25T09:00"));
    }

    @Test
    void aRuleEndsWithItsCountOrDay() {
        Windows count = windows(Window.of("FREQ=DAILY;COUNT=3", null, "2026-06-01T09:00", "PT1H", BERLIN, null));
        assertThat(count.nextOpening(at("2026-06-02T12:00"))).contains(at("2026-06-03T09:00"));
        assertThat(count.nextOpening(at("2026-06-03T12:00"))).isEmpty();

        for (String until : List.of("20260603", "20260603T090000", "20260603T070000Z")) {
            Windows windows =
                    windows(Window.of("FREQ=DAILY;UNTIL=" + until, null, "2026-06-01T09:00", "PT1H", BERLIN, null));
            assertThat(windows.nextOpening(at("2026-06-02T12:00"))).as(until).contains(at("2026-06-03T09:00"));
            assertThat(windows.nextOpening(at("2026-06-03T12:00"))).as(until).isEmpty();
        }
    }

    /** As a rule that the library fails for, or a zone that the Java of later has no more. */
    @Test
    void whatCannotBeEvaluatedIsClosed() {
        Window never = new Window(false, "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=31", null, "P1D", BERLIN, null);
        Window nowhere = new Window(true, "FREQ=DAILY", null, "PT1H", "Europe/Atlantis", "Flood");
        Instant now = at("2026-06-01T12:00");

        assertThat(windows(never).isOpen(now)).isFalse();
        assertThat(windows(never).nextOpening(now)).isEmpty();
        assertThat(windows(never, allow("FREQ=DAILY", "P1D")).isOpen(now)).isTrue();
        assertThat(windows(nowhere).isOpen(now)).isFalse();
        assertThat(windows(nowhere).nextOpening(now)).isEmpty();
        assertThat(windows(nowhere).nextClosing(now)).contains(now);
        assertThat(windows(nowhere).whyClosed(now)).isEqualTo("Flood");
    }

    @Test
    void thereAreUpToAHundred() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Windows(Collections.nCopies(1001, allow("FREQ=DAILY", "PT1H"))))
                .withMessage("windows: is longer than 1000 entries: it has 1001");
    }

    @Test
    void areSavedWithAPipeline() throws Exception {
        Windows windows = windows(allow("FREQ=DAILY;BYHOUR=9", "PT8H"), freeze("2026-12-20/2027-01-03"));
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(windows);
        }

        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            assertThat(in.readObject()).isEqualTo(windows);
        }
    }
}
