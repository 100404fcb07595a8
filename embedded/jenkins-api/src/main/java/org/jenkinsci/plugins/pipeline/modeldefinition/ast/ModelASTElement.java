package org.jenkinsci.plugins.pipeline.modeldefinition.ast;

/** A part of a Declarative Pipeline. */
public abstract class ModelASTElement {

    ModelASTElement(Object sourceLocation) {}

    public abstract String toGroovy();
}
