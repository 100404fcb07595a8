package org.jenkinsci.plugins.workflow.cps;

import groovy.lang.Closure;
import java.io.Serializable;

/** A Pipeline of Jenkins under way; the embedded controller has its own. */
public final class CpsThreadGroup implements Serializable {
    private static final long serialVersionUID = 1;

    private CpsThreadGroup() {}

    public Iterable<CpsThread> getThreads() {
        throw new UnsupportedOperationException();
    }

    public BodyReference export(Closure<?> body) {
        throw new UnsupportedOperationException();
    }
}
