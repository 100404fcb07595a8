package org.jenkinsci.plugins.workflow.pickles;

import hudson.ExtensionList;
import hudson.ExtensionPoint;

/** Makes what a program cannot keep as it is into something that it can. */
public abstract class PickleFactory implements ExtensionPoint {

    public abstract Pickle writeReplace(Object object);

    public static ExtensionList<PickleFactory> all() {
        return ExtensionList.lookup(PickleFactory.class);
    }
}
