package org.jenkinsci.plugins.pipeline.modeldefinition.parser;

import org.codehaus.groovy.ast.expr.Expression;
import org.jenkinsci.plugins.pipeline.modeldefinition.ast.ModelASTWhenContent;

/** Makes code of Declarative Pipelines. */
public class ASTParserUtils {

    public static Expression transformWhenContentToRuntimeAST(ModelASTWhenContent when) {
        throw new UnsupportedOperationException("The embedded controller runs no Declarative Pipelines");
    }
}
