package io.jenkins.plugins.armory.web;

import hudson.security.Permission;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Event;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** What a person may say about an approval. */
enum Choice {
    APPROVE("approve"),
    REJECT("reject"),
    /** Takes the person's own approval back. It needs no permission. */
    TAKE_BACK("take-back"),
    /** Has a failed approval run again. */
    RUN_AGAIN("run-again"),
    /** Makes a failure final. */
    GIVE_UP("give-up");

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
            case APPROVE, RUN_AGAIN, GIVE_UP -> Optional.of(ArmoryPermissions.APPROVE);
            case REJECT -> Optional.of(ArmoryPermissions.REJECT);
            case TAKE_BACK -> Optional.empty();
        };
    }

    /** Returns whether the terms of an approval leave that to people, at any time. */
    boolean isFor(Approval approval) {
        return isAboutFailure() ? approval.isForRunningAgain() : approval.manual() != null;
    }

    /** Returns whether it answers a failure, and not what {@code manualApproval} asks. */
    boolean isAboutFailure() {
        return this == RUN_AGAIN || this == GIVE_UP;
    }

    /**
     * @param user the id of the person
     * @param inputs what the person filled in, which only an approval has
     * @param rules the rules by which the person may make this choice
     * @param ids makes the id of the next try
     */
    Event by(String user, String comment, Map<String, Object> inputs, List<Integer> rules, Supplier<String> ids) {
        return switch (this) {
            case APPROVE -> new Event.ManualApproval(user, comment, inputs, rules);
            case REJECT -> new Event.ManualRejection(user, comment);
            case TAKE_BACK -> new Event.TakenBack(user);
            case RUN_AGAIN -> new Event.RunAgain(user, comment, ids.get());
            case GIVE_UP -> new Event.GivenUp(user, comment);
        };
    }
}
