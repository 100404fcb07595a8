package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** The stages beside each other in a stage. */
public class ModelASTParallel extends ModelASTStages {

    public ModelASTParallel(Object sourceLocation) {
        super(sourceLocation);
    }
}
