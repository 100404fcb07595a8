package io.jenkins.plugins.armory.bounds;

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
        assertThatCode(() -> Bound.NAME.check("name", "n".repeat(255))).doesNotThrowAnyException();
        assertThatCode(() -> Bound.NAME.check("name", null)).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bound.NAME.check("name", "n".repeat(256)))
                .withMessage("name: is longer than 255 characters: it has 256");
    }

    @Test
    void aListMayHaveAsManyEntriesAsTheBound() {
        List<String> largest = Collections.nCopies(100, "n".repeat(255));

        assertThatCode(() -> Bound.NAME.checkEach("names", largest, Bound.LIST)).doesNotThrowAnyException();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bound.NAME.checkEach("names", Collections.nCopies(101, "n"), Bound.LIST))
                .withMessage("names: is longer than 100 entries: it has 101");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Bound.NAME.checkEach("names", List.of("n", "n".repeat(256)), Bound.LIST))
                .withMessage("names: is longer than 255 characters: it has 256");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\ud83d", "a\ude00", "a\ude00\ud83d", "a\ud83d\ud83d\ude00", "a\ude00\ud83d\ude00"})
    void halfOfASurrogatePairIsRefused(String text) {
        assertThat(Bound.isWhole(text)).isFalse();
        assertThat(Bound.NAME.problemOf(text))
                .startsWith("has half of a character (\\u" + Integer.toHexString(text.charAt(1)))
                .endsWith("at position 2; take it out");
        assertThat(Bound.NAME.cut(text))
                .hasSameSizeAs(text)
                .startsWith("a\ufffd")
                .matches(Bound::isWhole);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", EMOJI, "a" + EMOJI + EMOJI + "b", "\uffff\u0000\u2028\u202e"})
    void wholeCharactersAreTakenAsTheyAre(String text) {
        assertThat(Bound.NAME.problemOf(text)).isNull();
        assertThat(Bound.NAME.cut(text)).isEqualTo(text);
    }

    @Test
    void aTextThatIsCutFitsAndStaysAsItIs() {
        String cut = Bound.NAME.cut("n".repeat(253) + EMOJI + "n");

        assertThat(cut).isEqualTo("n".repeat(253) + "…");
        assertThat(Bound.NAME.cut(cut)).isEqualTo(cut);
        assertThat(Bound.NAME.cut("n".repeat(256))).isEqualTo("n".repeat(254) + "…");
        assertThat(Bound.NAME.cut(null)).isNull();
    }

    /** Names of fields may have 50,000 characters, and texts 20,000,000 (StreamReadConstraints of jackson-core). */
    @Test
    void allIsWellBelowWhatJacksonReads() {
        assertThat(Bound.values())
                .filteredOn(bound -> bound != Bound.ALL_OF_STEP) // of many records, each read by itself
                .allMatch(bound -> bound.most() < 20_000_000 / 4);
        assertThat(Bound.NAME.most()).isLessThan(50_000 / 4);
    }
}
