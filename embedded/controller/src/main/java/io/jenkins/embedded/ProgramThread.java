package io.jenkins.embedded;

import com.cloudbees.groovy.cps.Continuable;
import com.cloudbees.groovy.cps.CpsDefaultGroovyMethods;
import com.cloudbees.groovy.cps.CpsDefaultGroovyStaticMethods;
import com.cloudbees.groovy.cps.CpsStringGroovyMethods;
import com.cloudbees.groovy.cps.Outcome;
import groovy.lang.Closure;
import hudson.model.TaskListener;
import hudson.security.ACL;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jenkinsci.plugins.workflow.cps.EmbeddedThread;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** One thread of a {@link Program}: the Pipeline itself, or the body of a step. It is not a thread of Java. */
final class ProgramThread extends EmbeddedThread {
    private static final long serialVersionUID = 1;

    /** What changes the meaning of methods while a Pipeline runs; the first one that fits counts. */
    @SuppressWarnings("rawtypes")
    private static final List<Class> CATEGORIES = List.of(
            CpsDefaultGroovyMethods.class,
            CpsDefaultGroovyStaticMethods.class,
            CpsStringGroovyMethods.class,
            SerializableIteration.class);

    private static final ThreadLocal<ProgramThread> CURRENT = new ThreadLocal<>();

    private final Program program;
    private final ProgramThread parent;
    private final BodyOwner owner;
    private final String branch;
    private final Continuable continuable;
    /** The innermost block around what the thread does next. */
    private GraphBlock block;
    /** What the enclosing steps have put into the contexts of those in their bodies, the innermost first. */
    private final ArrayList<Object> contextual;
    /** The step that the thread waits for, and its context. */
    private StepExecution step;

    private BuildStepContext context;
    /** What the thread can go on with, if anything. */
    private Outcome next = new Outcome(null, null);

    /** The Pipeline's main thread. */
    ProgramThread(Program program, Continuable continuable) {
        super(program.nextId());
        this.program = program;
        this.parent = null;
        this.owner = null;
        this.branch = "";
        this.continuable = continuable;
        this.block = GraphBlock.whole(program.nextId());
        this.contextual = new ArrayList<>();
    }

    /** The body of a step, with what that adds to the contexts of the steps in it. */
    ProgramThread(
            ProgramThread parent,
            String branch,
            GraphBlock block,
            Continuable continuable,
            BodyOwner owner,
            List<Object> contextual) {
        super(parent.program.nextId());
        this.program = parent.program;
        this.parent = parent;
        this.owner = owner;
        this.branch = branch;
        this.continuable = continuable;
        this.block = block;
        this.contextual = new ArrayList<>(contextual);
        this.contextual.addAll(parent.contextual);
    }

    static ProgramThread current() {
        var thread = CURRENT.get();
        if (thread == null) {
            throw new IllegalStateException("Steps can only be called by a Pipeline's own thread");
        }
        return thread;
    }

    /** The thread that runs on this thread of Java, or null. */
    static ProgramThread currentOrNull() {
        return CURRENT.get();
    }

    Program program() {
        return program;
    }

    ProgramThread parent() {
        return parent;
    }

    /** Who hears of the thread's end; null for the main thread. */
    BodyOwner owner() {
        return owner;
    }

    List<Object> contextual() {
        return contextual;
    }

    /** The thread as a node of the Pipeline's graph: the step that it waits for, else the block that it is in. */
    FlowNode head() {
        return context == null ? block.node(program) : context.node();
    }

    String branch() {
        return branch;
    }

    Map<String, String> variables() {
        return block.variables();
    }

    GraphBlock block() {
        return block;
    }

    void enter(GraphBlock inner) {
        block = inner;
    }

    void leave() {
        block = block.outer();
    }

    @Override
    public StepExecution getStep() {
        return step;
    }

    TaskListener listener() {
        return program.build().log().listener(branch);
    }

    boolean isReady() {
        return next != null;
    }

    /** Runs until the Pipeline waits for a step, and returns null; or until it ends, and returns how it did. */
    Outcome run() {
        var outcome = next;
        next = null;
        CURRENT.set(this);
        try (var ignored = ACL.as2(ACL.SYSTEM2)) {
            var result = continuable.run0(outcome, CATEGORIES);
            return step == null ? result : null;
        } catch (RuntimeException | Error e) {
            return new Outcome(null, e);
        } finally {
            CURRENT.remove();
        }
    }

    /** Returns the result of a step that is done at once; for all others, suspends the Pipeline. */
    Object start(String function, StepStart start) throws Throwable {
        boolean done;
        context = new BuildStepContext(this, program.nextId(), start.body());
        try {
            step = start.start(context);
            done = step.start();
        } catch (Throwable e) {
            step = null;
            context = null;
            throw e;
        }
        if (!done) {
            return Continuable.suspend(function, function);
        }
        var outcome = context.outcome();
        step = null;
        context = null;
        if (outcome == null) {
            throw new IllegalStateException("The step " + function + " claims to be done, but has told no result");
        }
        return outcome.replay();
    }

    boolean waitsFor(BuildStepContext candidate) {
        return context == candidate;
    }

    /** Takes the result of the step; false when it is not the one that the thread waits for. */
    boolean complete(BuildStepContext ended, Outcome outcome) {
        if (context != ended) {
            return false;
        }
        step = null;
        context = null;
        next = outcome;
        return true;
    }

    /** Stops the step that the thread waits for; a thread that was about to go on, goes on with the cause instead. */
    @Override
    public void stop(Throwable cause) {
        if (step == null) {
            next = new Outcome(null, cause);
            return;
        }
        try {
            step.stop(cause);
        } catch (Exception e) {
            e.addSuppressed(cause);
            context.onFailure(e);
        }
    }

    void resumeStep() {
        if (step == null) {
            return;
        }
        try {
            step.onResume();
        } catch (RuntimeException e) {
            context.onFailure(e);
        }
    }

    @FunctionalInterface
    interface StepStart {

        StepExecution start(StepContext context) throws Exception;

        /** The step's body, or null. */
        default Closure<?> body() {
            return null;
        }
    }

    /** Who runs a body in a thread of its own. */
    interface BodyOwner extends Serializable {

        /** Called by the program when the thread has ended. */
        void bodyEnded(ProgramThread thread, Outcome outcome);
    }
}
