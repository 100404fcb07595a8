package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import java.io.Serializable;
import java.util.stream.Collectors;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;

/**
 * How the body of a step ended, kept in {@code program.dat} from then until the step has ended too: Jenkins may go down in
 * between.
 */
final class BlockEnd implements Serializable {

    private static final long serialVersionUID = 1L;

    @CheckForNull
    private final Object value;

    @CheckForNull
    private final Throwable failure;

    /** What was thrown in fact; other exceptions than those two may not be possible to keep. */
    @CheckForNull
    private final transient Throwable thrown;

    private BlockEnd(@CheckForNull Object value, @CheckForNull Throwable thrown) {
        this.value = value;
        this.thrown = thrown;
        this.failure = thrown == null || thrown instanceof FlowInterruptedException
                ? thrown
                : new AbortException(text(thrown));
    }

    static BlockEnd success(@CheckForNull Object value) {
        return new BlockEnd(value, null);
    }

    static BlockEnd failure(Throwable thrown) {
        return new BlockEnd(null, thrown);
    }

    @CheckForNull
    Object value() {
        return value;
    }

    @CheckForNull
    Throwable failure() {
        return thrown == null ? failure : thrown;
    }

    /** Why it failed, for people; {@code null} when it did not. */
    @CheckForNull
    String reason() {
        Throwable known = failure();
        return known == null ? null : text(known);
    }

    private static String text(Throwable thrown) {
        if (thrown instanceof FlowInterruptedException interruption) {
            String causes = interruption.getCauses().stream()
                    .map(CauseOfInterruption::getShortDescription)
                    .collect(Collectors.joining(", "));
            return causes.isEmpty() ? "It was stopped." : causes;
        }
        return thrown instanceof AbortException ? String.valueOf(thrown.getMessage()) : thrown.toString();
    }
}
