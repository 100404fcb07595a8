package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.part.protect.window.Windows;
import io.jenkins.plugins.armory.step.approval.ArmoryWebhookApprovalStep;
import io.jenkins.plugins.armory.step.approval.Draft;
import io.jenkins.plugins.armory.step.approval.StepApprovals;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the settings ask of a deployment to an environment when its step starts; the program keeps it. Each wait has a random seed, so that
 * no approval of the Pipeline passes for a retry of a rule.
 */
@Restricted(NoExternalUse.class)
public final class EnvironmentRules implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The most openings that one deployment waits for, one after the other. */
    private static final int MOST_OPENINGS = 1000;

    private final String environment;

    /** {@code null} for nothing. */
    @CheckForNull
    private final StepApprovals before;

    /** {@code null} for nothing. */
    @CheckForNull
    private final StepApprovals after;

    private final Windows windows;
    private final Duration longestWait;

    /** The seed of the waits for an opening, one after another. */
    private final String openings;

    private EnvironmentRules(EnvironmentDefinition definition, Supplier<String> newId) throws IOException {
        environment = definition.getName();
        before = approvals("before", definition.getBefore(), Phase.BEFORE_DEPLOYMENT, newId);
        after = approvals("after", definition.getAfter(), Phase.AFTER_DEPLOYMENT, newId);
        windows = definition.toWindows();
        longestWait = Duration.ofDays(definition.getWaitAtMost());
        openings = newId.get();
    }

    /**
     * Returns what the settings ask of a build that has come to an environment, {@code null} if they do not have it.
     *
     * @param newId returns ids of the build
     * @throws AbortException if they have it and it is not for the job of the build, or is not defined well
     */
    @CheckForNull
    public static EnvironmentRules find(String environment, Run<?, ?> run, Supplier<String> newId) throws IOException {
        EnvironmentDefinition definition =
                Environments.find(environment, run.getParent().getFullName()).orElse(null);
        try {
            return definition == null ? null : new EnvironmentRules(definition, newId);
        } catch (IllegalArgumentException x) { // the settings were changed by hand
            throw new AbortException("the environment \"" + environment + "\" of Jenkins's settings cannot be used: "
                    + x.getMessage() + "; an administrator has to mend it");
        }
    }

    @CheckForNull
    private StepApprovals approvals(String field, List<EnvironmentRule> rules, Phase phase, Supplier<String> newId)
            throws IOException {
        if (rules.isEmpty()) {
            return null;
        }
        List<Draft> drafts = new ArrayList<>();
        for (EnvironmentRule rule : rules) {
            try {
                drafts.add(draft(rule, phase));
            } catch (IllegalArgumentException x) {
                throw new IllegalArgumentException(field + '[' + drafts.size() + "]." + x.getMessage(), x);
            }
        }
        return approvals(newId.get(), "rule of " + environment, phase, drafts);
    }

    private Draft draft(EnvironmentRule rule, Phase phase) {
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
        return step.draft(environment, true);
    }

    private StepApprovals approvals(String seed, String list, Phase phase, List<Draft> drafts) throws IOException {
        return new StepApprovals(
                seed, phase, environment, new StepApprovals.Asked(seed, list, true, false, true), drafts);
    }

    /** Returns the wait for the next opening, of which {@code number} went before. */
    public StepApprovals opening(int number, Instant at, Duration atMost, CallbackTokens tokens) throws IOException {
        Terms terms = Terms.standard()
                .phase(Phase.BEFORE_DEPLOYMENT)
                .environment(environment)
                .rule(true)
                .timeout(atMost)
                .opensAt(at)
                .build();
        return approvals(
                openingId(number, tokens),
                "windows of '" + environment + "'",
                Phase.BEFORE_DEPLOYMENT,
                List.of(Draft.withoutCalls(terms)));
    }

    public String openingId(int number, CallbackTokens tokens) {
        return tokens.idOf(openings, number);
    }

    /** Returns whether a wait for the rules or the windows has that seed. */
    public boolean have(String seed, CallbackTokens tokens) {
        return Stream.of(before, after)
                        .anyMatch(each -> each != null && each.seed().equals(seed))
                || IntStream.range(0, MOST_OPENINGS)
                        .anyMatch(number -> openingId(number, tokens).equals(seed));
    }

    public String environment() {
        return environment;
    }

    @CheckForNull
    public StepApprovals before() {
        return before;
    }

    @CheckForNull
    public StepApprovals after() {
        return after;
    }

    /** Returns what is asked for after the deployment, {@code null} for nothing. */
    @CheckForNull
    public OpenApproval checks(Place place) {
        return after == null ? null : after.at(place);
    }

    public Windows windows() {
        return windows;
    }

    /** Returns how long a deployment waits for an opening at most. */
    public Duration longestWait() {
        return longestWait;
    }
}
