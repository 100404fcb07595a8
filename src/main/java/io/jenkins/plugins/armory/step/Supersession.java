package io.jenkins.plugins.armory.step;

import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.runtime.LaterBuilds;
import java.io.IOException;
import java.util.OptionalInt;
import java.util.function.Consumer;

/**
 * What a build that comes to an environment means for the builds before and after it ({@code supersede}). Each approval is
 * recorded before it looks for the others, in both directions, so of two that come at the same time one finds the other.
 * Repeated after a restart, it changes nothing.
 */
final class Supersession {

    private final Approvals approvals;
    private final Run<?, ?> run;
    private final Consumer<String> log;

    /** @param log takes lines for the build's log */
    Supersession(Approvals approvals, Run<?, ?> run, Consumer<String> log) {
        this.approvals = approvals;
        this.run = run;
        this.log = log;
    }

    /** Ends the approvals of older builds that allow it, and the given one if it allows that and a newer build was here first. */
    void apply(String id) throws IOException {
        Approval approval = approvals.find(id).orElse(null);
        if (approval == null) {
            return; // removed with its build
        }
        for (Approval older : approvals.endSuperseded(approval)) {
            log.accept("Superseded build #" + older.build().number() + ", which waited for "
                    + (older.hasWebhook() ? "webhook approval '" + older.webhook() + "'" : "a person") + " here.");
        }
        if (approval.terms().limits().supersede() && !approval.isDecided()) {
            OptionalInt newest = LaterBuilds.newestThat(newer -> newer.supersedes(approval), approvals, run);
            if (newest.isPresent()) {
                approvals.apply(id, new Event.Superseded(newest.getAsInt()));
            }
        }
    }
}
