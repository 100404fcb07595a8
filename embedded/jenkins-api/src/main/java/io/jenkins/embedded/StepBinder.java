package io.jenkins.embedded;

import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.Step;

/**
 * Makes steps from the arguments of a Pipeline, as {@code DescribableModel} does in Jenkins. A controller provides it
 * as a service.
 */
@FunctionalInterface
public interface StepBinder {

    /**
     * Returns a new step.
     *
     * @param function the name of the step, for messages
     * @throws IllegalArgumentException naming an argument that does not fit
     */
    Step bind(Class<? extends Step> type, Map<String, Object> arguments, String function);
}
