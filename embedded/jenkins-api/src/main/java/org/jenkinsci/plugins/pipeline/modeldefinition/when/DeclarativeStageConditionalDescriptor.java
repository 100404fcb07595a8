package org.jenkinsci.plugins.pipeline.modeldefinition.when;

import org.codehaus.groovy.ast.expr.Expression;
import org.jenkinsci.plugins.pipeline.modeldefinition.ast.ModelASTWhenContent;
import org.jenkinsci.plugins.pipeline.modeldefinition.withscript.WithScriptDescriptor;

/** What Declarative Pipelines know of a condition. */
public abstract class DeclarativeStageConditionalDescriptor<S extends DeclarativeStageConditional<S>>
        extends WithScriptDescriptor<S> {

    public abstract Expression transformToRuntimeAST(ModelASTWhenContent original);
}
