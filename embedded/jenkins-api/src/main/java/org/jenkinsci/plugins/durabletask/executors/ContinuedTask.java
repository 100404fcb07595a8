package org.jenkinsci.plugins.durabletask.executors;

import hudson.model.Queue;

/** A task that may go on after a restart of Jenkins. */
public interface ContinuedTask extends Queue.Task {

    boolean isContinued();
}
