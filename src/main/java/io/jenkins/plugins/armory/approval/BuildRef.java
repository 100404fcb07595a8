package io.jenkins.plugins.armory.approval;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Objects;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The build that an approval belongs to.
 *
 * @param job full name of the job, folders separated by {@code /}; follows renames and moves
 * @param number build number
 */
@Restricted(NoExternalUse.class)
public record BuildRef(
        @JsonProperty("job") String job,
        @JsonProperty("number") int number) {

    public BuildRef {
        Objects.requireNonNull(job, "job");
    }

    /** Returns whether the build's job is the item of that full name or lies below it. */
    public boolean isIn(String fullName) {
        return job.equals(fullName) || job.startsWith(fullName + '/');
    }

    /** Returns the build once its job, or a folder around it, has another full name. */
    public BuildRef renamed(String before, String after) {
        return isIn(before) ? new BuildRef(after + job.substring(before.length()), number) : this;
    }

    @Override
    public String toString() {
        return job + '#' + number;
    }
}
