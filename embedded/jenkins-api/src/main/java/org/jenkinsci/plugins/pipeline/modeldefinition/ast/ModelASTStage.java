package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** A stage of a Declarative Pipeline. */
public class ModelASTStage extends ModelASTStageBase {

    public ModelASTStage(Object sourceLocation) {
        super(sourceLocation);
    }

    public String getName() {
        throw new UnsupportedOperationException();
    }

    /** Null for none. */
    public ModelASTStages getStages() {
        return null;
    }

    /** Null for none. */
    public ModelASTParallel getParallel() {
        return null;
    }

    /** Null for none. */
    public ModelASTMatrix getMatrix() {
        return null;
    }
}
