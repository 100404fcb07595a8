package hudson.model;

import hudson.ExtensionPoint;

/** Tells administrators that something wants their attention. */
public abstract class AdministrativeMonitor implements ExtensionPoint, ModelObject {

    protected AdministrativeMonitor() {}

    /** Whether it does. Asked for many pages, so this must not take long. */
    public abstract boolean isActivated();

    @Override
    public String getDisplayName() {
        return getClass().getSimpleName();
    }
}
