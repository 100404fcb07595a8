package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** The condition of a stage. */
public class ModelASTWhen extends ModelASTElement {

    public ModelASTWhen(Object sourceLocation) {
        super(sourceLocation);
    }

    @Override
    public String toGroovy() {
        throw new UnsupportedOperationException();
    }
}
