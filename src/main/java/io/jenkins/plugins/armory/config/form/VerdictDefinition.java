package io.jenkins.plugins.armory.config.form;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.Util;
import hudson.model.AbstractDescribableImpl;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;
import org.kohsuke.stapler.DataBoundSetter;

/**
 * What an answer to the webhook and one to the question for the status have in common: where the value stands, and what
 * means failure.
 */
@Restricted(NoExternalUse.class)
public abstract class VerdictDefinition<T extends VerdictDefinition<T>> extends AbstractDescribableImpl<T> {

    @CheckForNull
    private String pointer;

    private List<String> failure = new ArrayList<>();

    VerdictDefinition() {}

    /** Returns the place of the value in the body, as a JSON Pointer. */
    @CheckForNull
    public String getPointer() {
        return pointer;
    }

    @DataBoundSetter
    @Argument(filled = true, scalar = true)
    public void setPointer(@CheckForNull String pointer) {
        this.pointer = Util.fixEmptyAndTrim(pointer);
    }

    /** Returns the values that mean failure. */
    public List<String> getFailure() {
        return failure;
    }

    /** @param failure one value an entry or a line */
    @DataBoundSetter
    @Argument(filled = true, scalar = true)
    public void setFailure(@CheckForNull List<String> failure) {
        this.failure = ListField.of(failure);
    }
}
