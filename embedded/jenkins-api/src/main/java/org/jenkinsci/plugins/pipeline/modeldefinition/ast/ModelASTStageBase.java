package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** What a stage and a cell of a matrix have. */
public abstract class ModelASTStageBase extends ModelASTElement {

    protected ModelASTStageBase(Object sourceLocation) {
        super(sourceLocation);
    }

    /** Null for none. */
    public ModelASTOptions getOptions() {
        return null;
    }

    @Override
    public String toGroovy() {
        throw new UnsupportedOperationException();
    }
}
