package io.jenkins.embedded;

import com.cloudbees.groovy.cps.Outcome;
import groovy.lang.Closure;
import hudson.model.Result;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** {@code parallel}: waits for its branches, which are threads of the program. */
final class ParallelExecution extends StepExecution implements ProgramThread.BodyOwner {
    private static final long serialVersionUID = 1;

    private final ProgramThread thread;
    private final boolean failFast;
    private final Map<String, ProgramThread> running = new LinkedHashMap<>();
    private final Map<String, Object> results = new LinkedHashMap<>();
    private transient Map<String, Closure<?>> bodies;

    private Throwable failure;

    ParallelExecution(StepContext context, ProgramThread thread, Map<String, Closure<?>> bodies, boolean failFast) {
        super(context);
        this.thread = thread;
        this.bodies = bodies;
        this.failFast = failFast;
    }

    @Override
    public boolean start() {
        bodies.forEach((name, body) -> {
            thread.program().build().log().println("[Pipeline] { (Branch: " + name + ")");
            var block = ((BuildStepContext) getContext())
                    .block()
                    .branch(thread.program().nextId(), name);
            running.put(name, thread.program().fork(thread, name, block, body, this, List.of()));
        });
        bodies = null;
        if (running.isEmpty()) {
            getContext().onSuccess(results);
            return true;
        }
        return false;
    }

    @Override
    public void bodyEnded(ProgramThread branch, Outcome outcome) {
        var program = thread.program();
        program.build().log().println("[Pipeline] }");
        running.remove(branch.branch());
        if (outcome.isSuccess()) {
            results.put(branch.branch(), outcome.getNormal());
        } else {
            var reason = new Reason("Failed in branch " + branch.branch());
            program.build().log().println(reason.getShortDescription());
            if (failure == null) {
                failure = outcome.getAbnormal();
                if (failFast) {
                    var cause = new FlowInterruptedException(Result.ABORTED, true, reason);
                    running.values().forEach(other -> program.stop(other, cause));
                }
            }
        }
        if (running.isEmpty()) {
            program.build().log().println("[Pipeline] // parallel");
            end();
        }
    }

    /** The last branch may have ended when the program was saved, and the controller have died before the step did. */
    @Override
    public void onResume() {
        if (running.isEmpty()) {
            end();
        }
    }

    private void end() {
        if (failure == null) {
            getContext().onSuccess(results);
        } else {
            getContext().onFailure(failure);
        }
    }
}
