package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.flow.RunsWhole;
import java.io.IOException;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** The environment around a step. {@code armoryEnvironment} puts it into the context of its body. */
final class EnclosingEnvironment implements RunsWhole {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final String step;

    EnclosingEnvironment(String name, String step) {
        this.name = name;
        this.step = step;
    }

    @Override
    public String step() {
        return step;
    }

    /** Returns the name that a step gives, else the name of the environment around it, {@code null} for neither. */
    @CheckForNull
    static String named(@CheckForNull String given, StepContext context) throws IOException, InterruptedException {
        EnclosingEnvironment enclosing = context.get(EnclosingEnvironment.class);
        return given != null || enclosing == null ? given : enclosing.name;
    }
}
