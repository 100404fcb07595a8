package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

import java.util.List;

/** The condition of a stage. */
public class ModelASTWhen extends ModelASTElement {

    public ModelASTWhen(Object sourceLocation) {
        super(sourceLocation);
    }

    public List<ModelASTWhenContent> getConditions() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String toGroovy() {
        throw new UnsupportedOperationException();
    }
}
