package io.jenkins.plugins.armory.part.protect;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.jenkins.plugins.armory.config.form.KeyValue;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Tests of what a rule of an environment may be; {@code EnvironmentsConfigurationJenkinsTest} has where it comes from.
 */
class EnvironmentRuleTest {

    private final EnvironmentRule rule = new EnvironmentRule();

    EnvironmentRuleTest() {
        rule.setWebhook("ticket");
    }

    /** Every deployment to its environment would fail. */
    @ParameterizedTest
    @CsvSource({"9000, DAYS", "-1, HOURS", "5, NANOSECONDS"})
    void aTimeoutThatNoDeploymentTakesIsRefused(long timeout, String unit) {
        rule.setTimeout(timeout);
        rule.setUnit(unit);

        assertThatIllegalArgumentException()
                .isThrownBy(rule::checkSaved)
                .withMessage("timeout: " + timeout + ' ' + unit
                        + " is not between 1 millisecond and 366 days; leave it out for 24 HOURS");
    }

    @Test
    void aTimeoutOfAYearIsTaken() {
        rule.setTimeout(366);
        rule.setUnit("DAYS");

        assertThatCode(rule::checkSaved).doesNotThrowAnyException();
    }

    /** The service would be asked about nothing, or the mistake be found by a deployment. */
    @ParameterizedTest
    @CsvSource(
            nullValues = "null",
            value = {
                "null, eu, context[1].key: is blank",
                "'', eu, context[1].key: is blank",
                "region, null, context[1].value: is blank",
                "region, ' ', context[1].value: is blank",
                "the region, eu, 'context: \"the region\" cannot be named in a template'",
            })
    void anEntryOfTheContextThatSaysNothingIsRefused(String key, String value, String message) {
        rule.setContext(List.of(new KeyValue("kind", "normal"), new KeyValue(key, value)));

        assertThatIllegalArgumentException().isThrownBy(rule::checkSaved).withMessageStartingWith(message);
    }
}
