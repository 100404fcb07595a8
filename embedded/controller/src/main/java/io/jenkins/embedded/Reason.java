package io.jenkins.embedded;

import jenkins.model.CauseOfInterruption;

/** Says in words why something was interrupted. */
final class Reason extends CauseOfInterruption {
    private static final long serialVersionUID = 1;

    private final String description;

    Reason(String description) {
        this.description = description;
    }

    @Override
    public String getShortDescription() {
        return description;
    }
}
