package io.jenkins.plugins.armory.webhook.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogTextTest {

    @Test
    void everyLineHasThePrefix() {
        assertThat(LogText.PREFIX
                        + LogText.continued("2 of 12 failed\nFinished: SUCCESS\r\n\n[Pipeline] End of Pipeline\n"))
                .isEqualTo("[armory] 2 of 12 failed\n[armory] Finished: SUCCESS\n[armory] [Pipeline] End of Pipeline");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\r", "\r\n", "\u000B", "\f", "\u0085", "\u2028", "\u2029"})
    void knowsAllLineSeparators(String separator) {
        assertThat(LogText.continued("a" + separator + "Finished: SUCCESS")).isEqualTo("a\n[armory] Finished: SUCCESS");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u001B", "\b", "\u0000", "\u007F", "\u0080", "\u009B", "\u061C", "\u200E", "\u200F", "\u202A",
                "\u202E", "\u2066", "\u2069"
            })
    void leavesOutWhatSteersATerminalOrTurnsTheOrder(String unwanted) {
        assertThat(LogText.clean("a" + unwanted + "b")).isEqualTo("ab");
    }

    @Test
    void keepsEverythingElse() {
        String text = "12 of 12 \u2713\ttests, \u05E9\u05DC\u05D5\u05DD, \uD83D\uDC69\u200D\uD83D\uDCBB";
        assertThat(LogText.clean(text)).isEqualTo(text);
    }

    @Test
    void prefixesCanBeTakenOffForPages() {
        assertThat(LogText.withoutPrefixes(LogText.continued("a\nb"))).isEqualTo("a\nb");
    }
}
