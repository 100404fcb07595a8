package hudson.model;

import hudson.ExtensionPoint;

/** Tells administrators that something wants their attention. */
public abstract class AdministrativeMonitor implements ExtensionPoint, ModelObject {

    protected AdministrativeMonitor() {}

    public abstract boolean isActivated();

    @Override
    public String getDisplayName() {
        return getClass().getSimpleName();
    }
}
