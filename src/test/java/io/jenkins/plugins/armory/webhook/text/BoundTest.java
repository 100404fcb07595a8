package io.jenkins.plugins.armory.webhook.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoundTest {

    private static final String EMOJI = "\ud83d\ude00";

    @Test
    void aTextMayHaveAsManyCharactersAsTheBound() {
        assertThatCode(() -> Bound.LINE.check("name", "n".repeat(1024))).doesNotThrowAnyException();
        assertThatCode(() -> Bound.LINE.check("name", null)).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bound.LINE.check("name", "n".repeat(1025)))
                .withMessage("name: is longer than 1024 characters: it has 1025");
    }

    @Test
    void aListMayHaveAsManyEntriesAsTheBound() {
        List<String> largest = Collections.nCopies(1000, "n".repeat(1024));

        assertThatCode(() -> Bound.LINE.checkEach("names", largest)).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bound.LINE.checkEach("names", Collections.nCopies(1001, "n")))
                .withMessage("names: is longer than 1000 entries: it has 1001");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bound.LINE.checkEach("names", List.of("n", "n".repeat(1025))))
                .withMessage("names: is longer than 1024 characters: it has 1025");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\ud83d", "a\ude00", "a\ude00\ud83d", "a\ud83d\ud83d\ude00", "a\ude00\ud83d\ude00"})
    void halfOfASurrogatePairIsRefused(String text) {
        assertThat(Bound.isWhole(text)).isFalse();
        assertThat(Bound.LINE.problemOf(text))
                .startsWith("has half of a character (\\u" + Integer.toHexString(text.charAt(1)))
                .endsWith("at position 2; take it out");
        assertThat(Bound.LINE.cut(text))
                .hasSameSizeAs(text)
                .startsWith("a\ufffd")
                .matches(Bound::isWhole);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", EMOJI, "a" + EMOJI + EMOJI + "b", "\uffff\u0000\u2028\u202e"})
    void wholeCharactersAreTakenAsTheyAre(String text) {
        assertThat(Bound.LINE.problemOf(text)).isNull();
        assertThat(Bound.LINE.cut(text)).isEqualTo(text);
    }

    @Test
    void aTextThatIsCutFitsAndStaysAsItIs() {
        String cut = Bound.LINE.cut("n".repeat(1022) + EMOJI + "n");

        assertThat(cut).isEqualTo("n".repeat(1022) + "…");
        assertThat(Bound.LINE.cut(cut)).isEqualTo(cut);
        assertThat(Bound.LINE.cut("n".repeat(1025))).isEqualTo("n".repeat(1023) + "…");
        assertThat(Bound.LINE.cut(null)).isNull();
    }

    /** Names of fields may have 50,000 characters, and texts 20,000,000 (StreamReadConstraints of jackson-core). */
    @Test
    void allIsWellBelowWhatJacksonReads() {
        assertThat(Bound.values()).allMatch(bound -> bound.most() < 20_000_000 / 4);
        assertThat(Bound.LINE.most()).isLessThan(50_000 / 4);
    }
}
