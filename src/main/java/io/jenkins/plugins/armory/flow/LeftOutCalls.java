package io.jenkins.plugins.armory.flow;

import com.cloudbees.groovy.cps.Env;
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation;
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation.MismatchHandler;
import com.google.common.collect.MapMaker;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import groovy.lang.Closure;
import groovy.lang.GroovyClassLoader;
import hudson.AbortException;
import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.builds.RunningBuild;
import io.jenkins.plugins.armory.flow.cps.EngineTasks;
import io.jenkins.plugins.armory.flow.cps.OpenCalls;
import io.jenkins.plugins.armory.flow.cps.PresentHandler;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.io.IOException;
import java.lang.StackWalker.StackFrame;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.cps.CpsFlowExecution;
import org.jenkinsci.plugins.workflow.cps.CpsThread;
import org.jenkinsci.plugins.workflow.cps.CpsThreadGroup;
import org.jenkinsci.plugins.workflow.cps.IgnoredInternalClasses;
import org.jenkinsci.plugins.workflow.flow.FlowExecution;
import org.jenkinsci.plugins.workflow.flow.FlowExecutionListener;
import org.jenkinsci.plugins.workflow.graph.FlowNode;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepExecution;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Makes it an error that the engine leaves out a step, or goes on before code that calls steps has ended (JENKINS-31314). The engine
 * runs the Pipeline, but not Java, Groovy's own methods, methods with {@code @NonCPS} and constructors. If such code calls what the
 * engine runs, the engine runs that in place of the code, once, and the rest of the code never:
 * <ul>
 *   <li>An argument is a text such as <code>"${release}"</code>, and only the engine can call the object's {@code toString()}: the step
 *       is left out.
 *   <li>A {@code @NonCPS} method calls two steps: the second one is left out, and the first one too if the method catches everything.
 *   <li>A method of Java such as {@code eachLine} calls a closure for each of two lines: the closure is run for the first one alone.
 * </ul>
 * In each case the Pipeline would go on through a gate that nobody was asked about.
 */
@Restricted(NoExternalUse.class)
public final class LeftOutCalls {

    private static final Logger LOGGER = Logger.getLogger(LeftOutCalls.class.getName());
    private static final Set<String> FUNCTIONS = ConcurrentHashMap.newKeySet();
    private static final String ENGINE = "com.cloudbees.groovy.cps.";
    private static final StackWalker STACK = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

    private LeftOutCalls() {}

    /**
     * Throws if the code that calls a step is not run by the engine, and makes the engine's thread throw instead of leaving out the step.
     * Either closes the environments of the build, since the Pipeline may catch that. The thread asks the step's descriptor about its
     * block right before it reads the arguments, and calls this there.
     */
    public static void refuse(String function) {
        FUNCTIONS.add(function);
        CpsThread thread = CpsThread.current(); // none in a form or a validation, and on the embedded controller
        FlowExecution execution = thread == null ? null : thread.getExecution();
        String caller = STACK.walk(frames -> callerBesideEngine(frames.iterator(), execution != null));
        if (caller != null) {
            throw new IllegalStateException(close(
                    execution,
                    function,
                    function + ": is called by " + caller
                            + ", which the Pipeline engine does not run, so it could not wait for"
                            + " the step. Call it in a method without @NonCPS that is no constructor, or in a loop such as"
                            + " for (x in list)"));
        }
        if (execution != null) {
            watch(execution);
        }
    }

    /**
     * Returns the method of the Pipeline that has made this call although the engine does not run it, {@code null} for none.
     *
     * @param isEngine whether this is the engine's thread. It calls a step's body by itself if a method with {@code @NonCPS} has made that
     */
    @CheckForNull
    private static String callerBesideEngine(Iterator<StackFrame> frames, boolean isEngine) {
        String caller = null;
        while (frames.hasNext()) {
            StackFrame frame = frames.next();
            if (frame.getClassName().startsWith(ENGINE)) {
                return caller;
            }
            if (caller == null && frame.getDeclaringClass().getClassLoader() instanceof GroovyClassLoader) {
                caller = frame.getClassName() + '.' + frame.getMethodName() + "()";
            }
        }
        return isEngine ? caller : null;
    }

    /** Hears of what the engine leaves out or early from here on, until its thread has nothing more to run. */
    private static void watch(FlowExecution execution) {
        MismatchHandler present = PresentHandler.find();
        if (!(present instanceof Refusal)) {
            CpsCallableInvocation.registerMismatchHandler(new Refusal(execution, present));
        }
    }

    /** Closes the environments of a build and all that comes later in it, and logs why: the Pipeline may catch it. Returns the reason. */
    static String close(@CheckForNull FlowExecution execution, String function, String reason) {
        Run<?, ?> run = execution == null ? null : Builds.of(execution);
        if (run != null) {
            ArmoryRuntime.get().deployments().close(run, function, reason);
            Builds.print(execution, "ERROR: " + LogText.continued(reason));
        }
        return reason;
    }

    /**
     * Checks that the calls around a step that waits are run by the engine to their ends.
     *
     * @throws AbortException if one is not; then the environments of the build are closed
     */
    public static void requireWhole(StepContext context) throws IOException, InterruptedException {
        FlowNode node = context.get(FlowNode.class);
        Early early = Builds.partOf(node.getExecution(), Early.class);
        if (early == null) {
            return;
        }
        Set<String> around = Stream.concat(Stream.of(node), node.getEnclosingBlocks().stream())
                .map(FlowNode::getId)
                .collect(Collectors.toSet());
        for (CpsThread thread : context.get(CpsThread.class).getGroup().getThreads()) {
            StepExecution step = thread.getStep();
            if (step != null && around.contains(idOf(step))) {
                String left = early.find(OpenCalls.of(thread));
                if (left != null) {
                    throw new AbortException(
                            close(
                                    node.getExecution(),
                                    "a step in " + left,
                                    "The Pipeline engine does not run " + left
                                            + ", so what that calls is run once and no more, and a step"
                                            + " in it guards nothing. Call the step in a loop such as for (x in list) instead"));
                }
            }
        }
    }

    @CheckForNull
    private static String idOf(StepExecution step) throws IOException, InterruptedException {
        FlowNode node = step.getContext().get(FlowNode.class);
        return node == null ? null : node.getId();
    }

    /**
     * The calls of a build that the engine runs in place of the code that made them.
     *
     * @param closures what made the call, by closure; the keys are compared by identity
     * @param methods the same, by method
     */
    private record Early(Map<Closure<?>, String> closures, Map<String, String> methods) {

        /** Returns those of a build, {@code null} if it has ended. */
        @CheckForNull
        static Early of(Run<?, ?> run) {
            RunningBuild build = ArmoryRuntime.get().runningBuilds().findOrCreate(run);
            return build == null
                    ? null
                    : build.findOrCreate(
                            Early.class,
                            () -> new Early(new MapMaker().weakKeys().makeMap(), new ConcurrentHashMap<>()));
        }

        void add(Object callee, String method, String caller) {
            if (callee instanceof Closure<?> closure) {
                closures.putIfAbsent(closure, caller);
            } else if (callee != null) {
                Class<?> type = callee instanceof Class<?> itself ? itself : callee.getClass();
                for (; type != null && type != Object.class; type = type.getSuperclass()) {
                    methods.putIfAbsent(type.getName() + '.' + method, caller);
                }
            }
        }

        /** Returns what made the first of the calls that the engine has run so, {@code null} for none. */
        @CheckForNull
        String find(List<Env> calls) {
            return calls.stream()
                    .flatMap(call -> Stream.of(
                            call.closureOwner() instanceof Closure<?> closure ? closures.get(closure) : null,
                            methods.get(OpenCalls.caller(call))))
                    .filter(Objects::nonNull)
                    .findFirst()
                    .orElse(null);
        }
    }

    /** @param others what the engine does about the calls of others, {@code null} if that is unknown */
    private record Refusal(
            FlowExecution execution, @CheckForNull MismatchHandler others) implements MismatchHandler {

        @Override
        public void handle(Object receiver, String expected, Object actualReceiver, String actual) {
            if (FUNCTIONS.contains(expected)) {
                throw new IllegalStateException(close(
                        execution,
                        expected,
                        expected + ": an argument needs " + name(actualReceiver, actual)
                                + ", which only the Pipeline can call. Give the step a text instead, such as \"${x.toString()}\" for"
                                + " \"${x}\", or annotate the method with @NonCPS"));
            } else if (FUNCTIONS.contains(actual)) {
                throw new IllegalStateException(close(
                        execution,
                        actual,
                        actual + ": is called by " + name(receiver, expected)
                                + ", which the Pipeline engine does not run, so it would"
                                + " be run once and no more. Call it by its name, in a loop such as for (x in list)"));
            }
            Run<?, ?> run = Builds.of(execution);
            Early early = run == null ? null : Early.of(run);
            if (early != null) {
                early.add(actualReceiver, actual, name(receiver, expected));
            }
            if (others != null) {
                others.handle(receiver, expected, actualReceiver, actual);
            }
        }

        private static String name(@CheckForNull Object receiver, String method) {
            String type = receiver == null
                    ? ""
                    : (receiver instanceof Class<?> itself ? itself : receiver.getClass()).getName() + '.';
            return type + method + "()";
        }
    }

    /**
     * Watches a Pipeline from its first call on. The engine asks this before each call; after the first one, {@link EngineTasks} sees
     * to it that the thread has the handler from the beginning of each of its tasks.
     */
    @Extension(ordinal = Integer.MAX_VALUE)
    public static final class Watch implements IgnoredInternalClasses {

        @Override
        public boolean ignore(Class<?> clazz) {
            CpsThread thread = CpsThread.current();
            MismatchHandler present = thread == null ? null : PresentHandler.find();
            if (present != null && !(present instanceof Refusal)) {
                FlowExecution execution = thread.getExecution();
                watch(execution);
                EngineTasks.before(thread.getGroup(), () -> watch(execution));
            }
            return false;
        }
    }

    /** Watches a Pipeline that goes on after a restart of Jenkins from its first call on. */
    @Extension
    public static final class Resumption extends FlowExecutionListener {

        @Override
        public void onResumed(FlowExecution execution) {
            ListenableFuture<CpsThreadGroup> program =
                    execution instanceof CpsFlowExecution resumed ? resumed.programPromise : null;
            if (program != null) {
                program.addListener(
                        () -> {
                            try {
                                EngineTasks.before(Futures.getDone(program), () -> watch(execution));
                            } catch (ExecutionException | CancellationException x) {
                                LOGGER.log(Level.FINE, x, () -> execution + " cannot go on");
                            }
                        },
                        Runnable::run);
            }
        }
    }
}
