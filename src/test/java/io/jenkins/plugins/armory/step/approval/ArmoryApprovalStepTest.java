package io.jenkins.plugins.armory.step.approval;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Tests of what the form of {@code armoryApproval} has instead of that of {@code armoryWebhookApproval}. */
class ArmoryApprovalStepTest {

    private static final ArmoryApprovalStep.DescriptorImpl BLOCK = new ArmoryApprovalStep.DescriptorImpl();
    private static final ArmoryWebhookApprovalStep.DescriptorImpl STEP = new ArmoryWebhookApprovalStep.DescriptorImpl();

    /** Otherwise the Snippet Generator would write a phase that nobody chose. */
    @Test
    void thePhaseOfTheFormIsThatOfTheStep() {
        assertThat(BLOCK.getDefaultPhase()).isEqualTo(new ArmoryApprovalStep().getPhase());
        assertThat(STEP.getDefaultPhase()).isEqualTo(new ArmoryWebhookApprovalStep().getPhase());
    }

    @Test
    void theFormOffersThePhasesThatTheStepTakes() {
        assertThat(BLOCK.doFillPhaseItems())
                .extracting(option -> option.value)
                .containsExactly("beforeDeployment", "strategy");
        assertThat(STEP.doFillPhaseItems())
                .extracting(option -> option.value)
                .containsExactly("beforeDeployment", "strategy", "afterDeployment");
    }
}
