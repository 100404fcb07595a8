package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.OutgoingCalls;
import io.jenkins.plugins.armory.config.Webhooks;
import io.jenkins.plugins.armory.step.EnclosingAction;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/**
 * What definitions of approvals are resolved in, looked up once for all approvals of a step.
 *
 * @param action the step of a deployment's plan around the step, {@code null} for none
 * @param webhooks those that definitions name
 * @param isRule whether they are rules of an environment, which know nothing of the job but its build
 * @param log takes lines for the build's log
 * @param resolved the calls that were resolved already, without notices and the step's context, by what they are resolved from
 */
record Surroundings(
        StepContext context,
        Run<?, ?> run,
        TraceContext trace,
        @CheckForNull EnclosingAction action,
        Webhooks webhooks,
        boolean isRule,
        Consumer<String> log,
        Map<List<Object>, OutgoingCalls> resolved) {

    static Surroundings of(StepContext context, Consumer<String> log, boolean isRule)
            throws IOException, InterruptedException {
        Run<?, ?> run = context.get(Run.class);
        return new Surroundings(
                context,
                run,
                TraceContext.of(context),
                isRule ? null : context.get(EnclosingAction.class),
                isRule ? Webhooks.ofSettings() : Webhooks.of(run.getParent()),
                isRule,
                log,
                new HashMap<>());
    }
}
