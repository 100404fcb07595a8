package io.jenkins.plugins.armory.step;

import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** A step in the place of one whose arguments are mistaken. It fails and says why. */
final class MistakenStep extends Step {

    private final StepDescriptor asked;
    private final String mistake;

    MistakenStep(StepDescriptor asked, String mistake) {
        this.asked = asked;
        this.mistake = mistake;
    }

    @Override
    public StepDescriptor getDescriptor() {
        return asked;
    }

    @Override
    public StepExecution start(StepContext stepContext) {
        return new MistakenExecution(stepContext, mistake);
    }
}
