package io.jenkins.embedded;

import com.fasterxml.jackson.annotation.JsonProperty;
import hudson.model.Result;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.jenkinsci.plugins.workflow.support.actions.PauseAction;

/** A stage of a build, with the state that the views of Jenkins would show. */
final class Stage implements Serializable {
    private static final long serialVersionUID = 1;

    /** The id of the node that its body starts with. */
    @JsonProperty
    private final String id;

    @JsonProperty
    private final String name;

    /** The worst result that a step in it was shown with, or null; the rest is guarded by this as well. */
    private String warning;
    /** How it ended, or null. */
    private String end;

    private transient PauseAction pause;

    Stage(int id, String name) {
        this.id = String.valueOf(id);
        this.name = name;
    }

    String id() {
        return id;
    }

    String name() {
        return name;
    }

    synchronized void pause(PauseAction begun) {
        pause = begun;
    }

    synchronized void warn(Result result) {
        if (warning == null || result.isWorseThan(Result.fromString(warning))) {
            warning = result.toString();
        }
    }

    /** @param failure what ended it, null for a good end */
    synchronized void end(Throwable failure) {
        if (end == null) {
            end = failure == null
                    ? status(warning == null ? Result.SUCCESS : Result.fromString(warning))
                    : status(failure);
        }
    }

    private static String status(Throwable failure) {
        return status(
                failure instanceof FlowInterruptedException interruption ? interruption.getResult() : Result.FAILURE);
    }

    private static String status(Result result) {
        return result == Result.FAILURE || result == Result.NOT_BUILT ? "FAILED" : result.toString();
    }

    @JsonProperty
    synchronized String status() {
        if (end != null) {
            return end;
        }
        return pause != null && pause.isPaused() ? "PAUSED" : "IN_PROGRESS";
    }

    @Override
    public String toString() {
        return name + " " + status();
    }
}
