package jenkins.security;

import jenkins.agents.ControllerToAgentCallable;

/** A convenient base of what a controller has an agent run. */
public abstract class MasterToSlaveCallable<V, T extends Throwable> implements ControllerToAgentCallable<V, T> {
    private static final long serialVersionUID = 1;
}
