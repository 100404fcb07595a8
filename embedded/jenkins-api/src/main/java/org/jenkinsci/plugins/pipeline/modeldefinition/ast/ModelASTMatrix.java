package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** The matrix of a stage. */
public final class ModelASTMatrix extends ModelASTStageBase {

    public ModelASTMatrix(Object sourceLocation) {
        super(sourceLocation);
    }

    public ModelASTStages getStages() {
        throw new UnsupportedOperationException();
    }
}
