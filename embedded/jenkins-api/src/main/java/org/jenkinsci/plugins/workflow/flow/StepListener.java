package org.jenkinsci.plugins.workflow.flow;

import hudson.ExtensionPoint;
import org.jenkinsci.plugins.workflow.steps.Step;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** Hears of a step before it starts; on the embedded controller of those that plugins bring, and of {@code stage}. */
public interface StepListener extends ExtensionPoint {

    void notifyOfNewStep(Step s, StepContext context);
}
