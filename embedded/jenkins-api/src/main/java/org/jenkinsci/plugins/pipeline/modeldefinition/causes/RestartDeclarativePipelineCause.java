package org.jenkinsci.plugins.pipeline.modeldefinition.causes;

import hudson.model.Cause;
import hudson.model.Run;

/** The cause of a build that was restarted from a stage of another one. */
public class RestartDeclarativePipelineCause extends Cause {

    @Override
    public String getShortDescription() {
        return "";
    }

    private final transient Run<?, ?> original;
    private final String originStage;

    public RestartDeclarativePipelineCause(Run<?, ?> original, String originStage) {
        this.original = original;
        this.originStage = originStage;
    }

    public String getOriginStage() {
        return originStage;
    }

    /** The build that it was restarted from, or null. */
    public Run<?, ?> getOriginal() {
        return original;
    }
}
