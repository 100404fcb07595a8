package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.config.EnvironmentDefinition;
import io.jenkins.plugins.armory.config.EnvironmentRule;
import io.jenkins.plugins.armory.config.Environments;
import io.jenkins.plugins.armory.window.Windows;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What the settings ask of a deployment to an environment, as the program has it: frozen when the step starts. Each wait has a seed of its
 * own, which nobody knows before, so nothing in the Pipeline makes up for a rule.
 */
@Restricted(NoExternalUse.class)
public final class EnvironmentRules implements Serializable {

    private static final long serialVersionUID = 1L;

    private final String environment;

    /** {@code null} for nothing. */
    @CheckForNull
    private final Awaited before;

    /** {@code null} for nothing. */
    @CheckForNull
    private final Awaited after;

    private final Windows windows;
    private final Duration longestWait;

    /** The seed of the waits for an opening, one after another. */
    private final String openings;

    private EnvironmentRules(EnvironmentDefinition definition, CallbackTokens tokens) throws IOException {
        environment = definition.getName();
        before = awaited("before", definition.getBefore(), Phase.BEFORE_DEPLOYMENT, tokens);
        after = awaited("after", definition.getAfter(), Phase.AFTER_DEPLOYMENT, tokens);
        windows = definition.toWindows();
        longestWait = Duration.ofDays(definition.getWaitAtMost());
        openings = tokens.newId();
    }

    /**
     * Returns what the settings ask of a build that has come to an environment, {@code null} if they do not have it.
     *
     * @throws AbortException if they have it and it is not for the job of the build, or is not defined well
     */
    @CheckForNull
    public static EnvironmentRules find(String environment, Run<?, ?> run, CallbackTokens tokens) throws IOException {
        EnvironmentDefinition definition =
                Environments.find(environment, run.getParent().getFullName()).orElse(null);
        try {
            return definition == null ? null : new EnvironmentRules(definition, tokens);
        } catch (IllegalArgumentException x) { // the settings were changed by hand
            throw new AbortException("the environment \"" + environment + "\" of Jenkins's settings cannot be used: "
                    + x.getMessage() + "; an administrator has to mend it");
        }
    }

    @CheckForNull
    private Awaited awaited(String field, List<EnvironmentRule> rules, Phase phase, CallbackTokens tokens)
            throws IOException {
        if (rules.isEmpty()) {
            return null;
        }
        String list = "rules of '" + environment + "', " + field;
        List<ApprovalDefinition> definitions = new ArrayList<>();
        for (EnvironmentRule rule : rules) {
            try {
                definitions.add(ApprovalDefinition.of(rule, environment, phase));
            } catch (IllegalArgumentException x) {
                throw new IllegalArgumentException(field + '[' + definitions.size() + "]." + x.getMessage(), x);
            }
        }
        return awaited(tokens.newId(), list, phase, definitions);
    }

    private Awaited awaited(String seed, String list, Phase phase, List<ApprovalDefinition> definitions)
            throws IOException {
        return new Awaited(seed, phase, environment, new Awaited.Asked(seed, list, true, false), definitions);
    }

    /** Returns the wait for the next opening, of which {@code number} went before. */
    Awaited opening(int number, Instant at, Instant until, CallbackTokens tokens) throws IOException {
        return awaited(
                openingId(number, tokens),
                "windows of '" + environment + "'",
                Phase.BEFORE_DEPLOYMENT,
                List.of(ApprovalDefinition.of(new ApprovalDefinition.Opening(at, until), environment)));
    }

    String openingId(int number, CallbackTokens tokens) {
        return tokens.idOf(openings, number);
    }

    String environment() {
        return environment;
    }

    @CheckForNull
    Awaited before() {
        return before;
    }

    @CheckForNull
    Awaited after() {
        return after;
    }

    /** Returns the id by which the environments know what is asked for after the deployment, {@code null} for nothing. */
    @CheckForNull
    public String checks() {
        return after == null ? null : after.seed();
    }

    Windows windows() {
        return windows;
    }

    /** Returns how long a deployment waits for an opening at most. */
    Duration longestWait() {
        return longestWait;
    }
}
