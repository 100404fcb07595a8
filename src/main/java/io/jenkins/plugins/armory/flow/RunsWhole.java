package io.jenkins.plugins.armory.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What puts itself into the context of a body that goes on whole once it has begun: no stage in it is cancelled. Without a
 * stage that holds its gate, the deployment to an environment would go on as if that had opened.
 */
@Restricted(NoExternalUse.class)
public interface RunsWhole extends Serializable {

    /** Returns the id of the body's step. */
    String step();

    /** Returns the id of the step whose body is around a step, {@code null} for none. */
    @CheckForNull
    static String around(StepContext context) throws IOException, InterruptedException {
        RunsWhole body = context.get(RunsWhole.class);
        return body == null ? null : body.step();
    }
}
