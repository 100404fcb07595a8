package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.Extension;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.part.protect.window.Windows;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import io.jenkins.plugins.armory.step.approval.ApprovalFactory;
import io.jenkins.plugins.armory.step.approval.Demands;
import io.jenkins.plugins.armory.step.approval.EnvironmentGuard;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** What an entry of the settings demands of a deployment, as it was when the build came to the environment. */
@Restricted(NoExternalUse.class)
public final class EnvironmentRules extends Demands {

    private static final long serialVersionUID = 1L;

    private final Windows windows;
    private final Duration longestWait;

    private EnvironmentRules(EnvironmentDefinition definition, ApprovalFactory factory) throws AbortException {
        super(
                definition.getName(),
                approvals("before", definition, definition.getBefore(), Phase.BEFORE_DEPLOYMENT, factory),
                approvals("after", definition, definition.getAfter(), Phase.AFTER_DEPLOYMENT, factory),
                factory);
        windows = definition.toWindows();
        longestWait = Duration.ofDays(definition.getWaitAtMost());
    }

    private static List<Approval> approvals(
            String field,
            EnvironmentDefinition definition,
            List<EnvironmentRule> rules,
            Phase phase,
            ApprovalFactory factory)
            throws AbortException {
        String environment = definition.getName();
        List<Approval> approvals = new ArrayList<>();
        for (EnvironmentRule rule : rules) {
            try {
                approvals.add(factory.approval(pathOf(environment), phase, environment, rule));
            } catch (IllegalArgumentException x) {
                throw new IllegalArgumentException(field + '[' + approvals.size() + "]." + x.getMessage(), x);
            }
        }
        return approvals;
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
        public Demands demandsOf(String environment, SuspendedExecution step) throws IOException, InterruptedException {
            EnvironmentDefinition definition = ArmoryEnvironments.find(
                            environment, step.build().getParent().getFullName())
                    .orElse(null);
            try {
                return definition == null ? null : new EnvironmentRules(definition, new ApprovalFactory(step, true));
            } catch (IllegalArgumentException x) { // the settings were changed by hand
                throw new AbortException("the environment \"" + environment
                        + "\" of Jenkins's settings cannot be used: " + x.getMessage()
                        + "; an administrator has to mend it");
            }
        }
    }
}
