package io.jenkins.plugins.armory.step.approval;

import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.builds.LaterBuilds;
import io.jenkins.plugins.armory.deployment.Failure;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.runtime.Deployments;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Settles an approval that begins with the approvals that it competes with: those of other builds at the same place
 * ({@code supersede}), and one beside it that has failed. Each approval is recorded and attached before it looks for
 * the others, so of two simultaneous approvals at least one finds the other. A repetition after a restart has no
 * effect.
 *
 * @param log takes lines for the build's log
 */
@Restricted(NoExternalUse.class)
public record Rivals(Approvals approvals, Deployments deployments, Run<?, ?> run, Consumer<String> log) {

    /** The start of the reason of an approval that ends with another one. */
    public static final String OTHER_FAILED = "another approval of the same phase failed: ";

    /**
     * Ends the approvals that this one supersedes. Ends this one if a newer build supersedes it, or if one beside it
     * has failed.
     */
    void meet(Approval approval, Place place) throws IOException {
        for (Approval older : approvals.endSuperseded(approval)) {
            log.accept("Superseded build #" + older.build().number() + ", which waited for "
                    + (older.hasWebhook() ? "webhook approval '" + older.webhook() + "'" : "a person") + " here.");
        }
        if (approval.isDecided()) {
            return;
        }
        if (approval.terms().limits().supersede()) {
            OptionalInt newest = LaterBuilds.newestThat(newer -> newer.supersedes(approval), approvals, run);
            if (newest.isPresent()) {
                approvals.apply(approval.id(), new Event.Superseded(newest.getAsInt()));
            }
        }
        Optional<Failure> failed = deployments.deploymentOf(run).failedBeside(place, approval.phase());
        if (failed.isPresent()) {
            String reason = OTHER_FAILED + failed.get().reason();
            approvals.apply(approval.id(), new Event.OtherFailed(reason));
        }
    }
}
