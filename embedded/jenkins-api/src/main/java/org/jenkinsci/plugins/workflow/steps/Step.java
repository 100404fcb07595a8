package org.jenkinsci.plugins.workflow.steps;

import hudson.ExtensionPoint;
import hudson.model.AbstractDescribableImpl;

/** A step of a Pipeline with its arguments. */
public abstract class Step extends AbstractDescribableImpl<Step> implements ExtensionPoint {

    public StepDescriptor getDescriptor() {
        return StepDescriptor.all().stream()
                .filter(descriptor -> descriptor.clazz == getClass())
                .findFirst()
                .orElseThrow();
    }

    public abstract StepExecution start(StepContext context) throws Exception;
}
