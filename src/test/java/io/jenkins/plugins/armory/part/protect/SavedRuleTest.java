package io.jenkins.plugins.armory.part.protect;

import static io.jenkins.plugins.armory.config.SavedDefinitionsTest.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules in a configuration that people or scripts wrote. */
class SavedRuleTest {

    /** Left out, people alone would be asked, or all listed callers could decide. */
    @ParameterizedTest
    @ValueSource(strings = {"webhook", "callbackCredentialsId"})
    void aBlankFieldIsNotRead(String field) {
        assertThatThrownBy(() -> read(EnvironmentRule.class, "<" + field + "> </" + field + ">"))
                .hasStackTraceContaining(field + ": is blank");
    }

    /** A form replaces a saved value that its list does not have by the first entry of the list. */
    @Test
    void theListOfUnitsHasWhatIsSaved() {
        assertThat(new EnvironmentRule.DescriptorImpl().doFillUnitItems())
                .extracting(option -> option.value)
                .contains(Arrays.stream(TimeUnit.values()).map(Enum::name).toArray(String[]::new));
    }
}
