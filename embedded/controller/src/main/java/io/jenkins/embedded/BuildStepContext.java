package io.jenkins.embedded;

import com.cloudbees.groovy.cps.Outcome;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.SettableFuture;
import groovy.lang.Closure;
import hudson.EnvVars;
import java.io.IOException;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.BodyInvoker;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * The context of one step of a build. It may be told the step's result by any thread at any time; the first one counts.
 */
final class BuildStepContext extends StepContext {
    private static final long serialVersionUID = 1;

    private final ProgramThread thread;
    private final int id;
    /** The step's body, or null. */
    private final Closure<?> body;
    /** What a body of the step is in. */
    private final GraphBlock block;
    /** As of the step's start: afterwards the Pipeline's own thread alone may look at the Pipeline's variables. */
    private final EnvVars environment;
    /** Not kept: after a restart the step tells it again, as on Jenkins. */
    private transient Outcome outcome;
    /** Not kept either; it is there for the actions that the step leaves on it. */
    private transient FlowNode node;

    BuildStepContext(ProgramThread thread, int id, Closure<?> body) {
        this.thread = thread;
        this.id = id;
        this.body = body;
        this.block = thread.block().inner(id, null);
        this.environment = thread.program().environment(thread);
    }

    ProgramThread thread() {
        return thread;
    }

    /** Whether the thread still waits for the step. */
    boolean isAwaited() {
        return thread.waitsFor(this);
    }

    synchronized Outcome outcome() {
        return outcome;
    }

    @Override
    public <T> T get(Class<T> key) {
        var build = thread.program().build();
        var own = Stream.of(
                build, build.getParent(), build.execution(), node(), thread.listener(), new EnvVars(environment));
        return Stream.concat(own, thread.contextual().stream())
                .filter(key::isInstance)
                .map(key::cast)
                .findFirst()
                .orElse(null);
    }

    synchronized FlowNode node() {
        if (node == null) {
            var program = thread.program();
            node = body == null ? thread.block().atom(program, String.valueOf(id)) : block.node(program);
        }
        return node;
    }

    GraphBlock block() {
        return block;
    }

    /**
     * The block of a body that begins.
     *
     * @param label the name of the stage whose body it is, or null
     */
    GraphBlock openBody(String label) {
        var program = thread.program();
        return label != null ? program.openStage(block, label) : block.inner(program.nextId(), null);
    }

    @Override
    public BodyInvoker newBodyInvoker() {
        if (body == null) {
            throw new IllegalStateException("There is no body to invoke");
        }
        return new Block.Invoker(this, body);
    }

    @Override
    public void onSuccess(Object result) {
        complete(new Outcome(result, null));
    }

    @Override
    public void onFailure(Throwable t) {
        complete(new Outcome(null, t));
    }

    private void complete(Outcome told) {
        synchronized (this) {
            if (outcome != null) {
                return;
            }
            outcome = told;
        }
        thread.program().build().onProgram(program -> program.completed(this, told));
    }

    @Override
    public ListenableFuture<Void> saveState() {
        var saved = SettableFuture.<Void>create();
        thread.program().build().onProgram(program -> {
            if (program.save()) {
                saved.set(null);
            } else {
                saved.setException(new IOException("The program of " + program.build() + " is over"));
            }
        });
        return saved;
    }

    @Override
    public boolean equals(Object that) {
        return that instanceof BuildStepContext context
                && id == context.id
                && thread.program().build() == context.thread.program().build();
    }

    @Override
    public int hashCode() {
        return id;
    }
}
