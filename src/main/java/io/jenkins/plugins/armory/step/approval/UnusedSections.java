package io.jenkins.plugins.armory.step.approval;

import hudson.model.Run;
import io.jenkins.plugins.armory.builds.RunningBuild;
import io.jenkins.plugins.armory.flow.LogText;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The sections of a deployment file that {@code armoryWebhookApproval} does not use. An author who brings such a file may believe
 * in gates that are not there.
 *
 * @param file the name of the file
 */
record UnusedSections(String file, List<String> sections) {

    /** The files of a running build that the log has been told of. */
    private static final class Logged {
        private final Set<String> files = ConcurrentHashMap.newKeySet();
    }

    /** Writes one line, unless the build's log has it since Jenkins started. */
    void logOnce(Run<?, ?> run, Consumer<String> log) {
        RunningBuild build = ArmoryRuntime.get().runningBuilds().findOrCreate(run);
        if (!sections.isEmpty()
                && build != null
                && build.findOrCreate(Logged.class, Logged::new).files.add(file)) {
            log.accept(LogText.continued(file + " has " + String.join("; ", sections)
                    + ", which armoryWebhookApproval does not use; armoryDeployment runs the whole file."));
        }
    }
}
