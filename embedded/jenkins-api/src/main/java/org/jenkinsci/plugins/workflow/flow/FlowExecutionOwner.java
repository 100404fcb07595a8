package org.jenkinsci.plugins.workflow.flow;

import hudson.model.Queue;
import hudson.model.TaskListener;
import java.io.IOException;
import java.io.Serializable;

/** What a Pipeline belongs to. */
public abstract class FlowExecutionOwner implements Serializable {
    private static final long serialVersionUID = 1;

    public abstract Queue.Executable getExecutable() throws IOException;

    public TaskListener getListener() throws IOException {
        return TaskListener.NULL;
    }
}
