package io.jenkins.plugins.armory.flow.cps;

import com.cloudbees.groovy.cps.impl.CpsCallableInvocation;
import com.cloudbees.groovy.cps.impl.CpsCallableInvocation.MismatchHandler;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.lang.reflect.Field;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The handler that the engine's thread has for calls that are left out. It can be set, but there is no method that returns it. */
@Restricted(NoExternalUse.class)
public final class PresentHandler {

    @CheckForNull
    private static final ThreadLocal<?> HANDLERS = handlers();

    private PresentHandler() {}

    @CheckForNull
    private static ThreadLocal<?> handlers() {
        Field field = PrivateField.find(
                CpsCallableInvocation.class,
                "handlers",
                "Builds therefore do not log that a call of another plugin's step is left out.");
        try {
            return field != null && field.get(null) instanceof ThreadLocal<?> handlers ? handlers : null;
        } catch (IllegalAccessException | RuntimeException x) {
            return null; // it is another field of that name
        }
    }

    /** Returns the handler of this thread, {@code null} if it has none, or it cannot be told. */
    @CheckForNull
    public static MismatchHandler find() {
        return PrivateField.mayBeUsed() && HANDLERS != null && HANDLERS.get() instanceof MismatchHandler handler
                ? handler
                : null;
    }
}
