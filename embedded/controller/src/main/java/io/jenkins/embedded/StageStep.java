package io.jenkins.embedded;

import java.util.Set;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/** The step {@code stage} as plugins find it. {@code Steps.groovy} runs it. */
abstract class StageStep extends Step {

    static final class DescriptorImpl extends StepDescriptor {

        @Override
        public Set<? extends Class<?>> getRequiredContext() {
            return Set.of();
        }

        @Override
        public String getFunctionName() {
            return "stage";
        }

        @Override
        public boolean takesImplicitBlockArgument() {
            return true;
        }
    }
}
