package org.jenkinsci.plugins.workflow.cps;

import com.google.common.util.concurrent.ListenableFuture;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** The execution of a Pipeline. */
public abstract class CpsFlowExecution extends FlowExecution {

    public transient volatile ListenableFuture<CpsThreadGroup> programPromise;
}
