package org.jenkinsci.plugins.workflow.actions;

/** Lets a node be shown as failed. */
public class ErrorAction implements PersistentAction {
    private final transient Throwable error;

    public ErrorAction(Throwable error) {
        this.error = error;
    }

    @Override
    public String getDisplayName() {
        return error.getMessage();
    }

    @Override
    public String getIconFileName() {
        return null;
    }

    @Override
    public String getUrlName() {
        return null;
    }
}
