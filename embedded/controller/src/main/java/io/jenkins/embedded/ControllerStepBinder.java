package io.jenkins.embedded;

import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.Step;

/** Makes steps with the {@link Binder}. */
public final class ControllerStepBinder implements StepBinder {

    @Override
    public Step bind(Class<? extends Step> type, Map<String, Object> arguments, String function) {
        return Binder.instantiate(type, arguments, function);
    }
}
