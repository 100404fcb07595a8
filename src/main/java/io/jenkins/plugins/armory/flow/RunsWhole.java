package io.jenkins.plugins.armory.flow;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What puts itself into the context of a body that runs whole once it has begun: nothing in it is cancelled with later stages. Without a
 * stage that holds its gate, the deployment to an environment would go on as if that had opened.
 */
@Restricted(NoExternalUse.class)
public interface RunsWhole extends Serializable {

    /** Returns the environment that the body belongs to: what is in the body is a part of it. */
    String environment();

    /** Returns the environment of the body around a step, {@code null} for none. */
    @CheckForNull
    static String around(StepContext context) throws IOException, InterruptedException {
        RunsWhole body = context.get(RunsWhole.class);
        return body == null ? null : body.environment();
    }
}
