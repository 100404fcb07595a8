package io.jenkins.plugins.armory.config.form;

import static org.assertj.core.api.Assertions.assertThat;

import io.jenkins.plugins.armory.step.approval.ArmoryWebhookApprovalStep;
import java.util.List;
import org.junit.jupiter.api.Test;

class ParameterTest {

    @Test
    void whatIsGivenDiffersFromTheDefault() {
        WebhookDefinition definition = new WebhookDefinition();
        definition.setMethod("post");
        definition.setDisableCallback(false);
        assertThat(Parameter.given(definition)).isEmpty();

        definition.setMethod("PUT");
        definition.setDisableCallback(true);
        definition.setRetryCount(2);
        definition.setBodyTemplate(new BodyTemplate()); // is as good as none
        definition.setHeaders(List.of(new KeyValue("a", "b")));
        assertThat(Parameter.given(definition)).containsExactly("disableCallback", "headers", "method", "retryCount");
    }

    @Test
    void parametersAreThoseOfTheConstructorAndOfTheSetters() {
        assertThat(Parameter.of(KeyValue.class)).containsOnlyKeys("key", "value");
        assertThat(Parameter.required(KeyValue.class)).containsExactly("key", "value");
        assertThat(Parameter.required(ArmoryWebhookApprovalStep.class)).isEmpty();
        assertThat(Parameter.of(CancelDefinition.class))
                .containsKeys("webhook", "uriTemplate", "bodyTemplate")
                .doesNotContainKey("class");
        assertThat(Parameter.of(WebhookDefinition.class).get("answer").nested()).isEqualTo(AnswerDefinition.class);
        assertThat(Parameter.of(WebhookDefinition.class).get("headers").nested())
                .isNull();
        assertThat(Parameter.of(AnswerDefinition.class).get("equals").is(Argument::scalar))
                .isTrue();
        assertThat(Parameter.of(KeyValue.class).get("value").is(Argument::filled))
                .isFalse();
    }
}
