package org.jenkinsci.plugins.workflow.cps;

/** A thread of a program on the embedded controller, in the package that may make one. */
public abstract class EmbeddedThread extends CpsThread {
    private static final long serialVersionUID = 1;

    protected EmbeddedThread(int id) {
        super(id);
    }
}
