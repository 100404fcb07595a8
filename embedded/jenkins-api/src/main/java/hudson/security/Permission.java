package hudson.security;

/** The right to do one thing. */
public final class Permission {
    public final PermissionGroup group;
    public final String name;
    /** Who has that one has this one too; may be null. */
    public final Permission impliedBy;

    public Permission(PermissionGroup group, String name, Permission impliedBy) {
        this.group = group;
        this.name = name;
        this.impliedBy = impliedBy;
    }

    public String getId() {
        return group.owner.getName() + '.' + name;
    }

    @Override
    public String toString() {
        return getId();
    }
}
