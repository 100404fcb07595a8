package io.jenkins.embedded;

import hudson.model.Result;
import hudson.model.TaskListener;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** {@code input}: waits for a person. */
final class InputExecution extends StepExecution {
    private static final long serialVersionUID = 1;

    private final String id;
    private final String message;
    private final String ok;

    InputExecution(StepContext context, String id, String message, String ok) {
        super(context);
        this.id = id;
        this.message = message;
        this.ok = ok;
    }

    String id() {
        return id;
    }

    String message() {
        return message;
    }

    String ok() {
        return ok;
    }

    @Override
    public boolean start() throws Exception {
        var log = getContext().get(TaskListener.class).getLogger();
        log.println(message);
        log.println(ok + " or Abort");
        return false;
    }

    void proceed(TaskListener listener) {
        listener.getLogger()
                .println("Approved by " + Jenkins.getAuthentication2().getName());
        getContext().onSuccess(null);
    }

    void abort() {
        var rejection = new Reason("Rejected by " + Jenkins.getAuthentication2().getName());
        getContext().onFailure(new FlowInterruptedException(Result.ABORTED, true, rejection));
    }
}
