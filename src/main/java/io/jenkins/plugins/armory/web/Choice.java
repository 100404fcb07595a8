package io.jenkins.plugins.armory.web;

import hudson.security.Permission;
import io.jenkins.plugins.armory.approval.Event;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a person may say about an approval. */
enum Choice {
    APPROVE("approve"),
    REJECT("reject"),
    /** Takes the person's own approval back. It needs no permission. */
    TAKE_BACK("take-back");

    private final String path;

    Choice(String path) {
        this.path = path;
    }

    /** Returns the last segment of its path. */
    String path() {
        return path;
    }

    /** Returns the permission that a person needs if the step names no submitters; empty for none. */
    Optional<Permission> permission() {
        return switch (this) {
            case APPROVE -> Optional.of(ArmoryPermissions.APPROVE);
            case REJECT -> Optional.of(ArmoryPermissions.REJECT);
            case TAKE_BACK -> Optional.empty();
        };
    }

    /**
     * @param user the id of the person
     * @param inputs what the person filled in, which only an approval has
     * @param rules the rules by which the person may make this choice
     */
    Event by(String user, String comment, Map<String, Object> inputs, List<Integer> rules) {
        return switch (this) {
            case APPROVE -> new Event.ManualApproval(user, comment, inputs, rules);
            case REJECT -> new Event.ManualRejection(user, comment);
            case TAKE_BACK -> new Event.TakenBack(user);
        };
    }
}
