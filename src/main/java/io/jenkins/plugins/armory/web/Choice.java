package io.jenkins.plugins.armory.web;

import hudson.security.Permission;
import io.jenkins.plugins.armory.approval.Event;
import java.util.Locale;

/** The decision of a person. */
enum Choice {
    APPROVE,
    REJECT;

    /** Returns the last segment of its path. */
    String path() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the permission that a person needs if the step names no submitters. */
    Permission permission() {
        return this == APPROVE ? ArmoryPermissions.APPROVE : ArmoryPermissions.REJECT;
    }

    /** @param user the id of the person */
    Event by(String user, String comment) {
        return this == APPROVE ? new Event.ManualApproval(user, comment) : new Event.ManualRejection(user, comment);
    }
}
