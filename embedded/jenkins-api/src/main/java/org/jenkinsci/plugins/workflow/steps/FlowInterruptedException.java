package org.jenkinsci.plugins.workflow.steps;

import hudson.model.Result;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import jenkins.model.CauseOfInterruption;

/** Ends a Pipeline, or a part of it, with a certain result. */
public final class FlowInterruptedException extends InterruptedException {
    private static final long serialVersionUID = 1;

    private final Result result;
    private final List<CauseOfInterruption> causes;
    private final boolean actualInterruption;

    /**
     * @param actualInterruption whether something outside stopped the Pipeline; otherwise it is a way to set a result,
     *                           which steps like {@code retry} treat as any failure
     */
    public FlowInterruptedException(Result result, boolean actualInterruption, CauseOfInterruption... causes) {
        this.result = result;
        this.causes = List.copyOf(Arrays.asList(causes));
        this.actualInterruption = actualInterruption;
    }

    public Result getResult() {
        return result;
    }

    public List<CauseOfInterruption> getCauses() {
        return causes;
    }

    public boolean isActualInterruption() {
        return actualInterruption;
    }

    @Override
    public String getMessage() {
        return causes.stream().map(CauseOfInterruption::getShortDescription).collect(Collectors.joining(", "));
    }
}
