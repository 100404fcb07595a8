package io.jenkins.embedded;

import com.cloudbees.groovy.cps.Continuable;
import com.cloudbees.groovy.cps.Continuation;
import com.cloudbees.groovy.cps.Outcome;
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation;
import groovy.lang.Closure;
import hudson.EnvVars;
import hudson.model.Result;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import jenkins.model.CauseOfInterruption;
import jenkins.util.Timer;
import org.jenkinsci.plugins.workflow.cps.CpsThread;
import org.jenkinsci.plugins.workflow.cps.CpsThreadGroup;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/**
 * A Pipeline under way: its threads, and what they share. It is written to disk whenever all of them wait, and goes on
 * from there in another process. All methods are called by one thread at a time, through {@link
 * PipelineBuild#onProgram}.
 */
final class Program extends CpsThreadGroup {
    private static final long serialVersionUID = 1;

    private final List<ProgramThread> threads = new ArrayList<>();
    private final List<Deadline> deadlines = new ArrayList<>();
    /** What the Pipeline assigned to {@code env}. */
    private final Map<String, String> assigned = new HashMap<>();

    /** The bodies of the stages that have begun, the first one first. Any thread may look at them. */
    private final List<GraphBlock> stages = new CopyOnWriteArrayList<>();

    private int lastId;

    private transient PipelineBuild build;
    private transient boolean over;
    private transient boolean paused;

    Program(PipelineBuild build, PipelineScript script) {
        this.build = build;
        threads.add(new ProgramThread(this, new Continuable(script)));
    }

    PipelineBuild build() {
        return build;
    }

    /** For a node of the Pipeline's graph; of all ids of a build, no two are the same. */
    int nextId() {
        return ++lastId;
    }

    /** The stages that have begun, the first one first. */
    List<Stage> stages() {
        return stages.stream().map(GraphBlock::stage).toList();
    }

    /** Begins a stage, and returns its body. */
    GraphBlock openStage(GraphBlock outer, String name) {
        var body = outer.stage(new Stage(nextId(), name));
        stages.add(body);
        return body;
    }

    /**
     * The stage that began last before the node of that id. The embedded controller keeps no other nodes that have
     * ended.
     */
    List<FlowNode> before(String id) {
        return stages.stream()
                .takeWhile(body -> body.number() < Integer.parseInt(id))
                .reduce((earlier, later) -> later)
                .map(body -> List.<FlowNode>of(body.node(this)))
                .orElse(List.of());
    }

    Map<String, String> assigned() {
        return assigned;
    }

    /** The variables that a step of the thread sees. */
    EnvVars environment(ProgramThread thread) {
        var variables = build.environment();
        variables.putAll(assigned);
        variables.putAll(thread.variables());
        return variables;
    }

    /** Says whose program this is, which was read from disk. */
    void belongTo(PipelineBuild build) {
        this.build = build;
    }

    /** Goes on where it was saved. */
    void resume() {
        deadlines.forEach(Deadline::schedule);
        List.copyOf(threads).forEach(ProgramThread::resumeStep);
        run();
    }

    @Override
    public Iterable<CpsThread> getThreads() {
        return List.copyOf(threads);
    }

    @Override
    public boolean isPaused() {
        return paused;
    }

    @Override
    public Future<?> pause(boolean persist) {
        paused = true;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void unpause() {
        paused = false;
        build.onProgram(Program::run);
    }

    /** Runs all threads that can go on, until every one waits; then saves the program. */
    void run() {
        for (var ready = ready(); ready != null && !over && !paused; ready = ready()) {
            var end = ready.run();
            if (end != null) {
                threads.remove(ready);
                ended(ready, end);
            }
        }
        save();
    }

    private ProgramThread ready() {
        return threads.stream().filter(ProgramThread::isReady).findFirst().orElse(null);
    }

    private void ended(ProgramThread thread, Outcome outcome) {
        if (thread.owner() == null) {
            over = true;
            build.finish(outcome.getAbnormal());
        } else {
            thread.block().end(this, outcome.getAbnormal());
            thread.owner().bodyEnded(thread, outcome);
        }
    }

    /** A step has said how it ended. */
    void completed(BuildStepContext context, Outcome outcome) {
        if (!over && context.thread().complete(context, outcome)) {
            run();
        }
    }

    /** Starts the body of a step in a thread of its own. */
    ProgramThread fork(
            ProgramThread parent,
            String branch,
            GraphBlock block,
            Closure<?> body,
            ProgramThread.BodyOwner owner,
            List<Object> contextual) {
        try {
            body.call();
        } catch (CpsCallableInvocation invocation) {
            var continuable = new Continuable(invocation.invoke(null, null, Continuation.HALT));
            var thread = new ProgramThread(parent, branch, block, continuable, owner, contextual);
            threads.add(thread);
            return thread;
        }
        throw new IllegalArgumentException("The body of a step must be a closure of the Pipeline");
    }

    /** Where the program has come to, one node for each thread that does not itself wait for another one. */
    List<FlowNode> heads() {
        return threads.stream()
                .filter(thread -> threads.stream().noneMatch(other -> other.parent() == thread))
                .map(ProgramThread::head)
                .toList();
    }

    /** Stops whatever the thread and its branches wait for. */
    void stop(ProgramThread thread, Throwable cause) {
        var branches = threads.stream()
                .filter(candidate -> candidate.parent() == thread)
                .toList();
        if (branches.isEmpty()) {
            thread.stop(cause);
        } else {
            branches.forEach(branch -> stop(branch, cause));
        }
    }

    void stop(Throwable cause) {
        if (!over) {
            stop(threads.get(0), cause);
        }
    }

    /** Writes the program to disk a last time and lets it rest: the controller shuts down. */
    void halt() {
        save();
        over = true;
    }

    /** Ends the program wherever it is: its build is to be deleted. */
    void kill() {
        over = true;
    }

    /** The steps of that type that the program waits for. */
    <T extends StepExecution> Stream<T> waiting(Class<T> type) {
        return over
                ? Stream.empty()
                : threads.stream()
                        .map(ProgramThread::getStep)
                        .filter(type::isInstance)
                        .map(type::cast);
    }

    /** Writes the program to disk unless it is over. The build of a program that cannot be written fails. */
    boolean save() {
        if (over) {
            return false;
        }
        try {
            ProgramFile.write(file(build), this);
            return true;
        } catch (NotSerializableException e) {
            fail(new IOException(
                    "The Pipeline has a variable that cannot be saved while a step waits; "
                            + "use it in a method annotated with @NonCPS, or set it to null before the step",
                    e));
        } catch (IOException | RuntimeException e) {
            fail(new IOException("The Pipeline could not be saved", e));
        }
        return false;
    }

    private void fail(IOException problem) {
        stop(new FlowInterruptedException(Result.FAILURE, true));
        over = true;
        build.finish(problem);
    }

    static Path file(PipelineBuild build) {
        return build.getRootDir().toPath().resolve("program.dat");
    }

    /** Opens a time limit around what the thread does next. */
    Deadline open(ProgramThread thread, long millis) {
        var deadline = new Deadline(thread, System.currentTimeMillis() + millis);
        deadlines.add(deadline);
        deadline.schedule();
        return deadline;
    }

    /** A time limit; it is absolute, so that time during which the controller was down counts. */
    static final class Deadline implements Serializable {
        private static final long serialVersionUID = 1;

        private final ProgramThread thread;
        private final long end;
        private final Reason exceeded = new Reason("Timeout has been exceeded");
        private transient Future<?> timer;

        Deadline(ProgramThread thread, long end) {
            this.thread = thread;
            this.end = end;
        }

        private void schedule() {
            var program = thread.program();
            timer = Timer.get()
                    .schedule(
                            () -> program.build.onProgram(ignored -> expire()),
                            end - System.currentTimeMillis(),
                            TimeUnit.MILLISECONDS);
        }

        private void expire() {
            var program = thread.program();
            if (!program.over && program.deadlines.contains(this)) {
                program.build.log().println("Cancelling nested steps due to timeout");
                program.stop(thread, new FlowInterruptedException(Result.ABORTED, true, exceeded));
            }
        }

        void close() {
            timer.cancel(false);
            thread.program().deadlines.remove(this);
        }

        /** Outside of the body, an exceeded limit is a failure as any other, not an order to stop. */
        Throwable outside(FlowInterruptedException e) {
            return e.getCauses().contains(exceeded)
                    ? new FlowInterruptedException(
                            e.getResult(), false, e.getCauses().toArray(CauseOfInterruption[]::new))
                    : e;
        }
    }
}
