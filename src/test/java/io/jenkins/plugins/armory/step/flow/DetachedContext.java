package io.jenkins.plugins.armory.step.flow;

import com.google.common.util.concurrent.ListenableFuture;
import hudson.model.Result;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** The context of a step without a build, which has nothing but what a test adds. */
public abstract class DetachedContext extends StepContext {

    private static final long serialVersionUID = 1L;

    @Override
    public ListenableFuture<Void> saveState() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void onSuccess(Object result) {
        throw new UnsupportedOperationException();
    }

    @Override
    public BodyInvoker newBodyInvoker() {
        throw new UnsupportedOperationException();
    }

    // No @Override: the stand-in of the embedded build has no such methods.

    public void setResult(Result result) {
        throw new UnsupportedOperationException();
    }

    public boolean isReady() {
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }
}
