package io.jenkins.plugins.armory.deployment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Action;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.ManualApproval;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Pause;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.RunWebhook;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Step;
import io.jenkins.plugins.armory.deployment.DeploymentPlan.Target;
import java.io.InvalidObjectException;
import java.io.ObjectStreamException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The serialized form of a part of a {@link DeploymentPlan}, in a build's {@code program.dat}. A record is replaced by an object of
 * this class and comes back from it through its constructor. So what is on disk depends neither on the names of records and their
 * components nor on how JBoss Marshalling treats records.
 */
final class SavedPart implements Serializable {

    private static final long serialVersionUID = 1L;

    // Names on disk.
    private static final String PLAN = "plan";
    private static final String TARGET = "target";
    private static final String ACTION = "action";
    private static final String WEBHOOK = "webhook";
    private static final String APPROVAL = "approval";
    private static final String PAUSE = "pause";

    private final String type;
    /** Texts, times in seconds, lists and maps; the parts in them are saved in this form too. */
    private final ArrayList<Object> values;

    private SavedPart(String type, Object... values) {
        this.type = type;
        this.values = new ArrayList<>(Arrays.asList(values));
    }

    static SavedPart of(DeploymentPlan plan) {
        return new SavedPart(PLAN, new ArrayList<>(plan.targets()), seconds(plan.actionTimeout()));
    }

    static SavedPart of(Target target) {
        var strategy = new ArrayList<ArrayList<Step>>();
        target.strategy().forEach(group -> strategy.add(new ArrayList<>(group)));
        return new SavedPart(
                TARGET,
                target.name(),
                target.account(),
                target.namespace(),
                new ArrayList<>(target.dependsOn()),
                new ArrayList<>(target.before()),
                strategy,
                new ArrayList<>(target.after()));
    }

    static SavedPart of(Action action) {
        return new SavedPart(
                ACTION, action.id(), action.label(), action.action(), new LinkedHashMap<>(action.variables()));
    }

    static SavedPart of(RunWebhook step) {
        return new SavedPart(WEBHOOK, step.id(), step.label(), step.webhook(), new LinkedHashMap<>(step.context()));
    }

    static SavedPart of(ManualApproval step) {
        return new SavedPart(
                APPROVAL, step.id(), step.label(), new ArrayList<>(step.roles()), seconds(step.expiration()));
    }

    static SavedPart of(Pause step) {
        return new SavedPart(PAUSE, step.id(), step.label(), seconds(step.duration()));
    }

    private Object readResolve() throws ObjectStreamException {
        try {
            return restored();
        } catch (ClassCastException | IndexOutOfBoundsException | NullPointerException | IllegalArgumentException x) {
            var invalid = new InvalidObjectException("not a part of a deployment plan: " + type);
            invalid.initCause(x);
            throw invalid;
        }
    }

    private Object restored() throws InvalidObjectException {
        return switch (type) {
            case PLAN -> new DeploymentPlan(list(0), time(1));
            case TARGET -> new Target(text(0), text(1), text(2), list(3), list(4), list(5), list(6));
            case ACTION -> new Action(text(0), text(1), text(2), map(3));
            case WEBHOOK -> new RunWebhook(text(0), text(1), text(2), map(3));
            case APPROVAL -> new ManualApproval(text(0), text(1), list(2), time(3));
            case PAUSE -> new Pause(text(0), text(1), time(2));
            default -> throw new InvalidObjectException("unknown part of a deployment plan: " + type);
        };
    }

    private String text(int index) {
        return (String) values.get(index);
    }

    @SuppressWarnings("unchecked")
    private <T> List<T> list(int index) {
        return (List<T>) values.get(index);
    }

    @SuppressWarnings("unchecked")
    private Map<String, String> map(int index) {
        return (Map<String, String>) values.get(index);
    }

    @CheckForNull
    private Duration time(int index) {
        Long seconds = (Long) values.get(index);
        return seconds == null ? null : Duration.ofSeconds(seconds);
    }

    @CheckForNull
    private static Long seconds(@CheckForNull Duration duration) {
        return duration == null ? null : duration.toSeconds();
    }
}
