package hudson.model;

import java.util.List;

/** What was filled in for a build. On the embedded controller, nothing is. */
public class ParametersAction extends InvisibleAction {

    public List<ParameterValue> getParameters() {
        return List.of();
    }
}
