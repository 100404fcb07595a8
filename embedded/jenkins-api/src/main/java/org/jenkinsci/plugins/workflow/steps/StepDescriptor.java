package org.jenkinsci.plugins.workflow.steps;

import hudson.ExtensionList;
import hudson.model.Descriptor;
import io.jenkins.embedded.StepBinder;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import org.jenkinsci.plugins.structs.describable.CustomDescribableModel;

/** What Pipelines know of a step. */
public abstract class StepDescriptor extends Descriptor<Step> {

    /** Looked up with the first step, since not every program that has descriptors runs steps. */
    private static final class Binder {

        static final StepBinder FOUND = ServiceLoader.load(StepBinder.class, StepBinder.class.getClassLoader())
                .findFirst()
                .orElseThrow();
    }

    public abstract Set<? extends Class<?>> getRequiredContext();

    public abstract String getFunctionName();

    public boolean isAdvanced() {
        return false;
    }

    public boolean takesImplicitBlockArgument() {
        return false;
    }

    public String argumentsToString(Map<String, Object> namedArgs) {
        return null;
    }

    public Step newInstance(Map<String, Object> arguments) throws Exception {
        Map<String, Object> bound =
                this instanceof CustomDescribableModel model ? model.customInstantiate(arguments) : arguments;
        return Binder.FOUND.bind(clazz.asSubclass(Step.class), bound, getFunctionName());
    }

    public static StepDescriptor byFunctionName(String name) {
        return all().stream()
                .filter(descriptor -> descriptor.getFunctionName().equals(name))
                .findFirst()
                .orElse(null);
    }

    public static ExtensionList<StepDescriptor> all() {
        return ExtensionList.lookup(StepDescriptor.class);
    }
}
