package io.jenkins.plugins.armory.deploymentfile;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The parts of an Armory deployment file that webhooks need: its {@code webhooks}, its {@code context} with
 * {@code contextOverrides}, and the {@code account} and {@code namespace} of its {@code targets}. {@link PlannedDeployment} has the
 * whole file.
 *
 * <p>A {@code webhooks} section must follow Armory's schema, without further fields. One addition is accepted: a
 * {@code bodyTemplate} that is a string, as Armory's command line tool generates it.
 *
 * @param webhooks the webhooks by their names, in the order of the file
 * @param context the values of {@code {{context.*}}} for the whole deployment
 * @param targets the places of the targets by their names
 * @param unusedByWebhooks the parts of the file that a step ignores which uses one of its webhooks, for the log:
 *     {@code constraints of prod, staging}, {@code strategies}. It is empty for the file of a {@link PlannedDeployment},
 *     which uses all of it.
 */
@Restricted(NoExternalUse.class)
public record DeploymentFile(
        Map<String, Webhook> webhooks,
        Map<String, String> context,
        Map<String, Target> targets,
        List<String> unusedByWebhooks) {

    public DeploymentFile {
        webhooks = Collections.unmodifiableMap(webhooks);
        context = Collections.unmodifiableMap(context);
        targets = Collections.unmodifiableMap(targets);
        unusedByWebhooks = List.copyOf(unusedByWebhooks);
    }

    /** Thrown for a file that cannot be used. The message has one line for each problem, with its place in the file. */
    public static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidException(List<String> problems) {
            super(String.join("\n", problems));
        }
    }

    /** The place that a target of the file deploys to. */
    public record Target(
            @CheckForNull String account, @CheckForNull String namespace) {}

    /**
     * Reads a file for a step that uses one of its webhooks. Sections that have nothing to do with webhooks are not looked at.
     *
     * @param name the name of the file in messages
     * @param text the content of the file
     * @throws InvalidException if the text is not YAML, or its {@code webhooks} break a rule
     */
    public static DeploymentFile parse(String name, String text) throws InvalidException {
        return new DeploymentFileReader(name).read(text);
    }

    /** Returns the target with the name of an environment. A target is Armory's environment. */
    public Optional<Target> target(@CheckForNull String environment) {
        return Optional.ofNullable(environment).map(targets::get);
    }
}
