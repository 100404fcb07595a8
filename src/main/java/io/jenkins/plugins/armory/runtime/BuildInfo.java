package io.jenkins.plugins.armory.runtime;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.model.Cause;
import hudson.model.ParameterValue;
import hudson.model.ParametersAction;
import hudson.model.Run;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.util.List;
import java.util.Objects;
import org.jenkinsci.plugins.pipeline.modeldefinition.causes.RestartDeclarativePipelineCause;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * What people should know of a build before they approve it. All texts are from outside and cut.
 *
 * @param causes why it was started
 * @param parameters those that are no secrets
 * @param replay whether it runs a changed program, or may, see {@link #isReplay}
 * @param commits what it has checked out
 */
@Restricted(NoExternalUse.class)
public record BuildInfo(List<String> causes, List<Parameter> parameters, boolean replay, List<Commit> commits) {

    /** The most causes and parameters that are shown. */
    private static final int SHOWN = 20;
    /** A class of the plugin Pipeline: Groovy. */
    private static final String REPLAY = "org.jenkinsci.plugins.workflow.cps.replay.ReplayCause";
    /** By its name, since Declarative Pipelines need not be installed. */
    private static final String RESTART =
            "org.jenkinsci.plugins.pipeline.modeldefinition.causes.RestartDeclarativePipelineCause";
    /** The most restarts that are followed, each of which reads a build. */
    private static final int RESTARTS = 100;

    public record Parameter(String name, String value) {}

    /** @param repository its address, without a password */
    public record Commit(String id, String repository) {}

    public static BuildInfo of(Run<?, ?> run) {
        ParametersAction action = run.getAction(ParametersAction.class);
        List<ParameterValue> values = action == null ? List.of() : action.getParameters();
        return new BuildInfo(
                run.getCauses().stream()
                        .map(Cause::getShortDescription)
                        .filter(Objects::nonNull)
                        .limit(SHOWN)
                        .map(Bound.LINE::cut)
                        .toList(),
                values.stream()
                        .filter(value -> !value.isSensitive())
                        .limit(SHOWN)
                        .map(value -> new Parameter(
                                Bound.LINE.cut(value.getName()), Bound.LINE.cut(String.valueOf(value.getValue()))))
                        .toList(),
                isReplay(run),
                Commits.of(run));
    }

    /**
     * Returns whether a build runs a changed program, or may: one that was restarted from a stage runs that of its
     * original build, which may be deleted.
     */
    public static boolean isReplay(Run<?, ?> run) {
        Run<?, ?> original = run;
        for (int restarts = 0; original != null && restarts <= RESTARTS; restarts++) {
            if (find(original, REPLAY) != null) {
                return true;
            }
            Cause restart = find(original, RESTART);
            if (restart == null) {
                return false;
            }
            original = ((RestartDeclarativePipelineCause) restart).getOriginal();
        }
        return true;
    }

    @CheckForNull
    private static Cause find(Run<?, ?> run, String type) {
        return run.getCauses().stream()
                .filter(cause -> cause.getClass().getName().equals(type))
                .findFirst()
                .orElse(null);
    }

    /** Returns the id of the commit of the first checkout, {@code null} if none is known. */
    @CheckForNull
    public static String commit(Run<?, ?> run) {
        return Commits.of(run).stream().findFirst().map(Commit::id).orElse(null);
    }
}
