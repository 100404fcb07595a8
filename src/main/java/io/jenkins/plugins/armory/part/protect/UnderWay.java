package io.jenkins.plugins.armory.part.protect;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import hudson.AbortException;
import hudson.model.Run;
import io.jenkins.plugins.armory.call.Settings;
import io.jenkins.plugins.armory.environment.Deployment;
import io.jenkins.plugins.armory.runtime.ArmoryRuntime;
import io.jenkins.plugins.armory.runtime.Deployments;
import io.jenkins.plugins.armory.runtime.SeenCommits;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Says whether a build gets what environments of the administrators own: while it is deploying to one of them, or
 * rolling it back. The settings and the build are looked at anew each time, and of the build only what is on disk
 * counts.
 */
final class UnderWay {

    private UnderWay() {}

    /** Returns the environments of the administrators; none if the settings cannot be read. */
    static List<EnvironmentDefinition> environments() {
        return Settings.get().problem().isPresent()
                ? List.of()
                : ArmoryEnvironments.get().getEnvironments();
    }

    /**
     * Returns whether a build is deploying to an environment, or rolling it back. Looks at memory alone, which has the
     * environments of every build that runs, once it goes on after a restart of Jenkins.
     *
     * @param owns whether the environment's entry for the job has what the build asks for
     */
    static boolean isAt(Run<?, ?> run, String environment, Predicate<EnvironmentDefinition> owns) {
        try {
            String asked = run.isBuilding() && SeenCommits.find(run) != null
                    ? ArmoryRuntime.get()
                            .deployments()
                            .underWay(run, environment)
                            .orElse(null)
                    : null;
            if (asked == null) {
                return false;
            }
            // A job that was renamed meanwhile must not have met the rules of another entry.
            Optional<EnvironmentDefinition> entry =
                    ArmoryEnvironments.find(environment, run.getParent().getFullName());
            return entry.filter(owns).isPresent() && entry.equals(ArmoryEnvironments.find(environment, asked));
        } catch (AbortException x) {
            return false; // not exactly one entry is for the job
        }
    }

    /**
     * Checks that a build may read the secret of a credential now.
     *
     * @param run {@code null} if no build asks
     * @throws IllegalArgumentException saying what is missing
     */
    static void require(String credential, @CheckForNull Run<?, ?> run) {
        Predicate<EnvironmentDefinition> owns = each -> each.getCredentials().contains(credential);
        List<String> names = environments().stream()
                .filter(owns)
                .filter(each -> run == null || each.isFor(run.getParent().getFullName()))
                .map(EnvironmentDefinition::getName)
                .distinct()
                .toList();
        String closed = "credential \"" + credential + "\" is given out only for an environment of Jenkins's settings";
        if (names.isEmpty()) {
            throw new IllegalArgumentException(closed
                    + ", and none lists it for this job, or the settings cannot be read;" + " ask an administrator");
        }
        String state =
                run == null ? "it is read without a build, or that build is not there any more" : state(run, names);
        if (run == null || names.stream().noneMatch(name -> isAt(run, name, owns))) {
            throw new IllegalArgumentException(closed + ", \"" + String.join("\", \"", names) + "\", and " + state
                    + ". Put what reads it into armoryEnvironment('" + names.get(0) + "') { }");
        }
    }

    /** Returns the states of environments in a build, and sees to it that memory has them. */
    private static String state(Run<?, ?> run, List<String> names) {
        Deployments deployments = ArmoryRuntime.get().deployments();
        try {
            Deployment deployment = deployments.of(run).deployment();
            return run.getFullDisplayName() + " is not deploying to it"
                    + names.stream()
                            .flatMap(name -> deployment.find(name).stream())
                            .findFirst()
                            .map(each -> ": there it is " + each.state())
                            .orElse("");
        } catch (IOException x) {
            return "the environments of " + run.getFullDisplayName() + " cannot be read: " + x.getMessage();
        }
    }
}
