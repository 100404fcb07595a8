package hudson.model;

import hudson.security.Permission;
import hudson.security.PermissionGroup;

/** A node as it runs. */
public abstract class Computer {
    public static final PermissionGroup PERMISSIONS = new PermissionGroup(Computer.class, null);
    public static final Permission BUILD = new Permission(PERMISSIONS, "Build", null);
}
