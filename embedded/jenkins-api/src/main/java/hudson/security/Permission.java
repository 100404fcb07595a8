package hudson.security;

import org.jvnet.localizer.Localizable;

/** The right to do one thing. */
public final class Permission {
    public final PermissionGroup group;
    public final String name;
    public final Permission impliedBy;

    public Permission(PermissionGroup group, String name, Permission impliedBy) {
        this.group = group;
        this.name = name;
        this.impliedBy = impliedBy;
    }

    public Permission(
            PermissionGroup group, String name, Localizable description, Permission impliedBy, PermissionScope scope) {
        this(group, name, impliedBy);
    }

    public String getId() {
        return group.owner.getName() + '.' + name;
    }

    @Override
    public String toString() {
        return getId();
    }
}
