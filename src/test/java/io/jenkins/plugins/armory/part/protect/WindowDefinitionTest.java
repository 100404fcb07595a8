package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.armory.part.protect.window.Window;
import org.junit.jupiter.api.Test;

/** Tests of a window as the settings have it; {@code WindowTest} has what its fields may be. */
class WindowDefinitionTest {

    private static final String RULE = "FREQ=WEEKLY;BYDAY=MO;BYHOUR=9";
    private static final String ZONE = "Europe/Berlin";

    @Test
    void whiteSpaceAroundAFieldDoesNotCount() {
        assertThat(new WindowDefinition(' ' + RULE + ' ', null, null, "PT8H ", ' ' + ZONE, null).toWindow())
                .isEqualTo(new Window(false, RULE, null, "PT8H", ZONE, null));
        assertThat(new WindowDefinition(null, "2026-12-20/2027-01-03", null, null, ZONE, "Christmas").toWindow())
                .isEqualTo(new Window(true, "2026-12-20/2027-01-03", null, null, ZONE, "Christmas"));
    }

    /** Left out, {@code from} would be 1970, and the window open before its time. */
    @Test
    void aVariableThatIsNotSetIsNotLeftOut() {
        assertThatIllegalArgumentException()
                .isThrownBy(new WindowDefinition("", RULE, null, "PT8H", ZONE, null)::toWindow)
                .withMessageStartingWith("allow: is blank");
        assertThatIllegalArgumentException()
                .isThrownBy(new WindowDefinition(RULE, " ", null, "PT8H", ZONE, null)::toWindow)
                .withMessageStartingWith("deny: is blank");
        assertThatIllegalArgumentException()
                .isThrownBy(new WindowDefinition(RULE, null, "", "PT8H", ZONE, null)::toWindow)
                .withMessageStartingWith("from: is blank");
        assertThatIllegalArgumentException()
                .isThrownBy(new WindowDefinition(RULE, null, null, "", ZONE, null)::toWindow)
                .withMessageStartingWith("lasts: is blank");
        assertThatIllegalArgumentException()
                .isThrownBy(new WindowDefinition(RULE, null, null, "PT8H", "", null)::toWindow)
                .withMessageStartingWith("zone: is blank");
    }

    @Test
    void aFieldThatIsMissingIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(new WindowDefinition(null, null, null, "PT8H", ZONE, null)::toWindow)
                .withMessage("allow: is missing; write allow or deny");
        assertThatIllegalArgumentException()
                .isThrownBy(new WindowDefinition(RULE, null, null, "PT8H", null, null)::toWindow)
                .withMessage("zone: is missing; write an IANA time zone such as Europe/Berlin");
    }

    @Test
    void theFieldIsNamed() {
        assertThatIllegalArgumentException()
                .isThrownBy(new WindowDefinition(RULE, null, "2026-01-05", "PT8H", ZONE, null)::toWindow)
                .withMessageStartingWith("from: ")
                .withMessageEndingWith("; write a local time such as 2026-01-05T09:00");
        assertThatIllegalArgumentException()
                .isThrownBy(new WindowDefinition(null, "FREQ=HOURLY", null, "PT8H", ZONE, null)::toWindow)
                .withMessageStartingWith("deny: has a FREQ below DAILY; write a rule such as ");
    }
}
