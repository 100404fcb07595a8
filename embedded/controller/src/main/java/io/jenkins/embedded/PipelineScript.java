package io.jenkins.embedded;

import static io.jenkins.embedded.StepSupport.inWorkspace;
import static io.jenkins.embedded.StepSupport.named;
import static io.jenkins.embedded.StepSupport.started;
import static io.jenkins.embedded.StepSupport.text;
import static io.jenkins.embedded.StepSupport.thread;

import groovy.lang.Closure;
import groovy.lang.MissingMethodException;
import groovy.lang.MissingPropertyException;
import hudson.AbortException;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.codehaus.groovy.runtime.InvokerHelper;
import org.jenkinsci.plugins.workflow.cps.CpsScript;
import org.jenkinsci.plugins.workflow.cps.GlobalVariable;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;

/**
 * What Pipeline scripts inherit: the global variables, the steps without a body, and those that plugins bring. The
 * steps with a body are in {@code Steps.groovy}, below this class and above the scripts.
 */
public abstract class PipelineScript extends CpsScript {
    private static final long serialVersionUID = 1;

    public void echo(Object arguments) {
        started("echo");
        StepSupport.log(named("echo", arguments, "message").get("message"));
    }

    @Override
    public void println(Object value) {
        echo(String.valueOf(value));
    }

    public void error(Object arguments) throws AbortException {
        started("error");
        throw new AbortException(text(named("error", arguments, "message"), "message", ""));
    }

    public String readFile(Object arguments) throws IOException {
        started("readFile");
        var given = named("readFile", arguments, "file", "encoding");
        return Files.readString(inWorkspace("readFile", text(given, "file", null)), encoding(given));
    }

    public void writeFile(Map<String, ?> arguments) throws IOException {
        started("writeFile");
        var given = named("writeFile", arguments, "file", "text", "encoding");
        var file = inWorkspace("writeFile", text(given, "file", null));
        Files.createDirectories(file.getParent());
        Files.writeString(file, text(given, "text", null), encoding(given));
    }

    private static Charset encoding(Map<String, ?> arguments) {
        return Charset.forName(text(arguments, "encoding", "UTF-8"));
    }

    public Object sh(Object arguments) throws Throwable {
        var given = named("sh", arguments, "script", "returnStdout", "returnStatus", "label");
        var script = text(given, "script", null);
        var workspace = inWorkspace("sh", "");
        return start(
                "sh",
                context -> new ShellExecution(
                        context,
                        script,
                        workspace.toFile(),
                        Boolean.TRUE.equals(given.get("returnStdout")),
                        Boolean.TRUE.equals(given.get("returnStatus"))));
    }

    /** Declared for numbers too, as Groovy gives every object a {@code sleep(long)} that would stop the thread. */
    public Object sleep(long seconds) throws Throwable {
        return sleep(Map.of("time", seconds));
    }

    public Object sleep(Map<String, ?> arguments) throws Throwable {
        var millis = StepSupport.millis(named("sleep", arguments, "time", "unit"), "SECONDS");
        return start("sleep", context -> new SleepExecution(context, millis));
    }

    public Object input(Object arguments) throws Throwable {
        var given = named("input", arguments, "message", "id", "ok");
        var message = text(given, "message", "Continue?");
        var id = text(given, "id", Integer.toHexString(message.hashCode()));
        if (!id.matches("[\\w.-]+")) {
            throw new IllegalArgumentException("The id of input becomes a part of URLs: it cannot be " + id);
        }
        // Jenkins makes the id's first letter a capital one too
        return start(
                "input",
                context -> new InputExecution(
                        context,
                        id.substring(0, 1).toUpperCase(Locale.ENGLISH) + id.substring(1),
                        message,
                        text(given, "ok", "Proceed")));
    }

    public Object parallel(Map<String, ?> arguments) throws Throwable {
        var branches = new LinkedHashMap<String, Closure<?>>();
        arguments.forEach((name, body) -> {
            if (body instanceof Closure<?> closure) {
                branches.put(name, closure);
            } else if (!name.equals("failFast")) {
                throw new IllegalArgumentException("Expected a closure but found " + name + "=" + body);
            }
        });
        var failFast = Boolean.TRUE.equals(arguments.get("failFast"));
        return start("parallel", context -> new ParallelExecution(context, thread(), branches, failFast));
    }

    /** A global variable or a step that a plugin brings. */
    @Override
    public Object invokeMethod(String name, Object args) {
        var variable = GlobalVariable.byName(name, thread().program().build());
        if (variable != null) {
            try {
                return InvokerHelper.invokeMethod(variable.getValue(this), "call", args);
            } catch (Exception e) {
                throw PipelineScript.<RuntimeException>unchecked(e);
            }
        }
        var descriptor = StepDescriptor.byFunctionName(name);
        if (descriptor != null) {
            try {
                return start(name, new PluginStep(descriptor, (Object[]) args));
            } catch (Throwable e) {
                throw PipelineScript.<RuntimeException>unchecked(e);
            }
        }
        try {
            return super.invokeMethod(name, args);
        } catch (MissingMethodException e) {
            if (name.equals("pipeline")) {
                throw new UnsupportedOperationException("The embedded controller runs Scripted Pipelines; "
                        + "Declarative ones, as with pipeline { }, need a Jenkins controller");
            }
            throw new NoSuchMethodError("No such DSL method '" + name + "' found on the embedded controller");
        }
    }

    /** The variables of the script, the global ones, and those of the environment. */
    @Override
    public Object getProperty(String name) {
        return switch (name) {
            case "env" -> new Globals.Environment();
            case "params" -> new LinkedHashMap<>(thread().program().build().parameters());
            case "currentBuild" -> new Globals.CurrentBuild();
            default -> variable(name);
        };
    }

    private Object variable(String name) {
        try {
            return super.getProperty(name);
        } catch (MissingPropertyException e) {
            var value = thread().program().environment(thread()).get(name);
            if (value == null) {
                throw e;
            }
            return value;
        }
    }

    private static Object start(String function, ProgramThread.StepStart step) throws Throwable {
        started(function);
        return thread().start(function, step);
    }

    /** For a method that cannot declare what a step may throw. */
    @SuppressWarnings("unchecked")
    private static <T extends Throwable> T unchecked(Throwable e) throws T {
        throw (T) e;
    }
}
