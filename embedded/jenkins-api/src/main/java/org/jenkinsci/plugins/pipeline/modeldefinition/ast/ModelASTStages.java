package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

import java.util.List;

/** The stages of a Declarative Pipeline, in their order. */
public class ModelASTStages extends ModelASTElement {

    public ModelASTStages(Object sourceLocation) {
        super(sourceLocation);
    }

    public List<ModelASTStage> getStages() {
        return List.of();
    }

    @Override
    public String toGroovy() {
        throw new UnsupportedOperationException();
    }
}
