package org.jenkinsci.plugins.workflow.cps;

import com.google.common.util.concurrent.ListenableFuture;
import hudson.model.Result;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** The execution of a Pipeline. */
public abstract class CpsFlowExecution extends FlowExecution {

    public transient volatile ListenableFuture<CpsThreadGroup> programPromise;

    private volatile Result result = Result.SUCCESS;

    public void setResult(Result result) {
        this.result = result;
    }

    public Result getResult() {
        return result;
    }
}
