package io.jenkins.plugins.armory.flow.cps;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.lang.reflect.Field;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A private field of Pipeline: Groovy, which a version of it may not have, and an administrator may not want to be used. */
final class PrivateField {

    private static final Logger LOGGER = Logger.getLogger(PrivateField.class.getName());
    /** System property of the controller: {@code false} turns the use of private fields off. */
    private static final String SWITCH = "io.jenkins.plugins.armory.cpsInternals";

    private PrivateField() {}

    /** Returns whether the administrator lets private fields be used. */
    static boolean mayBeUsed() {
        return Boolean.parseBoolean(System.getProperty(SWITCH, "true"));
    }

    /**
     * Returns a field, {@code null} if the class has none of that name.
     *
     * @param otherwise says in the log what happens without the field
     */
    @CheckForNull
    static Field find(Class<?> owner, String name, String otherwise) {
        try {
            Field found = owner.getDeclaredField(name);
            found.setAccessible(true);
            return found;
        } catch (ReflectiveOperationException | RuntimeException x) {
            LOGGER.log(
                    Level.WARNING,
                    x,
                    () -> "This version of Pipeline: Groovy has no field " + owner.getSimpleName() + "." + name + ". "
                            + otherwise);
            return null;
        }
    }
}
