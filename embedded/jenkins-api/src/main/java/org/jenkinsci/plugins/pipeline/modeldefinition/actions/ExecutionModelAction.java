package org.jenkinsci.plugins.pipeline.modeldefinition.actions;

import hudson.model.InvisibleAction;
import org.jenkinsci.plugins.pipeline.modeldefinition.ast.ModelASTStages;

/** The Declarative Pipeline of a build. */
public class ExecutionModelAction extends InvisibleAction {
    private final transient ModelASTStages stages;

    public ExecutionModelAction(ModelASTStages s) {
        stages = s;
    }

    public ModelASTStages getStages() {
        return stages;
    }
}
