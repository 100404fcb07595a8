package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

import java.util.List;

/** The options of a stage. */
public final class ModelASTOptions extends ModelASTElement {

    public ModelASTOptions(Object sourceLocation) {
        super(sourceLocation);
    }

    public List<ModelASTOption> getOptions() {
        throw new UnsupportedOperationException();
    }

    @Override
    public String toGroovy() {
        throw new UnsupportedOperationException();
    }
}
