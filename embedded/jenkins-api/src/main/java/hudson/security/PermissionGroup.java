package hudson.security;

import org.jvnet.localizer.Localizable;

/** Permissions that concern the same class of objects. */
public final class PermissionGroup {
    public final Class<?> owner;
    /** What administrators read above the permissions; the embedded controller has no such page. */
    public final Localizable title;

    public PermissionGroup(Class<?> owner, Localizable title) {
        this.owner = owner;
        this.title = title;
    }
}
