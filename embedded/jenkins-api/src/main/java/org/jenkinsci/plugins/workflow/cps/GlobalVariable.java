package org.jenkinsci.plugins.workflow.cps;

import hudson.ExtensionList;
import hudson.model.Run;

/** A variable that all Pipelines have. */
public abstract class GlobalVariable {

    public abstract String getName();

    public abstract Object getValue(CpsScript script) throws Exception;

    public static GlobalVariable byName(String name, Run<?, ?> run) {
        for (var variable : ExtensionList.lookup(GlobalVariable.class)) {
            if (variable.getName().equals(name)) {
                return variable;
            }
        }
        return null;
    }
}
