package io.jenkins.plugins.armory.part.protect;

import com.fasterxml.jackson.annotation.JsonProperty;
import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.environment.Environment;
import io.jenkins.plugins.armory.environment.Release;
import io.jenkins.plugins.armory.webhook.text.Bound;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * How the deployment of one build to an environment of the administrators ended.
 *
 * @param job the full name that the job had then
 * @param checksFailed whether it is deployed, and a check after that has failed
 * @param at when it ended
 * @param decidedBy who decided the approvals of the environment, for people
 * @param release what was deployed
 * @param replay whether the build ran a changed program
 * @param commit the id of the newest commit, {@code null} if unknown
 */
@Restricted(NoExternalUse.class)
public record EndedDeployment(
        @JsonProperty("environment") String environment,
        @JsonProperty("job") String job,
        @JsonProperty("build") int build,
        @JsonProperty("state") Environment.State state,
        @JsonProperty("checksFailed") boolean checksFailed,
        @JsonProperty("at") Instant at,
        @JsonProperty("decidedBy") List<String> decidedBy,
        @JsonProperty("release") Release release,
        @JsonProperty("replay") boolean replay,
        @CheckForNull @JsonProperty("commit") String commit) {

    /** The most people of one deployment that are named. */
    private static final int PEOPLE = 10;

    public EndedDeployment {
        Objects.requireNonNull(environment, "environment");
        Objects.requireNonNull(job, "job");
        Objects.requireNonNull(state, "state");
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(release, "release");
        decidedBy =
                decidedBy.stream().distinct().limit(PEOPLE).map(Bound.LINE::cut).toList();
        commit = Bound.LINE.cut(commit);
    }

    /** Returns whether both are of one build and environment. */
    public boolean isSame(EndedDeployment other) {
        return build == other.build && environment.equals(other.environment) && job.equals(other.job);
    }
}
