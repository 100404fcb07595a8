package org.jenkinsci.plugins.workflow.actions;

/** Marks the start of a branch of a parallel step. */
public interface ThreadNameAction extends PersistentAction {

    String getThreadName();
}
