package io.jenkins.plugins.armory.web;

import hudson.Extension;
import hudson.model.Item;
import hudson.security.Permission;
import hudson.security.PermissionGroup;
import hudson.security.PermissionScope;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What a person needs to decide where a step says {@code manualApproval} without submitters. Who may build a job may do both;
 * the two let somebody decide who may not build. An extension, so that they are known once Jenkins has started.
 */
@Extension
@Restricted(NoExternalUse.class)
public final class ArmoryPermissions {

    private static final PermissionGroup GROUP =
            new PermissionGroup(ArmoryPermissions.class, Messages._ArmoryPermissions_title());

    public static final Permission APPROVE =
            new Permission(GROUP, "Approve", Messages._ArmoryPermissions_approve(), Item.BUILD, PermissionScope.ITEM);

    public static final Permission REJECT =
            new Permission(GROUP, "Reject", Messages._ArmoryPermissions_reject(), Item.BUILD, PermissionScope.ITEM);
}
