package io.jenkins.plugins.armory.approval;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationTextTest {

    @ParameterizedTest
    @CsvSource({
        "PT0S, 0 ms",
        "PT0.25S, 250 ms",
        "PT1S, 1 second",
        "PT1.5S, 1500 ms",
        "PT60S, 1 minute",
        "PT90S, 90 seconds",
        "PT1H, 1 hour",
        "PT24H, 24 hours",
        "PT36H, 36 hours",
        "PT48H, 2 days",
        "PT23H59M59.934S, 86399 seconds",
        "PT1M0.001S, 1 minute",
    })
    void isInTheLargestUnitOfWhichItIsAWholeNumber(Duration duration, String text) {
        assertThat(DurationText.of(duration)).isEqualTo(text);
    }
}
