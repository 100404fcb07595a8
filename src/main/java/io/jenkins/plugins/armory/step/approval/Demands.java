package io.jenkins.plugins.armory.step.approval;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Approval;
import io.jenkins.plugins.armory.approval.OpenApproval;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.approval.Place;
import io.jenkins.plugins.armory.approval.Terms;
import io.jenkins.plugins.armory.callback.token.CallbackTokens;
import io.jenkins.plugins.armory.step.SuspendedExecution;
import java.io.IOException;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What an environment demands of one deployment: approvals before and after it, and a time at which it may begin. The
 * program keeps it from the moment at which the build comes to the environment. Each wait has a random seed, so that no
 * approval of the Pipeline passes for a retry of one of these.
 */
@Restricted(NoExternalUse.class)
public abstract class Demands implements Serializable {

    private static final long serialVersionUID = 1L;

    /** The most openings that one deployment waits for, one after the other. */
    private static final int MOST_OPENINGS = 1000;

    private final String environment;

    @CheckForNull
    private final StepApprovals before;

    @CheckForNull
    private final StepApprovals after;

    /** The seed of the waits for an opening, one after another. */
    private final String openings;

    /**
     * @param before the approvals before the deployment, empty for none
     * @param after the approvals after the deployment, empty for none
     * @param factory whose they are
     */
    protected Demands(String environment, List<Approval> before, List<Approval> after, ApprovalFactory factory) {
        this.environment = environment;
        this.before = approvals(Phase.BEFORE_DEPLOYMENT, before, factory);
        this.after = approvals(Phase.AFTER_DEPLOYMENT, after, factory);
        openings = factory.newId();
    }

    /** Returns what messages name the rules of an environment by. */
    protected static String pathOf(String environment) {
        return "rule of " + environment;
    }

    /** Returns whether the deployment may begin at a time. */
    public abstract boolean isOpen(Instant at);

    /** Returns why it may not, for people. */
    public abstract String whyClosed(Instant at);

    /** Returns when it may, empty if that is not within a year. */
    public abstract Optional<Instant> nextOpening(Instant from);

    /** Returns how long a deployment waits for an opening at most. */
    public abstract Duration longestWait();

    @CheckForNull
    private StepApprovals approvals(Phase phase, List<Approval> rules, ApprovalFactory factory) {
        return rules.isEmpty() ? null : approvals(factory.newId(), pathOf(environment), phase, rules);
    }

    private StepApprovals approvals(String seed, String list, Phase phase, List<Approval> rules) {
        return new StepApprovals(
                seed, phase, environment, new StepApprovals.Asked(seed, list, true, false, true), rules);
    }

    /** Returns the wait for the next opening, of which {@code number} went before. */
    StepApprovals opening(int number, Instant at, Duration atMost, SuspendedExecution step)
            throws IOException, InterruptedException {
        Terms terms = Terms.standard()
                .phase(Phase.BEFORE_DEPLOYMENT)
                .environment(environment)
                .rule(true)
                .timeout(atMost)
                .opensAt(at)
                .build();
        String list = "windows of '" + environment + "'";
        return approvals(
                openingId(number, step.armory().tokens()),
                list,
                Phase.BEFORE_DEPLOYMENT,
                List.of(new ApprovalFactory(step, true).approval(terms, rest -> rest.path(list))));
    }

    String openingId(int number, CallbackTokens tokens) {
        return tokens.idOf(openings, number);
    }

    /** Returns whether one of these waits has that seed. */
    public boolean have(String seed, CallbackTokens tokens) {
        return Stream.of(before, after)
                        .anyMatch(each -> each != null && each.seed().equals(seed))
                || IntStream.range(0, MOST_OPENINGS)
                        .anyMatch(number -> openingId(number, tokens).equals(seed));
    }

    public String environment() {
        return environment;
    }

    /** Returns the approvals before the deployment, {@code null} for none. */
    @CheckForNull
    StepApprovals before() {
        return before;
    }

    /** Returns the approvals after the deployment, {@code null} for none. */
    @CheckForNull
    StepApprovals after() {
        return after;
    }

    /** Returns the approvals after the deployment as the environments know them, {@code null} for none. */
    @CheckForNull
    public OpenApproval checks(Place place) {
        return after == null ? null : after.at(place);
    }
}
