package org.jenkinsci.plugins.workflow.steps;

import hudson.ExtensionList;
import hudson.model.Descriptor;
import java.util.Map;
import java.util.Set;

/** What Pipelines know of a step. */
public abstract class StepDescriptor extends Descriptor<Step> {

    /** The types that the step asks its {@link StepContext} for and cannot do without. */
    public abstract Set<? extends Class<?>> getRequiredContext();

    /** The step's name in Pipelines. */
    public abstract String getFunctionName();

    /** Whether the step has a body. */
    public boolean takesImplicitBlockArgument() {
        return false;
    }

    /** What views show of the arguments, or null for what is generally shown. */
    public String argumentsToString(Map<String, Object> namedArgs) {
        return null;
    }

    /** The step of that name in Pipelines, or null. */
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
