package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** A stage of a Declarative Pipeline. */
public final class ModelASTStage {

    public ModelASTStage(Object sourceLocation) {}

    public String getName() {
        throw new UnsupportedOperationException();
    }
}
