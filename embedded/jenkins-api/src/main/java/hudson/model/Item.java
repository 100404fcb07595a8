package hudson.model;

import hudson.security.AccessControlled;
import hudson.security.Permission;
import hudson.security.PermissionGroup;

/** A job or folder. */
public interface Item extends ModelObject, AccessControlled {
    PermissionGroup PERMISSIONS = new PermissionGroup(Item.class, null);
    Permission READ = new Permission(PERMISSIONS, "Read", null);
    Permission EXTENDED_READ = new Permission(PERMISSIONS, "ExtendedRead", null);
    Permission CONFIGURE = new Permission(PERMISSIONS, "Configure", null);
    Permission BUILD = new Permission(PERMISSIONS, "Build", null);
    Permission CANCEL = new Permission(PERMISSIONS, "Cancel", null);

    ItemGroup<? extends Item> getParent();

    String getName();

    String getFullName();

    /** Its URL relative to the Jenkins URL, with a slash at the end. */
    String getUrl();
}
