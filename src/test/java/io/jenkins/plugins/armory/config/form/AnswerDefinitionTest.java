package io.jenkins.plugins.armory.config.form;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.util.FormValidation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerDefinitionTest {

    /** The form says what the definition says: with a pointer, the statuses are 2xx if none are given. */
    @ParameterizedTest
    @CsvSource({"'', /state, OK", "'', '', ERROR", "200-299, '', OK", "200, /state, OK", "500, /state, ERROR"})
    void statusesMayBeLeftOutWithAPointer(String success, String pointer, FormValidation.Kind kind) {
        assertThat(new AnswerDefinition.DescriptorImpl().doCheckSuccess(success, pointer).kind)
                .isEqualTo(kind);
    }
}
