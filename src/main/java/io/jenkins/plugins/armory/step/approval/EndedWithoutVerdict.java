package io.jenkins.plugins.armory.step.approval;

import hudson.model.Result;
import io.jenkins.plugins.armory.approval.Decision;
import java.util.Objects;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/** The reason why an approval ended without a verdict although nobody stopped its step, for the page of the build. */
final class EndedWithoutVerdict extends CauseOfInterruption {

    private static final long serialVersionUID = 1L;

    private final String reason;

    private EndedWithoutVerdict(String reason) {
        this.reason = reason;
    }

    /** Returns the exception with which the step ends. */
    static FlowInterruptedException exception(Decision decision) {
        return new FlowInterruptedException(Result.ABORTED, false, new EndedWithoutVerdict(decision.mdMessage()));
    }

    @Override
    public String getShortDescription() {
        return reason;
    }

    // The page lists equal causes once.

    @Override
    public boolean equals(Object other) {
        return other instanceof EndedWithoutVerdict that && that.reason.equals(reason);
    }

    @Override
    public int hashCode() {
        return Objects.hash(reason);
    }
}
