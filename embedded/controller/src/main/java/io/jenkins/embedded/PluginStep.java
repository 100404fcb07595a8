package io.jenkins.embedded;

import groovy.lang.Closure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jenkinsci.plugins.workflow.flow.StepListener;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.jenkinsci.plugins.workflow.steps.StepDescriptor;
import org.jenkinsci.plugins.workflow.steps.StepExecution;

/** A call of a step that a plugin brings. */
record PluginStep(StepDescriptor descriptor, Object[] arguments) implements ProgramThread.StepStart {

    @Override
    public StepExecution start(StepContext context) throws Exception {
        var function = descriptor.getFunctionName();
        if (descriptor.takesImplicitBlockArgument() && body() == null) {
            throw new IllegalStateException(function + " step must be called with a body");
        }
        for (var required : descriptor.getRequiredContext()) {
            if (context.get(required) == null) {
                throw new IllegalStateException(
                        "Required context " + required + " of the step " + function + " is missing");
            }
        }
        var step = descriptor.newInstance(named());
        EmbeddedJenkins.fire(StepListener.class, listener -> listener.notifyOfNewStep(step, context));
        return ((BuildStepContext) context).outcome() == null ? step.start(context) : new Ended(context);
    }

    /** A step that a listener has ended. */
    private static final class Ended extends StepExecution {
        private static final long serialVersionUID = 1;

        Ended(StepContext context) {
            super(context);
        }

        @Override
        public boolean start() {
            return true;
        }
    }

    /** The closure after the step's arguments, or null. */
    @Override
    public Closure<?> body() {
        return arguments.length > 0 && arguments[arguments.length - 1] instanceof Closure<?> closure ? closure : null;
    }

    private Map<String, Object> named() {
        var given = new LinkedHashMap<String, Object>();
        var count = body() == null ? arguments.length : arguments.length - 1;
        if (count == 1 && arguments[0] instanceof Map<?, ?> map) {
            map.forEach((name, value) -> given.put(String.valueOf(name), plain(value)));
        } else if (count == 1) {
            given.put(
                    Binder.soleRequiredParameter(descriptor.clazz, descriptor.getFunctionName()), plain(arguments[0]));
        } else if (count > 1) {
            throw new IllegalArgumentException("Expected named arguments of the step " + descriptor.getFunctionName());
        }
        return given;
    }

    /** The value with Groovy's interpolated strings made plain ones, however deep they are in it. */
    private static Object plain(Object value) {
        if (value instanceof Map<?, ?> map) {
            var copy = new LinkedHashMap<>();
            map.forEach((key, element) -> copy.put(plain(key), plain(element)));
            return copy;
        }
        if (value instanceof List<?> list) {
            return list.stream().map(PluginStep::plain).collect(Collectors.toCollection(ArrayList::new));
        }
        return value instanceof CharSequence ? value.toString() : value;
    }
}
