package io.jenkins.plugins.armory.part.protect;

import hudson.AbortException;
import hudson.ExtensionList;
import io.jenkins.plugins.armory.config.form.WebhookDefinition;
import java.util.List;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The environments of the administrators, and what their rules call. Only the settings have any: a folder may not define, loosen or override
 * one.
 */
@Restricted(NoExternalUse.class)
public interface Environments {

    /** Returns why the settings are not known, for administrators; empty if they are. */
    Optional<String> problem();

    /** Returns all entries, in the order of the settings. A name may have several, for different jobs. */
    List<EnvironmentDefinition> getEnvironments();

    /** Returns the webhooks of the settings, which are the only ones that a rule may call. */
    List<WebhookDefinition> getWebhooks();

    static Environments get() {
        return ExtensionList.lookupFirst(Environments.class);
    }

    /**
     * Returns the entry of an environment that is for a job; empty if the settings have none of that name.
     *
     * @param job the full name of the job
     * @throws AbortException if the settings are not known, or have the name and not exactly one entry for the job
     */
    static Optional<EnvironmentDefinition> find(String name, String job) throws AbortException {
        if (get().problem().isPresent()) {
            throw new AbortException(
                    "the settings of Jenkins cannot be read, so it is not known whether the environment \"" + name
                            + "\" has rules; Jenkins's log says what an administrator has to do");
        }
        List<EnvironmentDefinition> named = get().getEnvironments().stream()
                .filter(entry -> entry.getName().equals(name))
                .toList();
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
}
