package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.ApprovalTerms;
import io.jenkins.plugins.armory.approval.ManualRequirement;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.bounds.Bound;
import io.jenkins.plugins.armory.callback.token.AllowedCallers;
import io.jenkins.plugins.armory.config.ArmoryConfiguration;
import io.jenkins.plugins.armory.config.EnvironmentRule;
import io.jenkins.plugins.armory.config.ManualApproval;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The definition of an approval by its step. It is part of {@code program.dat} until the approval is written, see {@link Definitions}: no
 * secret in it.
 */
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
    private final ManualRequirement manual;

    private final boolean notByRequester;
    private final String name;

    @CheckForNull
    private final String callbackCredentialsId;

    private final ArrayList<String> allowedCallers;

    /** Names of the webhooks that are told of the approval. */
    private final ArrayList<String> notified;

    /** Whether it is a rule of an environment, and not the Pipeline's. */
    private final boolean rule;

    /** The window that is all that it waits for, {@code null} for any other approval. */
    @CheckForNull
    private final Opening opening;

    /**
     * A window that is closed.
     *
     * @param at when it opens
     * @param until when the wait ends
     */
    record Opening(Instant at, Instant until) implements Serializable {}

    /**
     * Checks the parameters of the step.
     *
     * @param environment the environment or stage, for people; {@code null} outside both
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    ApprovalDefinition(ArmoryWebhookApprovalStep step, @CheckForNull String environment) {
        this(step, environment, false);
    }

    /**
     * Returns a rule of an environment.
     *
     * @throws IllegalArgumentException naming the field that is wrong
     */
    static ApprovalDefinition of(EnvironmentRule rule, String environment, Phase phase) {
        var step = new ArmoryWebhookApprovalStep();
        step.setWebhook(rule.getWebhook());
        step.setContext(rule.getContext());
        step.setManualApproval(rule.getManualApproval());
        step.setTimeout(rule.getTimeout());
        step.setUnit(rule.timeUnit());
        step.setNotify(rule.getNotify());
        step.setCallbackCredentialsId(rule.getCallbackCredentialsId());
        step.setAllowedCallers(rule.getAllowedCallers());
        step.setPhase(phase.toString());
        return new ApprovalDefinition(step, environment, true);
    }

    /** Returns the wait for a window of an environment. */
    static ApprovalDefinition of(Opening opening, String environment) {
        return new ApprovalDefinition(opening, environment);
    }

    private ApprovalDefinition(Opening opening, String environment) {
        reference = null;
        phase = Phase.BEFORE_DEPLOYMENT;
        limits = new ArmoryWebhookApprovalStep().limits();
        manual = null;
        notByRequester = false;
        name = "window";
        this.environment = environment;
        notified = new ArrayList<>();
        allowedCallers = new ArrayList<>();
        callbackCredentialsId = null;
        rule = true;
        this.opening = opening;
    }

    private ApprovalDefinition(ArmoryWebhookApprovalStep step, @CheckForNull String environment, boolean rule) {
        reference = WebhookReference.of(step);
        phase = step.requirePhase();
        Bound.LINE.checkEach("notify", step.getNotify());
        Bound.LINE.checkEach("allowedCallers", step.getAllowedCallers());
        limits = step.limits();
        limits.check();
        ManualApproval asked = step.getManualApproval();
        manual = asked == null ? null : asked.toRequirement();
        notByRequester = asked != null && asked.isNotByRequester();
        name = reference != null
                ? reference.name()
                : identity(Objects.requireNonNull(manual, "without a webhook, people decide"), notByRequester);
        this.environment = environment;
        notified = new ArrayList<>(step.getNotify());
        allowedCallers = new ArrayList<>(step.getAllowedCallers());
        callbackCredentialsId = callbackCredentialsId(step, allowedCallers, rule);
        this.rule = rule;
        opening = null;
    }

    /**
     * Returns what is asked of whom, as one text. By it, a retry of an approval without a webhook is known: a question to other or to fewer
     * people is another one.
     */
    private static String identity(ManualRequirement manual, boolean notByRequester) {
        return manual.rules().stream()
                        .map(rule -> (rule.required() == 1 ? "" : " by " + rule.required()) + " ("
                                + String.join(", ", rule.submitters()) + ")")
                        .collect(Collectors.joining(" and", "manual approval", ""))
                + (notByRequester ? " not by requester" : "") + ": " + manual.message();
    }

    /**
     * Returns a message about one of several approvals: {@code approvals[17].uriTemplate: ...} if it begins with a parameter.
     *
     * @param path where the arguments of the approval stand, empty for those of a step
     */
    static String at(String path, String message) {
        return path.isEmpty() ? message : path + (message.matches("(?s)[\\w.\\[\\]]+: .*") ? "." : ": ") + message;
    }

    /**
     * Returns the credential that may call back. A step that names callers excludes the credential of the settings. A rule has none unless it
     * names one.
     */
    @CheckForNull
    private static String callbackCredentialsId(
            ArmoryWebhookApprovalStep step, List<String> allowedCallers, boolean rule) {
        String own = step.getCallbackCredentialsId();
        if (own != null) {
            allowedCallers.add(AllowedCallers.CREDENTIALS + own);
            return own;
        }
        return allowedCallers.isEmpty() && !rule ? ArmoryConfiguration.get().getCallbackCredentialsId() : null;
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

    /**
     * Returns the name by which a retry of the approval is known: the webhook's, or what is asked of whom. So one question does
     * not pass for another that a person rejected.
     */
    String name() {
        return name;
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

    /**
     * Sets the definition's part of the terms of an approval that starts now.
     *
     * @throws AbortException if it matters who requested the build, and that cannot be known
     */
    void addTo(ApprovalTerms.Builder terms, Run<?, ?> run) throws AbortException {
        terms.phase(phase)
                .rule(rule)
                .environment(environment)
                .callers(callbackCredentialsId, allowedCallers)
                .manual(manual != null && notByRequester ? manual.notBy(Requesters.of(run)) : manual);
        Instant now = Instant.now();
        limits.addTo(terms, now, reference != null);
        if (opening != null) {
            terms.timeout(now, Duration.between(now, opening.until())).opensAt(opening.at());
        }
    }
}
