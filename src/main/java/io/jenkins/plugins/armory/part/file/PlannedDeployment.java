package io.jenkins.plugins.armory.part.file;

import io.jenkins.plugins.armory.webhook.Webhook;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A whole Armory deployment file, checked, with the plan of its deployment.
 *
 * <p>The file must follow Armory's schema, without further fields. One addition is accepted: a {@code bodyTemplate}
 * that is a string, as Armory's command line tool generates it.
 *
 * @param webhooks the webhooks by their names, in the order of the file
 * @param whole what is to be done for each target of the file
 * @param plan the part of it that {@code targetFilters} keep
 * @param notes what the file has and does nothing here, one sentence each, for the log
 */
@Restricted(NoExternalUse.class)
public record PlannedDeployment(
        Map<String, Webhook> webhooks, DeploymentPlan whole, DeploymentPlan plan, List<String> notes) {

    public PlannedDeployment {
        webhooks = Collections.unmodifiableMap(webhooks);
        notes = List.copyOf(notes);
    }

    /** Thrown for a file that cannot be used. The message has one line for each problem, with its place in the file. */
    public static final class InvalidException extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidException(List<String> problems) {
            super(String.join("\n", problems));
        }
    }

    /**
     * Reads a file.
     *
     * @param text the content of the file
     * @param context values for {@code {{context.*}}} that the Pipeline adds. They are above the file's {@code context}
     *     and {@code contextOverrides} and above those of a webhook, and below the {@code context} of a {@code
     *     runWebhook} or {@code analysis}
     * @param bodies the texts of the files that a {@code bodyTemplate.path} may name, by their paths
     * @throws InvalidException if the text is not YAML, or the file breaks a rule
     */
    public static PlannedDeployment read(String text, Map<String, String> context, Map<String, String> bodies)
            throws InvalidException {
        return new PlanReader(context, bodies).read(text);
    }
}
