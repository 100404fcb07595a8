package hudson.security;

/** The kind of objects that a permission may be given for. */
public final class PermissionScope {
    public static final PermissionScope JENKINS = new PermissionScope();
    public static final PermissionScope ITEM = new PermissionScope();

    private PermissionScope() {}
}
