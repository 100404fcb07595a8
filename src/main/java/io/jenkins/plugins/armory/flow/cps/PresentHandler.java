package io.jenkins.plugins.armory.flow.cps;

import com.cloudbees.groovy.cps.impl.CpsCallableInvocation;
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation.MismatchHandler;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.lang.reflect.Field;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The handler that the engine's thread has for calls that are left out. It can be set, but there is no method that returns it. */
@Restricted(NoExternalUse.class)
public final class PresentHandler {

    private static final Logger LOGGER = Logger.getLogger(PresentHandler.class.getName());

    @CheckForNull
    private static final ThreadLocal<?> HANDLERS = handlers();

    private PresentHandler() {}

    @CheckForNull
    private static ThreadLocal<?> handlers() {
        try {
            Field field = CpsCallableInvocation.class.getDeclaredField("handlers");
            field.setAccessible(true);
            return (ThreadLocal<?>) field.get(null);
        } catch (ReflectiveOperationException | RuntimeException x) {
            LOGGER.log(
                    Level.WARNING,
                    x,
                    () ->
                            "This version of Pipeline: Groovy has no field CpsCallableInvocation.handlers. Builds therefore do not log"
                                    + " that a call of another plugin's step is left out.");
            return null;
        }
    }

    /** Returns the handler of this thread, {@code null} if it has none, or it cannot be told. */
    @CheckForNull
    public static MismatchHandler find() {
        return ContextField.mayBeUsed() && HANDLERS != null && HANDLERS.get() instanceof MismatchHandler handler
                ? handler
                : null;
    }
}
