package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;

import hudson.util.FormValidation;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kohsuke.stapler.ClassDescriptor;
import org.kohsuke.stapler.DataBoundConstructor;

/** The shortest ways to write the step. */
class ShortestStepTest {

    private static final ArmoryWebhookApprovalStep.DescriptorImpl STEP = new ArmoryWebhookApprovalStep.DescriptorImpl();

    @ParameterizedTest
    @CsvSource({
        "https://ci.example.com/start, ci.example.com",
        "HTTPS://ci.example.com:8443?a=b@c, ci.example.com",
        "https://user:secret@ci.example.com/, ci.example.com",
        "http://[::1]:80/, [::1]",
        "https://{{context.host}}:80/x, {{context.host}}",
        "{{secrets.address}}/start, {{secrets.address}}",
    })
    void aWebhookWithoutANameHasThatOfItsHost(String uriTemplate, String name) {
        var step = new ArmoryWebhookApprovalStep(null);
        step.setUriTemplate(uriTemplate);

        assertThat(step.inline().name()).isEqualTo(name);
    }

    /**
     * {@code DSL.loadSoleArgumentKey} of workflow-cps takes the only parameter of the constructor for a value without a
     * name.
     */
    @Test
    void aValueWithoutANameIsThatOfAWebhook() throws NoSuchMethodException {
        var constructor = ArmoryWebhookApprovalStep.class.getConstructor(String.class);

        assertThat(constructor.isAnnotationPresent(DataBoundConstructor.class)).isTrue();
        assertThat(ClassDescriptor.loadParameterNames(constructor)).containsExactly("webhook");
        assertThat(new ArmoryWebhookApprovalStep("checks").getWebhook()).isEqualTo("checks");
    }

    @Test
    void aTextForTheManualApprovalIsItsQuestion() {
        assertThat(STEP.customInstantiate(Map.of("manualApproval", "Go?")))
                .containsEntry("manualApproval", Map.of("message", "Go?"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', '', false, , WARNING",
        "checks, '', false, , OK",
        "'', https://ci.example.com/, false, , OK",
        "'', '', true, , OK",
        "'', '', false, checks, OK",
    })
    void anEmptyFormSaysWhatItLacks(
            String webhook, String uriTemplate, boolean manual, String ofAll, FormValidation.Kind kind) {
        assertThat(STEP.doCheckWebhook(webhook, uriTemplate, manual, ofAll).kind)
                .isEqualTo(kind);
    }
}
