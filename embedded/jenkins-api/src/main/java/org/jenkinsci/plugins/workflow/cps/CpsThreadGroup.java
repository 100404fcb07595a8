package org.jenkinsci.plugins.workflow.cps;

import java.io.Serializable;
import java.util.concurrent.Future;

/** A Pipeline under way. */
public abstract class CpsThreadGroup implements Serializable {
    private static final long serialVersionUID = 1;

    public abstract Iterable<CpsThread> getThreads();

    public abstract boolean isPaused();

    public abstract Future<?> pause(boolean persist);

    public abstract void unpause();
}
