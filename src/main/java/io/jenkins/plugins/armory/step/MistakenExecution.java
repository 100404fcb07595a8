package io.jenkins.plugins.armory.step;

import hudson.AbortException;
import org.jenkinsci.plugins.workflow.steps.StepContext;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The execution of a step that is mistaken: the environment around it hears of that, and then it fails. */
@Restricted(NoExternalUse.class)
public final class MistakenExecution extends SuspendedExecution {

    private static final long serialVersionUID = 1L;

    private final String mistake;

    public MistakenExecution(StepContext stepContext, String mistake) {
        super(stepContext);
        this.mistake = mistake;
    }

    @Override
    public boolean start() {
        onResume();
        return false;
    }

    @Override
    public void onResume() {
        later(() -> failedInEnvironment(new AbortException(mistake)));
    }

    @Override
    public void stop(Throwable cause) {
        stopFor(cause);
        onResume();
    }

    @Override
    public String getStatus() {
        return mistake;
    }
}
