package io.jenkins.plugins.armory.config;

import hudson.AbortException;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/** Lookup of the environments of the administrators. Only the settings have any: a folder may not define, loosen or override one. */
@Restricted(NoExternalUse.class)
public final class Environments {

    private Environments() {}

    /**
     * Returns the entry of an environment that is for a job; empty if the settings have none of that name.
     *
     * @param job the full name of the job
     * @throws AbortException if the settings are not known, or have the name and not exactly one entry for the job
     */
    public static Optional<EnvironmentDefinition> find(String name, String job) throws AbortException {
        if (ArmoryConfiguration.get().problem().isPresent()) {
            throw new AbortException(
                    "the settings of Jenkins cannot be read, so it is not known whether the environment \"" + name
                            + "\" has rules; Jenkins's log says what an administrator has to do");
        }
        List<EnvironmentDefinition> named =
                all().stream().filter(entry -> entry.getName().equals(name)).toList();
        List<EnvironmentDefinition> forJob =
                named.stream().filter(entry -> entry.isFor(job)).toList();
        if (forJob.size() == 1 || named.isEmpty()) {
            return forJob.stream().findFirst();
        }
        throw new AbortException("the environment \"" + name + "\" of Jenkins's settings "
                + (forJob.isEmpty()
                        ? "is not for the job \"" + job + "\"; an administrator has to add the job to its jobs"
                        : "has " + forJob.size() + " entries for the job \"" + job
                                + "\"; an administrator has to leave one of them"));
    }

    /** Returns all entries, in the order of the settings. */
    public static List<EnvironmentDefinition> all() {
        return ArmoryConfiguration.get().getEnvironments();
    }
}
