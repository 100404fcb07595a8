package io.jenkins.plugins.armory.flow.cps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.lang.reflect.Field;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.cps.CpsStepContext;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** A private field of {@link CpsStepContext}, looked up at its first use. */
final class ContextField {

    private static final Logger LOGGER = Logger.getLogger(ContextField.class.getName());
    /** System property of the controller: {@code false} turns the use of private fields off. */
    private static final String SWITCH = "io.jenkins.plugins.armory.cpsInternals";

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

    /** Returns whether the administrator lets private fields be used. */
    static boolean mayBeUsed() {
        return Boolean.parseBoolean(System.getProperty(SWITCH, "true"));
    }

    /** Returns the field if a context has it and it may be used, else {@code null}. */
    @CheckForNull
    synchronized Field in(StepContext context) {
        if (!mayBeUsed() || !(context instanceof CpsStepContext)) {
            return null;
        }
        if (!sought) {
            sought = true;
            field = find();
        }
        return field;
    }

    @CheckForNull
    private Field find() {
        try {
            Field found = CpsStepContext.class.getDeclaredField(name);
            found.setAccessible(true);
            return found;
        } catch (ReflectiveOperationException | RuntimeException x) {
            LOGGER.log(
                    Level.WARNING,
                    x,
                    () -> "This version of Pipeline: Groovy has no field CpsStepContext." + name + ". " + otherwise);
            return null;
        }
    }
}
