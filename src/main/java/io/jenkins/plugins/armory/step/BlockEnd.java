package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import io.jenkins.plugins.armory.webhook.text.LogText;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.stream.Collectors;
import jenkins.model.CauseOfInterruption;
import org.jenkinsci.plugins.workflow.pickles.PickleFactory;
import org.jenkinsci.plugins.workflow.steps.FlowInterruptedException;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The end of a step's body. It is part of {@code program.dat} until the step ends too, since Jenkins may stop in
 * between.
 */
@Restricted(NoExternalUse.class)
public record BlockEnd(
        @CheckForNull Object value, @CheckForNull Throwable failure) implements Serializable {

    /**
     * Replaces what may not be serializable, since the program could not be saved with it: other exceptions than these
     * two, and a value that is not, such as a {@code Matcher}.
     */
    private Object writeReplace() {
        boolean isKnown =
                failure == null || failure instanceof FlowInterruptedException || failure instanceof AbortException;
        return new BlockEnd(
                isSerializable(value) ? value : null, isKnown ? failure : new AbortException(text(failure)));
    }

    private static boolean isSerializable(@CheckForNull Object value) {
        try (var out = new Trial()) {
            out.writeObject(value);
            return true;
        } catch (Exception | Error x) { // its classes may be of the Pipeline, and throw anything
            return false;
        }
    }

    /**
     * Tries what the program can keep: Pipeline makes pickles of some objects that are not serializable, as of a {@code
     * FilePath}.
     */
    private static final class Trial extends ObjectOutputStream {

        Trial() throws IOException {
            super(OutputStream.nullOutputStream());
            enableReplaceObject(true);
        }

        @Override
        @CheckForNull
        protected Object replaceObject(Object object) {
            return PickleFactory.all().stream().anyMatch(each -> each.writeReplace(object) != null) ? null : object;
        }
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
