package io.jenkins.plugins.armory.step.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The body of {@code armoryEnvironment} or {@code armoryRollback} around a step. These put it into the context of their
 * bodies. Such a body goes on whole once it has begun: no stage in it is cancelled. If a stage with an approval were
 * cancelled, the deployment would go on as if the approval had succeeded.
 *
 * <p>It is a class and not a record because it is kept in a build's {@code program.dat}.
 */
@Restricted(NoExternalUse.class)
public final class EnclosingBody implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String step;

    @CheckForNull
    private final String environment;

    private final LinkedHashMap<String, String> variables;

    /**
     * @param step id of the step whose body it is
     * @param environment that the steps in it belong to, {@code null} for none
     * @param variables what templates in it know of the deployment
     */
    public EnclosingBody(String step, @CheckForNull String environment, Map<String, String> variables) {
        this.step = step;
        this.environment = environment;
        this.variables = new LinkedHashMap<>(variables);
    }

    /** Returns the id of the step whose body is around a step, {@code null} for none. */
    @CheckForNull
    static String around(StepContext context) throws IOException, InterruptedException {
        EnclosingBody body = context.get(EnclosingBody.class);
        return body == null ? null : body.step;
    }

    /** Returns what templates of a step know of the deployment around it, by the full names of variables. */
    public static Map<String, String> variables(StepContext context) throws IOException, InterruptedException {
        EnclosingBody body = context.get(EnclosingBody.class);
        return body == null ? Map.of() : body.variables;
    }

    /** Returns the name that a step gives, else the name of the environment around it, {@code null} for neither. */
    @CheckForNull
    public static String environment(@CheckForNull String given, StepContext context)
            throws IOException, InterruptedException {
        EnclosingBody body = context.get(EnclosingBody.class);
        return given != null || body == null ? given : body.environment;
    }
}
