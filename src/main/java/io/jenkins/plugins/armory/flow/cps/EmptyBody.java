package io.jenkins.plugins.armory.flow.cps;

import com.cloudbees.groovy.cps.Block;
import com.cloudbees.groovy.cps.impl.ConstantBlock;
import com.cloudbees.groovy.cps.impl.CpsClosure;
import com.cloudbees.groovy.cps.impl.ThrowBlock;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import groovy.lang.Closure;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jenkinsci.plugins.workflow.cps.CpsThread;
import org.jenkinsci.plugins.workflow.cps.CpsThreadGroup;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * Replaces the body of a step by an empty one, or by one that throws, just before the step starts. The step then ends as any other,
 * with a complete flow graph, and nothing in its body runs. The new body is a part of the program, so a restart of Jenkins makes no
 * difference. Pipeline: Groovy has no API for that, so this sets a private field.
 *
 * <p>The new body must be a {@link CpsClosure}, which the engine runs in a thread of its own. With a plain Java closure, the
 * end of the step is in a wrong place of the graph, and all later steps look as if they were in the step.
 */
@Restricted(NoExternalUse.class)
public final class EmptyBody {

    private static final Logger LOGGER = Logger.getLogger(EmptyBody.class.getName());
    private static final ContextField BODY =
            new ContextField("body", "Cancelled stages are therefore ended at their first step.");
    /**
     * Drops the replaced body. Otherwise the engine finds it when the build ends, and warns of "Stale closures". The method is
     * public, the type of its parameter is not.
     */
    private static final Method UNEXPORT = Arrays.stream(CpsThreadGroup.class.getMethods())
            .filter(method -> method.getName().equals("unexport"))
            .findFirst()
            .orElse(null);

    private EmptyBody() {}

    /**
     * Replaces the body. The engine's thread calls this while it starts the step.
     *
     * @param thrown what the new body throws, {@code null} for nothing
     * @return whether the step has the new body now; if not, it keeps its own
     */
    public static boolean replace(StepContext context, @CheckForNull Throwable thrown) {
        Field body = BODY.in(context);
        CpsThread thread = CpsThread.current();
        if (body == null || thread == null) {
            return false;
        }
        Block block = thrown == null ? Block.NOOP : new ThrowBlock(new ConstantBlock(thrown));
        Closure<?> closure = new CpsClosure(null, null, List.of(), block, null);
        try {
            Object own = body.get(context);
            body.set(context, thread.getGroup().export(closure));
            if (own != null && UNEXPORT != null) {
                UNEXPORT.invoke(thread.getGroup(), own);
            }
            return own != null;
        } catch (ReflectiveOperationException | IllegalArgumentException x) {
            LOGGER.log(Level.WARNING, "Cannot replace the body of a step", x);
            return false;
        }
    }
}
