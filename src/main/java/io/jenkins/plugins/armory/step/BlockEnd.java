package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.flow.LogText;
import java.io.Serializable;
import java.util.stream.Collectors;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The end of a step's body. It is part of {@code program.dat} until the step ends too, since Jenkins may stop in between. */
@Restricted(NoExternalUse.class)
public record BlockEnd(
        @CheckForNull Object value, @CheckForNull Throwable failure) implements Serializable {

    /** Replaces other exceptions than these two, since they may not be serializable. */
    private Object writeReplace() {
        return failure == null || failure instanceof FlowInterruptedException || failure instanceof AbortException
                ? this
                : new BlockEnd(value, new AbortException(text(failure)));
    }

    public static BlockEnd success(@CheckForNull Object value) {
        return new BlockEnd(value, null);
    }

    public static BlockEnd failure(Throwable thrown) {
        return new BlockEnd(null, thrown);
    }

    /** Returns the reason of a failure, {@code null} after a success. */
    @CheckForNull
    public String reason() {
        return failure == null ? null : text(failure);
    }

    private static String text(Throwable thrown) {
        if (thrown instanceof FlowInterruptedException interruption) {
            String causes = interruption.getCauses().stream()
                    .map(CauseOfInterruption::getShortDescription)
                    .collect(Collectors.joining(", "));
            return causes.isEmpty() ? "It was stopped." : causes;
        }
        return thrown instanceof AbortException
                ? LogText.withoutPrefixes(String.valueOf(thrown.getMessage()))
                : thrown.toString();
    }
}
