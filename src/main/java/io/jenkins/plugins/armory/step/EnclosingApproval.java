package io.jenkins.plugins.armory.step;

import java.io.IOException;
import java.io.Serializable;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The approval that a step is behind. {@code armoryApproval} puts it into the context of its body. */
@Restricted(NoExternalUse.class)
public final class EnclosingApproval implements Serializable {

    private static final long serialVersionUID = 1L;

    public static boolean isAround(StepContext context) throws IOException, InterruptedException {
        return context.get(EnclosingApproval.class) != null;
    }
}
