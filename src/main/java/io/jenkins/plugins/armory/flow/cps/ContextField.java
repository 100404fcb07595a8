package io.jenkins.plugins.armory.flow.cps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.lang.reflect.Field;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.cps.CpsStepContext;

/** A private field of the contexts that steps have in Pipeline: Groovy, for what that has no interface for. */
final class ContextField {

    private static final Logger LOGGER = Logger.getLogger(ContextField.class.getName());

    private ContextField() {}

    /**
     * The field of that name.
     *
     * @param otherwise what becomes of it where there is none, for the log
     * @return {@code null} where there is none
     */
    @CheckForNull
    static Field find(String name, String otherwise) {
        try {
            Field field = CpsStepContext.class.getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException | RuntimeException x) {
            LOGGER.log(
                    Level.WARNING,
                    x,
                    () -> "This version of Pipeline: Groovy has no field CpsStepContext." + name + ". " + otherwise);
            return null;
        }
    }
}
