package io.jenkins.embedded;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.common.util.concurrent.ThreadFactoryBuilder;
import com.thoughtworks.xstream.XStream;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.model.Action;
import hudson.model.Queue;
import hudson.model.Result;
import hudson.model.Run;
import hudson.model.TaskListener;
import hudson.model.listeners.RunListener;
import java.io.File;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.logging.Level;
import java.util.logging.Logger;
import jenkins.model.CauseOfInterruption;
import jenkins.model.Jenkins;
import org.jenkinsci.plugins.workflow.actions.ErrorAction;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionOwner;
import org.jenkinsci.plugins.workflow.flow.GraphListener;
import org.jenkinsci.plugins.workflow.graph.FlowEndNode;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.graph.FlowStartNode;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** A build of a {@link PipelineJob}: its record on disk, its log, and the program that runs it. */
final class PipelineBuild extends Run<PipelineJob, PipelineBuild> implements Queue.Executable {
    private static final Logger LOGGER = Logger.getLogger(PipelineBuild.class.getName());
    private static final XStream XSTREAM = new XStream();
    /** How long a build that is to be deleted gets to end by itself. */
    private static final long STOP_SECONDS = 10;

    static {
        XSTREAM.alias("build", Record.class);
        XSTREAM.alias("stage", Stage.class);
        XSTREAM.allowTypes(new Class<?>[] {Record.class, Stage.class});
        XSTREAM.allowTypesByWildcard(new String[] {"io.jenkins.plugins.**", "org.jenkinsci.plugins.workflow.**"});
    }

    /** Runs programs, and waits for scripts. A build takes a thread only while its Pipeline computes something. */
    static final Executor THREADS = Executors.newCachedThreadPool(
            new ThreadFactoryBuilder().setNameFormat("Pipeline").setDaemon(true).build());

    /** What {@code build.xml} holds. */
    private static final class Record {
        private final LinkedHashMap<String, String> parameters;
        private volatile long queueId;
        private final long timestamp = System.currentTimeMillis();
        private volatile long duration;
        private volatile boolean completed;
        private volatile String result;
        /** Once it is over. */
        private volatile ArrayList<Stage> stages = new ArrayList<>();

        private volatile ArrayList<Action> actions = new ArrayList<>();

        Record(Map<String, String> parameters, long queueId) {
            this.parameters = new LinkedHashMap<>(parameters);
            this.queueId = queueId;
        }
    }

    private final int number;
    private final Path folder;
    private final Record record;
    private final BuildLog log;
    private final Executor executor = MoreExecutors.newSequentialExecutor(THREADS);
    private final Execution execution = new Execution();
    private final CompletableFuture<Program> program = new CompletableFuture<>();
    private final CompletableFuture<Void> finished = new CompletableFuture<>();

    private PipelineBuild(PipelineJob job, int number, Path folder, Record record) {
        super(job);
        this.number = number;
        this.folder = folder;
        this.record = record;
        this.log = new BuildLog(folder.resolve("log"));
        record.actions.forEach(super::addAction);
        if (record.completed) {
            finished.complete(null);
        }
    }

    static PipelineBuild create(PipelineJob job, int number, Path folder, Map<String, String> parameters, long queueId)
            throws IOException {
        Files.createDirectories(folder);
        var build = new PipelineBuild(job, number, folder, new Record(parameters, queueId));
        build.save();
        return build;
    }

    static PipelineBuild load(PipelineJob job, int number, Path folder) {
        return new PipelineBuild(job, number, folder, (Record)
                XSTREAM.fromXML(folder.resolve("build.xml").toFile()));
    }

    static String toXml(List<Action> actions) {
        return XSTREAM.toXML(new ArrayList<>(actions));
    }

    @SuppressWarnings("unchecked")
    static List<Action> actions(String xml) {
        return (List<Action>) XSTREAM.fromXML(xml);
    }

    @Override
    public synchronized void save() {
        record.actions = new ArrayList<>(getActions());
        try {
            AtomicFile.write(folder.resolve("build.xml"), XSTREAM.toXML(record).getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start() {
        executor.execute(() -> {
            log.println("Started by user " + Jenkins.getAuthentication2().getName());
            log.println("[Pipeline] Start of Pipeline");
            begin(() -> new Program(this, PipelineCompiler.parse(getParent().script())), Program::run);
        });
    }

    /** Goes on after a restart, as another item of the queue: so does Jenkins. */
    void resume(long newQueueId) {
        record.queueId = newQueueId;
        executor.execute(() -> {
            if (getParent().getBuildByNumber(number) != this) {
                return; // deleted in the meantime
            }
            log.println("Resuming build at " + new Date() + " after Jenkins restart");
            // beside the program's own thread, as on Jenkins: listeners may ask for the program
            begin(
                    this::read,
                    read -> THREADS.execute(() -> {
                        EmbeddedJenkins.fire(FlowExecutionListener.class, listener -> listener.onResumed(execution));
                        onProgram(Program::resume);
                    }));
        });
    }

    private Program read() throws IOException, ClassNotFoundException {
        var file = Program.file(this);
        if (!Files.exists(file)) {
            throw new AbortException("The controller ended before the Pipeline was first saved, so it cannot go on");
        }
        var read = ProgramFile.read(file, PipelineCompiler.load(getParent().script()));
        read.belongTo(this);
        return read;
    }

    private void begin(Callable<Program> source, Consumer<Program> run) {
        Program loaded;
        try {
            loaded = source.call();
        } catch (Exception | LinkageError e) {
            finish(e);
            return;
        }
        execution.programPromise = Futures.immediateFuture(loaded);
        program.complete(loaded);
        run.accept(loaded);
    }

    /** Does something with the program, as soon as it is loaded and nothing else is done with it. */
    CompletableFuture<Void> onProgram(Consumer<Program> action) {
        return program.thenAcceptAsync(action, executor).whenComplete((unused, e) -> {
            if (e != null) {
                LOGGER.log(Level.WARNING, "Could not go on with " + this, e);
            }
        });
    }

    <T> CompletableFuture<T> ask(Function<Program, T> question) {
        return program.thenApplyAsync(question, executor);
    }

    Execution execution() {
        return execution;
    }

    /** What plugins know of the program. */
    final class Execution extends CpsFlowExecution {
        @Override
        public FlowExecutionOwner getOwner() {
            return new Owner();
        }

        @Override
        public ListenableFuture<List<StepExecution>> getCurrentExecutions(boolean innermostOnly) {
            return Futures.immediateFuture(
                    program.join().waiting(StepExecution.class).toList());
        }

        @Override
        public List<FlowNode> getCurrentHeads() {
            return ask(Program::heads).join();
        }

        private final class Owner extends FlowExecutionOwner {
            private static final long serialVersionUID = 1;

            @Override
            public Queue.Executable getExecutable() {
                return PipelineBuild.this;
            }

            @Override
            public TaskListener getListener() {
                return log.listener("");
            }

            private void writeObject(ObjectOutputStream out) throws NotSerializableException {
                throw new NotSerializableException("What a Pipeline belongs to is not kept with it");
            }
        }
    }

    /** Has the program saved, if it is loaded, and lets it rest. */
    CompletableFuture<Void> halt() {
        return program.isDone() ? onProgram(Program::halt) : CompletableFuture.completedFuture(null);
    }

    void stop(CauseOfInterruption cause) {
        execution.setResult(Result.ABORTED);
        onProgram(running -> running.stop(new FlowInterruptedException(Result.ABORTED, true, cause)));
    }

    /** Called by the program at its end. */
    void finish(Throwable failure) {
        var end = new FlowEndNode(execution, "end", new FlowStartNode(execution, "start"), Result.SUCCESS);
        if (failure != null) {
            end.addAction(new ErrorAction(failure));
        }
        EmbeddedJenkins.fire(GraphListener.class, listener -> listener.onNewHead(end));
        if (failure instanceof FlowInterruptedException interruption) {
            setResult(interruption.getResult());
        } else if (failure != null) {
            setResult(Result.FAILURE);
        }
        log.println("[Pipeline] End of Pipeline");
        if (failure != null) {
            report(failure, log.listener(""));
        }
        setResult(Result.SUCCESS);
        if (program.isDone()) {
            record.stages = new ArrayList<>(program.join().stages());
            record.stages.forEach(stage -> stage.end(failure));
        }
        EmbeddedJenkins.fire(RunListener.class, listener -> listener.onCompleted(this, log.listener("")));
        log.println("Finished: " + getResult());
        record.duration = System.currentTimeMillis() - record.timestamp;
        record.completed = true;
        save();
        try {
            Files.deleteIfExists(Program.file(this));
        } catch (IOException e) {
            LOGGER.log(Level.WARNING, "Could not delete the program of " + this, e);
        }
        EmbeddedJenkins.fire(RunListener.class, listener -> listener.onFinalized(this));
        finished.complete(null);
    }

    /** Tells in a log why something failed. */
    static void report(Throwable e, TaskListener listener) {
        if (e instanceof FlowInterruptedException interruption) {
            interruption.getCauses().forEach(cause -> cause.print(listener));
        } else if (e instanceof AbortException) {
            listener.error(e.getMessage());
        } else {
            listener.error(e.toString());
            Arrays.stream(e.getStackTrace())
                    .filter(frame -> frame.getClassName().startsWith(PipelineCompiler.SCRIPT))
                    .forEach(frame -> listener.getLogger().println("\tat " + frame));
            if (e.getCause() != null) {
                listener.getLogger().println("Caused by: " + e.getCause());
            }
        }
    }

    /** Stops the build if it runs, then deletes it. */
    void delete() throws IOException {
        end();
        EmbeddedJenkins.fire(RunListener.class, listener -> listener.onDeleted(this));
        getParent().remove(this);
        AtomicFile.deleteFolder(folder);
    }

    /** Ends the build, in an orderly way if it can be done soon. */
    void end() {
        if (isBuilding()) {
            stop(new CauseOfInterruption.UserInterruption(
                    Jenkins.getAuthentication2().getName()));
        }
        try {
            finished.get(STOP_SECONDS, TimeUnit.SECONDS);
        } catch (Exception e) {
            LOGGER.log(Level.WARNING, this + " did not stop in time", e);
            onProgram(Program::kill);
        }
    }

    /** Whether the build is over and nothing more is written of it. */
    boolean isFinished() {
        return finished.isDone();
    }

    BuildLog log() {
        return log;
    }

    Map<String, String> parameters() {
        return record.parameters;
    }

    /** The stages that have begun; none while the program is not loaded. */
    List<Stage> stages() {
        if (!isBuilding()) {
            return record.stages == null ? List.of() : List.copyOf(record.stages); // of an older controller
        }
        return program.isDone() ? ask(Program::stages).join() : List.of();
    }

    @Override
    public long getQueueId() {
        return record.queueId;
    }

    @Override
    public long getTimeInMillis() {
        return record.timestamp;
    }

    long duration() {
        return record.duration;
    }

    /** What every step of the build finds in its environment. */
    EnvVars environment() {
        var variables = new EnvVars(parameters());
        var root = Jenkins.get().getRootUrl();
        variables.put("JENKINS_URL", root);
        variables.put("JOB_NAME", getParent().getFullName());
        variables.put("BUILD_NUMBER", String.valueOf(number));
        variables.put("BUILD_URL", root + getUrl());
        return variables;
    }

    @Override
    public int getNumber() {
        return number;
    }

    @Override
    public File getRootDir() {
        return folder.toFile();
    }

    @Override
    public Result getResult() {
        return record.result == null ? null : Result.fromString(record.result);
    }

    /** A result can only get worse. */
    @Override
    public void setResult(Result result) {
        if (getResult() == null || result.isWorseThan(getResult())) {
            record.result = result.toString();
            save();
        }
    }

    @Override
    public boolean isBuilding() {
        return !record.completed;
    }

    @Override
    public String toString() {
        return getFullDisplayName();
    }
}
