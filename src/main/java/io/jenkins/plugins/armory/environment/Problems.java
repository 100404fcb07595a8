package io.jenkins.plugins.armory.environment;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.approval.Phase;
import io.jenkins.plugins.armory.environment.Environment.State;
import java.util.Collection;
import java.util.List;

/** The messages to the author of a Pipeline that asks for something impossible. */
final class Problems {

    private Problems() {}

    static String unknown(String name, Collection<String> known) {
        return "environment: this build has no environment \"" + name + "\""
                + (known.isEmpty() ? "" : "; it has " + quoted(known)) + ". Correct the name";
    }

    static String notReached(String name, String step) {
        return "environment: this build has not come to environment \"" + name + "\" yet; put " + step
                + " armoryEnvironment('" + name + "')";
    }

    static String declaredTwice(Environment known) {
        String name = "name: \"" + known.name() + "\" ";
        return known.endedWithoutDeployment()
                ? name + "was deployed to already in this build, which ended as " + known.state() + ": "
                        + known.reason()
                        + "\n"
                        + "An environment is deployed to once; to try again, put retry into armoryEnvironment, around"
                        + " its steps."
                : name + "is deployed to twice in this build; give one of the two another name";
    }

    static String full(int most, long length) {
        return "what is kept of the environments and failures of this build is longer than " + most
                + " characters: it has " + length
                + "; name fewer environments in dependsOn, or divide the Pipeline among several builds";
    }

    static String gateClosed(String name, String reason) {
        return "an approval that names \"" + name + "\" has failed: " + reason;
    }

    static String waitsForItself(String name, List<String> cycle, Graph graph) {
        return "dependsOn: \"" + name + "\" would wait for itself: " + String.join(" -> ", cycle) + "\n" + graph;
    }

    /** Returns the message for dependencies that nothing in the build deploys to. */
    static String neverReached(List<String> names, String graph) {
        return "dependsOn: nothing in this build deploys to " + quoted(names) + ", and nothing that could is left; "
                + "correct the name, or put the environment that is depended on before this one, or in a branch beside"
                + " it. A stage of that name is no environment: put armoryEnvironment('" + names.get(0)
                + "') { ... } into it, around what is in it\n" + graph;
    }

    /**
     * Returns why an approval comes too late for an environment, {@code null} if it does not.
     *
     * @param inside whether it is in the body of the environment, or of its rollback
     */
    @CheckForNull
    static String tooLate(Environment environment, Phase phase, boolean inside) {
        String name = environment.name();
        if (environment.endedWithoutDeployment() && !(inside && environment.isRollingBack())) {
            return "environment \"" + name + "\" is " + environment.state() + " already: " + environment.reason();
        }
        if (environment.state() == State.COMPLETE && phase != Phase.AFTER_DEPLOYMENT) {
            return "environment \"" + name + "\" is complete, and an approval of the phase " + phase
                    + " would guard nothing any more; put it into armoryEnvironment('" + name
                    + "'), or give it phase: 'afterDeployment'";
        }
        if (environment.state() == State.DEPLOYING && phase == Phase.BEFORE_DEPLOYMENT && !inside) {
            return "environment \"" + name + "\" is being deployed to already, so an approval of the phase " + phase
                    + " guards nothing any more; put it into armoryEnvironment('" + name + "'), or before it";
        }
        return null;
    }

    /**
     * Returns why an environment is not rolled back.
     *
     * @param within whether that is asked for in its own body, after an approval of it has failed
     */
    static String noRollback(@CheckForNull Environment environment, boolean within) {
        if (environment == null || !environment.isReached()) {
            return "it was not deployed to";
        }
        if (environment.rollback() != null) {
            return "it has been rolled back already";
        }
        if (environment.state() != State.FAILED && !within) {
            return "its state is " + environment.state();
        }
        return environment.deployed()
                ? "it failed after its deployment, and what is deployed stays"
                : "it failed before anything was deployed";
    }

    private static String quoted(Collection<String> names) {
        return "\"" + String.join("\", \"", names) + "\"";
    }
}
