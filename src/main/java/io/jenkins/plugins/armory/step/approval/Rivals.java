package io.jenkins.plugins.armory.step.approval;

import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Approvals;
import io.jenkins.plugins.armory.approval.Event;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.builds.LaterBuilds;
import io.jenkins.plugins.armory.deployment.Failure;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.runtime.Deployments;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Settles approvals that begin together with the approvals that they compete with: those of other builds at the same place
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
     * Ends the approvals of older builds that these supersede. Ends these if a newer build supersedes them, or if one beside them has
     * failed.
     *
     * @param begun approvals of one place and phase
     */
    void meet(List<Approval> begun, Place place) throws IOException {
        Approval any = begun.get(0);
        approvals.endSuperseded(any).stream()
                .map(older -> "Superseded build #" + older.build().number() + ", which waited for "
                        + (older.hasWebhook() ? "webhook approval '" + older.webhook() + "'" : "a person") + " here.")
                .distinct()
                .forEach(log);
        List<String> superseded = idsOf(
                begun,
                approval -> !approval.isDecided() && approval.terms().limits().supersede());
        if (!superseded.isEmpty()) {
            OptionalInt newest = LaterBuilds.newestThat(newer -> newer.supersedes(any), approvals, run);
            if (newest.isPresent()) {
                approvals.end(superseded, new Event.Superseded(newest.getAsInt()));
            }
        }
        Optional<Failure> failed = deployments.deploymentOf(run).failedBeside(place, any.phase());
        if (failed.isPresent()) {
            String reason = Bound.LINE.cut(OTHER_FAILED + failed.get().reason()); // each of many has it
            approvals.end(idsOf(begun, approval -> !approval.isDecided()), new Event.OtherFailed(reason));
        }
    }

    private static List<String> idsOf(List<Approval> approvals, Predicate<Approval> which) {
        return approvals.stream().filter(which).map(Approval::id).toList();
    }
}
