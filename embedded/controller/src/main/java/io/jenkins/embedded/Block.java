package io.jenkins.embedded;

import com.cloudbees.groovy.cps.Outcome;
import groovy.lang.Closure;
import hudson.EnvVars;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.steps.BodyExecution;
import org.jenkinsci.plugins.workflow.steps.BodyExecutionCallback;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.EnvironmentExpander;

/** The body of a step that a plugin brings, under way in a thread of the program. */
final class Block extends BodyExecution implements ProgramThread.BodyOwner {
    private static final long serialVersionUID = 1;

    private final BuildStepContext context;
    private final ArrayList<BodyExecutionCallback> callbacks;
    private ProgramThread thread;
    private volatile Throwable cancelled;
    private Outcome end;

    private Block(BuildStepContext context, List<BodyExecutionCallback> callbacks) {
        this.context = context;
        this.callbacks = new ArrayList<>(callbacks);
    }

    /** Prepares the start of a body. */
    static final class Invoker extends BodyInvoker {
        private final BuildStepContext context;
        private final Closure<?> body;
        private final List<Object> contextual = new ArrayList<>();
        private final List<BodyExecutionCallback> callbacks = new ArrayList<>();
        private String label;

        Invoker(BuildStepContext context, Closure<?> body) {
            this.context = context;
            this.body = body;
        }

        @Override
        public BodyInvoker withContext(Object override) {
            contextual.add(0, override);
            return this;
        }

        @Override
        public BodyInvoker withDisplayName(String name) {
            label = name;
            return this;
        }

        @Override
        public BodyInvoker withCallback(BodyExecutionCallback callback) {
            callbacks.add(callback);
            return this;
        }

        @Override
        public BodyExecution start() {
            var block = new Block(context, callbacks);
            if (ProgramThread.currentOrNull()
                    == context.thread()) { // the body of a step that is just starting is saved with the step
                block.launch(context.thread().program(), body, label, contextual);
            } else {
                build(context).onProgram(program -> {
                    block.launch(program, body, label, contextual);
                    program.run();
                });
            }
            return block;
        }
    }

    private static PipelineBuild build(BuildStepContext context) {
        return context.thread().program().build();
    }

    private void launch(Program program, Closure<?> body, String label, List<Object> contextual) {
        if (!context.isAwaited()) {
            return; // the step has ended meanwhile
        }
        program.build().log().println(label == null ? "[Pipeline] {" : "[Pipeline] { (" + label + ")");
        var parent = context.thread();
        var block = context.openBody(label);
        block.begin(program, listener -> listener instanceof GraphListener.Synchronous);
        thread = program.fork(parent, parent.branch(), block, body, this, contextual);
        try {
            var variables = new EnvVars(block.variables());
            for (var object : contextual) {
                if (object instanceof EnvironmentExpander expander) {
                    expander.expand(variables);
                }
            }
            block.variables().putAll(variables);
        } catch (IOException | InterruptedException e) {
            cancelled = e;
        }
        callbacks.forEach(callback -> callback.onStart(context));
        if (cancelled != null) {
            thread.stop(cancelled);
        }
        block.begin(program, listener -> !(listener instanceof GraphListener.Synchronous));
    }

    @Override
    public void bodyEnded(ProgramThread ended, Outcome outcome) {
        build(context).log().println("[Pipeline] }");
        end = outcome;
        for (var callback : callbacks) {
            try {
                if (outcome.isSuccess()) {
                    callback.onSuccess(context, outcome.getNormal());
                } else {
                    callback.onFailure(context, outcome.getAbnormal());
                }
            } catch (RuntimeException e) {
                context.onFailure(e);
            }
        }
    }

    @Override
    public boolean cancel(Throwable cause) {
        cancelled = cause; // at once, as it comes in time for a body that is just starting
        build(context).onProgram(program -> {
            if (thread != null && end == null) {
                program.stop(thread, cause);
            }
            program.run();
        });
        return true;
    }
}
