package io.jenkins.plugins.armory.web;

import hudson.init.InitMilestone;
import hudson.init.Initializer;
import hudson.model.Item;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.PermissionScope;
import jenkins.model.Jenkins;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The permissions to approve and reject if {@code manualApproval} names no submitters, and to decide any approval,
 * whatever is missing. Job/Build implies the first two; each alone lets a user decide without Job/Build. Only
 * Overall/Administer implies the last.
 */
@Restricted(NoExternalUse.class)
public final class ArmoryPermissions {

    private static final PermissionGroup GROUP =
            new PermissionGroup(ArmoryPermissions.class, Messages._ArmoryPermissions_title());

    public static final Permission APPROVE =
            new Permission(GROUP, "Approve", Messages._ArmoryPermissions_approve(), Item.BUILD, PermissionScope.ITEM);

    public static final Permission REJECT =
            new Permission(GROUP, "Reject", Messages._ArmoryPermissions_reject(), Item.BUILD, PermissionScope.ITEM);

    /** To decide an approval whatever is missing. */
    public static final Permission OVERRIDE = new Permission(
            GROUP, "Override", Messages._ArmoryPermissions_override(), Jenkins.ADMINISTER, PermissionScope.ITEM);

    private ArmoryPermissions() {}

    /** Makes Jenkins know the permissions before it reads who has them, also if it loads the plugin while it runs. */
    @Initializer(after = InitMilestone.PLUGINS_PREPARED)
    public static void load() {
        // The class is initialized now, which is all that is needed.
    }
}
