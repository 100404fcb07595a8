package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** The options of a stage. */
public final class ModelASTOptions extends ModelASTElement {

    public ModelASTOptions(Object sourceLocation) {
        super(sourceLocation);
    }

    @Override
    public String toGroovy() {
        throw new UnsupportedOperationException();
    }
}
