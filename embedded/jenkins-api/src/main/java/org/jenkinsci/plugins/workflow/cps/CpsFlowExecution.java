package org.jenkinsci.plugins.workflow.cps;

import org.jenkinsci.plugins.workflow.flow.FlowExecution;

/** The execution of a Pipeline of Jenkins; the embedded controller has its own. */
public abstract class CpsFlowExecution extends FlowExecution {}
