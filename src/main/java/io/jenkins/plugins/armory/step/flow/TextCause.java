package io.jenkins.plugins.armory.step.flow;

import hudson.model.Result;
import java.util.Objects;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The reason why a step or a stage ended although nobody stopped it, for the page of the build. */
@Restricted(NoExternalUse.class)
public final class TextCause extends CauseOfInterruption {

    private static final long serialVersionUID = 1L;

    private final String reason;

    private TextCause(String reason) {
        this.reason = reason;
    }

    /** Returns the exception with which the step or stage ends. */
    public static FlowInterruptedException interruption(Result result, String reason) {
        return new FlowInterruptedException(result, false, new TextCause(reason));
    }

    @Override
    public String getShortDescription() {
        return reason;
    }

    // The page lists equal causes once.

    @Override
    public boolean equals(Object other) {
        return other instanceof TextCause that && that.reason.equals(reason);
    }

    @Override
    public int hashCode() {
        return Objects.hash(reason);
    }
}
