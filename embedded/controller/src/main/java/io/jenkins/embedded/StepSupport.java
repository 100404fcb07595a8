package io.jenkins.embedded;

import hudson.AbortException;
import hudson.model.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/**
 * What the steps of {@link PipelineScript} and {@code Steps.groovy} are made of. It is apart from them since a Pipeline
 * may well define a method of its own that is called {@code log} or {@code report}.
 */
public final class StepSupport {

    private StepSupport() {}

    static ProgramThread thread() {
        return ProgramThread.current();
    }

    private static PipelineBuild build() {
        return thread().program().build();
    }

    /** The arguments by name, from a map of them or from the value of the one that needs no name. */
    public static Map<String, Object> named(String step, Object arguments, String unnamed, String... others) {
        var given = new LinkedHashMap<String, Object>();
        if (arguments instanceof Map<?, ?> map) {
            map.forEach((name, value) -> given.put(String.valueOf(name), value));
        } else {
            given.put(unnamed, arguments);
        }
        Binder.rejectUnknown(
                given.keySet(),
                Stream.concat(Stream.of(unnamed), Arrays.stream(others)).toList(),
                step);
        return given;
    }

    /** @param otherwise what an absent argument stands for; null when it must not be absent */
    static String text(Map<String, ?> arguments, String name, String otherwise) {
        var value = arguments.get(name);
        if (value == null && otherwise == null) {
            throw new IllegalArgumentException("Missing required parameter: \"" + name + "\"");
        }
        return value == null ? otherwise : value.toString();
    }

    /** A length of time from the arguments {@code time} and {@code unit}. */
    public static long millis(Map<String, ?> arguments, String defaultUnit) {
        if (!(arguments.get("time") instanceof Number time)) {
            throw new IllegalArgumentException("Missing required parameter: \"time\", a number");
        }
        return TimeUnit.valueOf(text(arguments, "unit", defaultUnit)).toMillis(time.longValue());
    }

    public static void log(Object line) {
        thread().listener().getLogger().println(line);
    }

    public static void started(String step) {
        build().log().println("[Pipeline] " + step);
    }

    /** Begins a step with a body. */
    public static void begin(String step) {
        started(step);
        thread().enter(thread().block().inner(thread().program().nextId(), null));
    }

    public static void end(String step) {
        thread().leave();
        started("// " + step);
    }

    public static void enter(Map<String, String> variables) {
        begin("{");
        thread().variables().putAll(variables);
    }

    public static void leave() {
        thread().leave();
        started("}");
    }

    /** Has the stages around show the result. */
    public static void showResult(Object result) {
        thread().block().warn(Result.fromString(result.toString()));
    }

    public static Program.Deadline deadline(long millis) {
        return thread().program().open(thread(), millis);
    }

    /** What {@code node} adds to the environment. */
    public static Map<String, String> workspace() throws IOException {
        var workspace = Files.createDirectories(build().getParent().workspace());
        log("Running on Jenkins in " + workspace);
        return Map.of("NODE_NAME", "built-in", "WORKSPACE", workspace.toString());
    }

    /** The path in the workspace; the workspace itself for an empty one. */
    static Path inWorkspace(String step, String path) throws AbortException {
        var workspace = thread().variables().get("WORKSPACE");
        if (workspace == null) {
            throw new AbortException("The step " + step + " needs a workspace. "
                    + "Perhaps you forgot to surround it with a step that provides one, such as: node");
        }
        return Path.of(workspace).resolve(path);
    }

    public static void setResult(Object result) {
        build().setResult(Result.fromString(result.toString()));
    }

    /** Whether the exception means that the Pipeline is to stop, rather than that something in it failed. */
    public static boolean isOrderToStop(Throwable e) {
        return e instanceof FlowInterruptedException interruption && interruption.isActualInterruption();
    }

    public static void report(Throwable e) {
        PipelineBuild.report(e, thread().listener());
    }
}
