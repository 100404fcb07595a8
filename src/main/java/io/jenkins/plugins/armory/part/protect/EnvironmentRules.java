package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Extension;
import hudson.model.Run;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.part.protect.window.Windows;
import io.jenkins.plugins.armory.step.approval.ArmoryWebhookApprovalStep;
import io.jenkins.plugins.armory.step.approval.Demands;
import io.jenkins.plugins.armory.step.approval.Draft;
import io.jenkins.plugins.armory.step.approval.EnvironmentGuard;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What an entry of the settings demands of a deployment, as it was when the build came to the environment. */
@Restricted(NoExternalUse.class)
public final class EnvironmentRules extends Demands {

    private static final long serialVersionUID = 1L;

    private final Windows windows;
    private final Duration longestWait;

    private EnvironmentRules(EnvironmentDefinition definition, Supplier<String> newId) throws IOException {
        super(
                definition.getName(),
                drafts("before", definition, definition.getBefore(), Phase.BEFORE_DEPLOYMENT),
                drafts("after", definition, definition.getAfter(), Phase.AFTER_DEPLOYMENT),
                newId);
        windows = definition.toWindows();
        longestWait = Duration.ofDays(definition.getWaitAtMost());
    }

    private static List<Draft> drafts(
            String field, EnvironmentDefinition definition, List<EnvironmentRule> rules, Phase phase) {
        List<Draft> drafts = new ArrayList<>();
        for (EnvironmentRule rule : rules) {
            try {
                drafts.add(draft(definition.getName(), rule, phase));
            } catch (IllegalArgumentException x) {
                throw new IllegalArgumentException(field + '[' + drafts.size() + "]." + x.getMessage(), x);
            }
        }
        return drafts;
    }

    private static Draft draft(String environment, EnvironmentRule rule, Phase phase) {
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

    @Override
    public boolean isOpen(Instant at) {
        return windows.isOpen(at);
    }

    @Override
    public String whyClosed(Instant at) {
        return windows.whyClosed(at);
    }

    @Override
    public Optional<Instant> nextOpening(Instant from) {
        return windows.nextOpening(from);
    }

    @Override
    public Duration longestWait() {
        return longestWait;
    }

    /** Asks the settings. */
    @Extension
    public static final class Guard implements EnvironmentGuard {

        @CheckForNull
        @Override
        public Demands demandsOf(String environment, Run<?, ?> run, Supplier<String> newId) throws IOException {
            EnvironmentDefinition definition = ArmoryEnvironments.find(
                            environment, run.getParent().getFullName())
                    .orElse(null);
            try {
                return definition == null ? null : new EnvironmentRules(definition, newId);
            } catch (IllegalArgumentException x) { // the settings were changed by hand
                throw new AbortException("the environment \"" + environment
                        + "\" of Jenkins's settings cannot be used: " + x.getMessage()
                        + "; an administrator has to mend it");
            }
        }
    }
}
