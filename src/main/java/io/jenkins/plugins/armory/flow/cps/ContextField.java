package io.jenkins.plugins.armory.flow.cps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.lang.reflect.Field;
import org.jenkinsci.plugins.workflow.cps.CpsStepContext;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** A private field of {@link CpsStepContext}, looked up at its first use. */
final class ContextField {

    private final String name;
    private final String otherwise;

    /** Guarded by this. */
    private boolean sought;

    /** Guarded by this. */
    @CheckForNull
    private Field field;

    /** @param otherwise says in the log what happens without the field */
    ContextField(String name, String otherwise) {
        this.name = name;
        this.otherwise = otherwise;
    }

    /** Returns the field if a context has it and it may be used, else {@code null}. */
    @CheckForNull
    synchronized Field in(StepContext context) {
        if (!PrivateField.mayBeUsed() || !(context instanceof CpsStepContext)) {
            return null;
        }
        if (!sought) {
            sought = true;
            field = PrivateField.find(CpsStepContext.class, name, otherwise);
        }
        return field;
    }
}
