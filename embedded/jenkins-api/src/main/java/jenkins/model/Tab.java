package jenkins.model;

import hudson.model.Action;
import hudson.model.Actionable;

/** An action that is a tab of the page of what it belongs to. */
public abstract class Tab implements Action {
    protected transient Actionable object;

    public Tab(Actionable object) {
        this.object = object;
    }
}
