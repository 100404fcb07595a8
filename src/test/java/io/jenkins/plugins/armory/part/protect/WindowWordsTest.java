package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.part.protect.window.Window;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WindowWordsTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR;BYHOUR=9 | | PT8H | Monday to Friday, 9:00 to 17:00, UTC",
                "BYHOUR=9;FREQ=WEEKLY;BYDAY=TH,MO,WE;BYMINUTE=30 | | PT1H | Monday, Wednesday to Thursday, 9:30 to 10:30, UTC",
                "freq=daily;byhour=22 | | PT8H | every day, 22:00 to 6:00 on the next day, UTC",
                "FREQ=DAILY;BYDAY=SU | | P1D | Sunday, all day, UTC",
                "FREQ=WEEKLY;BYDAY=FR;BYHOUR=18 | | P2DT12H | Friday 18:00 to Monday 6:00, UTC",
                "FREQ=WEEKLY | 2026-01-05T09:00 | PT1H | Monday, 9:00 to 10:00, from January 5, 2026 9:00 on, UTC",
                "FREQ=DAILY;BYHOUR=9,14 | | PT1H | FREQ=DAILY;BYHOUR=9,14, PT1H, UTC",
                "FREQ=MONTHLY;BYDAY=1MO | | P1W | FREQ=MONTHLY;BYDAY=1MO, P1W, UTC",
                "FREQ=DAILY | | P2D | FREQ=DAILY, P2D, UTC",
                "2026-12-20/2027-01-03 | | | December 20, 2026 to January 3, 2027, UTC",
                "2026-12-24/2026-12-24 | | | December 24, 2026, UTC",
                "2026-12-20T18:00/2027-01-04 | | | December 20, 2026 18:00 to January 4, 2027, UTC",
            })
    void saysWhenItIs(String times, String from, String lasts, String sentence) {
        assertThat(new WindowWords(Locale.ENGLISH).of(Window.of(times, null, from, lasts, "UTC", null)))
                .isEqualTo(sentence);
    }

    @Test
    void namesDaysInTheLanguageOfTheUser() {
        assertThat(new WindowWords(Locale.GERMAN)
                        .of(Window.of(null, "FREQ=WEEKLY;BYDAY=FR;BYHOUR=9", null, "PT1H", "Europe/Berlin", "Umzug")))
                .isEqualTo("Freitag, 9:00 to 10:00, Europe/Berlin, Umzug");
    }
}
