package io.jenkins.plugins.armory.web;

import hudson.security.Permission;
import io.jenkins.plugins.armory.approval.Event;
import java.util.Locale;

/** What a person says where one has to approve. */
enum Choice {
    APPROVE,
    REJECT;

    /** The last segment of the path that it is sent to. */
    String path() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** What a person needs for it where the step names no submitters. */
    Permission permission() {
        return this == APPROVE ? ArmoryPermissions.APPROVE : ArmoryPermissions.REJECT;
    }

    /** @param user id of who says it */
    Event by(String user, String comment) {
        return this == APPROVE ? new Event.ManualApproval(user, comment) : new Event.ManualRejection(user, comment);
    }
}
