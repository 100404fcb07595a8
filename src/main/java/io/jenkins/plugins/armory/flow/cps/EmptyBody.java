package io.jenkins.plugins.armory.flow.cps;

import com.cloudbees.groovy.cps.Block;
import com.cloudbees.groovy.cps.impl.CpsClosure;
import groovy.lang.Closure;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.cps.CpsStepContext;
import org.jenkinsci.plugins.workflow.cps.CpsThread;
import org.jenkinsci.plugins.workflow.cps.CpsThreadGroup;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Puts an empty body in the place of a step's own, just before the step starts. The step then comes to its end as any other,
 * with a complete graph, and nothing of what is in it happens. Pipeline has no interface for that, so a private field is set;
 * whether that can be done is found out once.
 *
 * <p>The body has to be one that Pipeline runs in a thread of its own: with a plain closure of Java, the end of the step is
 * put in a wrong place, and all later steps look as if they were in it.
 */
@Restricted(NoExternalUse.class)
public final class EmptyBody {

    private static final Logger LOGGER = Logger.getLogger(EmptyBody.class.getName());
    private static final Field BODY =
            ContextField.find("body", "Cancelled stages are therefore ended at their first step.");
    /**
     * Forgets the own body, which Pipeline else finds left over when the build ends, and warns of ("Stale closures"). The method is
     * public, and the type of its parameter is not.
     */
    private static final Method UNEXPORT = Arrays.stream(CpsThreadGroup.class.getMethods())
            .filter(method -> method.getName().equals("unexport"))
            .findFirst()
            .orElse(null);

    private EmptyBody() {}

    /**
     * Called on the engine's thread, while the step is being started.
     *
     * @return whether the step has an empty body now; if not, it has its own
     */
    public static boolean replace(StepContext context) {
        CpsThread thread = CpsThread.current();
        if (BODY == null || thread == null || !(context instanceof CpsStepContext)) {
            return false;
        }
        Closure<?> nothing = new CpsClosure(null, null, List.of(), Block.NOOP, null);
        try {
            Object own = BODY.get(context);
            BODY.set(context, thread.getGroup().export(nothing));
            if (own != null && UNEXPORT != null) {
                UNEXPORT.invoke(thread.getGroup(), own);
            }
            return own != null;
        } catch (ReflectiveOperationException | IllegalArgumentException x) {
            LOGGER.log(Level.WARNING, "The body of a step cannot be replaced", x);
            return false;
        }
    }
}
