package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.EnvVars;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import java.io.IOException;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jenkinsci.plugins.workflow.steps.StepContext;

/** The definition of an approval by its step. It is part of {@code program.dat} until the approval is written: no secret in it. */
final class ApprovalDefinition implements Serializable {

    private static final long serialVersionUID = 1L;

    /** {@code null} if a person alone decides. */
    @CheckForNull
    private final WebhookReference reference;

    private final Phase phase;

    @CheckForNull
    private final String environment;

    private final TimeLimits limits;

    @CheckForNull
    private final ManualApproval manual;

    @CheckForNull
    private final String callbackCredentialsId;

    private final ArrayList<String> allowedCallers;

    /** Names of the webhooks that are told of the approval. */
    private final ArrayList<String> notified;

    /**
     * Checks the parameters of the step.
     *
     * @param placeEnvironment the environment that the approval belongs to, {@code null} for the enclosing stage
     * @throws AbortException naming the parameter that is wrong
     */
    ApprovalDefinition(ArmoryWebhookApprovalStep step, @CheckForNull String placeEnvironment, StepContext context)
            throws IOException, InterruptedException {
        if (step.mistake() != null) {
            throw new AbortException(step.mistake());
        }
        try {
            reference = WebhookReference.of(step);
            phase = step.requirePhase();
            Bound.NAME.checkEach("notify", step.getNotify(), Bound.LIST);
            limits = step.limits();
            limits.check();
            if (limits.asksAfterFailure() && reference == null) {
                throw new IllegalArgumentException(
                        "onFailure: without a webhook nothing can be run again; a person alone"
                                + " decides, and a rejection is final. Leave it out");
            }
            manual = step.getManualApproval();
            if (manual != null) {
                manual.toRequirement(); // for its checks
            }
        } catch (IllegalArgumentException x) {
            throw new AbortException(step.functionName() + ": " + x.getMessage());
        }
        environment = placeEnvironment != null
                ? placeEnvironment
                : context.get(EnvVars.class).get("STAGE_NAME");
        notified = new ArrayList<>(step.getNotify());
        allowedCallers = new ArrayList<>(step.getAllowedCallers());
        callbackCredentialsId = callbackCredentialsId(step, allowedCallers);
    }

    /** Returns the credential that may call back. A step that names callers excludes the credential of the settings. */
    @CheckForNull
    private static String callbackCredentialsId(ArmoryWebhookApprovalStep step, List<String> allowedCallers) {
        String own = step.getCallbackCredentialsId();
        if (own != null) {
            allowedCallers.add(AllowedCallers.CREDENTIALS + own);
            return own;
        }
        return allowedCallers.isEmpty() ? ArmoryConfiguration.get().getCallbackCredentialsId() : null;
    }

    /** Returns the names of the webhooks that are told of the approval. */
    List<String> notified() {
        return notified;
    }

    /** Returns the {@code context} of the step. */
    Map<String, String> context() {
        return reference == null ? Map.of() : reference.context();
    }

    /** Returns the webhook; {@code null} if a person alone decides. */
    @CheckForNull
    WebhookReference reference() {
        return reference;
    }

    /** Returns whether the step has the whole definition, so that no file is read and no name is looked up. */
    boolean isInline() {
        return reference == null || reference.isInline();
    }

    /**
     * Returns the name by which a retry of the approval is known: the webhook's, or what is asked of whom. So one question does
     * not pass for another that a person rejected.
     */
    String name() {
        return reference != null
                ? reference.name()
                : Objects.requireNonNull(manual, "without a webhook, people decide")
                        .identity();
    }

    Phase phase() {
        return phase;
    }

    /** Returns the name of the environment or stage, for people; {@code null} outside both. */
    @CheckForNull
    String environment() {
        return environment;
    }

    TimeLimits limits() {
        return limits;
    }

    @CheckForNull
    String callbackCredentialsId() {
        return callbackCredentialsId;
    }

    List<String> allowedCallers() {
        return allowedCallers;
    }

    @CheckForNull
    private ManualRequirement requirement(Run<?, ?> run) throws AbortException {
        if (manual == null) {
            return null;
        }
        ManualRequirement requirement = manual.toRequirement();
        return manual.isNotByRequester() ? requirement.notBy(Requesters.of(run)) : requirement;
    }

    /**
     * Sets the definition's part of the terms of an approval that starts now.
     *
     * @throws AbortException if it matters who requested the build, and that cannot be known
     */
    void addTo(ApprovalTerms.Builder terms, Run<?, ?> run) throws AbortException {
        terms.phase(phase)
                .environment(environment)
                .callers(callbackCredentialsId, allowedCallers)
                .manual(requirement(run));
        limits.addTo(terms, Instant.now());
    }
}
