package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

import java.util.List;

/** The stages of a Declarative Pipeline, in their order. */
public final class ModelASTStages {

    public ModelASTStages(Object sourceLocation) {}

    public List<ModelASTStage> getStages() {
        return List.of();
    }
}
