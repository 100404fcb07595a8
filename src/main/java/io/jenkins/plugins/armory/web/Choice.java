package io.jenkins.plugins.armory.web;

import hudson.security.Permission;
import io.jenkins.plugins.armory.approval.Event;
import java.util.List;
import java.util.Map;

/** What a person may say about an approval. */
enum Choice {
    APPROVE("approve"),
    REJECT("reject");

    private final String path;

    Choice(String path) {
        this.path = path;
    }

    /** Returns the last segment of its path. */
    String path() {
        return path;
    }

    /** Returns the permission that a person needs if the step names no submitters. */
    Permission permission() {
        return this == APPROVE ? ArmoryPermissions.APPROVE : ArmoryPermissions.REJECT;
    }

    /**
     * @param user the id of the person
     * @param inputs what the person filled in, which only an approval has
     * @param rules the rules by which the person may make this choice
     */
    Event by(String user, String comment, Map<String, Object> inputs, List<Integer> rules) {
        return this == APPROVE
                ? new Event.ManualApproval(user, comment, inputs, rules)
                : new Event.ManualRejection(user, comment);
    }
}
