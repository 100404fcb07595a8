package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

import java.util.List;

/** A condition of a stage that has a name. */
public class ModelASTWhenCondition extends ModelASTElement implements ModelASTWhenContent {

    public ModelASTWhenCondition(Object sourceLocation) {
        super(sourceLocation);
    }

    public String getName() {
        throw new UnsupportedOperationException();
    }

    public List<ModelASTWhenContent> getChildren() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String toGroovy() {
        throw new UnsupportedOperationException();
    }
}
