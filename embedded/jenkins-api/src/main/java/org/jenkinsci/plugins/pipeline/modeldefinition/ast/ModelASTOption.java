package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** An option of a stage. */
public class ModelASTOption extends ModelASTElement {

    public ModelASTOption(Object sourceLocation) {
        super(sourceLocation);
    }

    public String getName() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String toGroovy() {
        throw new UnsupportedOperationException();
    }
}
