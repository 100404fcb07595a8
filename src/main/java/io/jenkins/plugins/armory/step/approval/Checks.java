package io.jenkins.plugins.armory.step.approval;

import io.jenkins.plugins.armory.deployment.Deployment.Transition;
import io.jenkins.plugins.armory.deployment.Place;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.io.IOException;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** The wait for what the settings ask after a deployment. A failure throws nothing, and cancels what depends on the environment. */
@Restricted(NoExternalUse.class)
public final class Checks {

    /** The step that waits. */
    public interface Owner {

        /** Returns the place of the checks: in the body of the environment. */
        Place place() throws IOException, InterruptedException;

        void passed() throws IOException, InterruptedException;

        void failed(String reason) throws IOException, InterruptedException;
    }

    private final ApprovalWait wait;

    public Checks(SuspendedExecution step, EnvironmentRules rules, Owner owner) {
        wait = new ApprovalWait(
                step, Objects.requireNonNull(rules.after(), "there is something to check"), new ApprovalWait.Owner() {
                    @Override
                    public Place place() throws IOException, InterruptedException {
                        return owner.place();
                    }

                    @Override
                    public void succeeded() throws IOException, InterruptedException {
                        owner.passed();
                    }

                    @Override
                    public void failed(String reason, Transition transition) throws IOException, InterruptedException {
                        new ApprovalLog(step::print).cancels(transition.deployment(), place(), false);
                        owner.failed(reason);
                    }
                });
    }

    /** Asks, or continues after a restart of Jenkins. */
    public void begin() throws Exception {
        wait.resume();
    }

    public void stop(Throwable cause) throws IOException, InterruptedException {
        wait.stop(cause);
    }
}
