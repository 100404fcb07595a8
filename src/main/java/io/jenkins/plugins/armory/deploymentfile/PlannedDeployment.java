package io.jenkins.plugins.armory.deploymentfile;

import io.jenkins.plugins.armory.deployment.DeploymentPlan;
import java.util.List;
import java.util.Map;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * A whole deployment file, checked, with the plan of its deployment.
 *
 * @param file the webhooks, the context and the targets of the file
 * @param whole what is to be done for each target of the file
 * @param plan the part of it that {@code targetFilters} keep
 * @param notes what the file has and does nothing here, one sentence each, for the log
 */
@Restricted(NoExternalUse.class)
public record PlannedDeployment(DeploymentFile file, DeploymentPlan whole, DeploymentPlan plan, List<String> notes) {

    public PlannedDeployment {
        notes = List.copyOf(notes);
    }

    /**
     * Reads a file.
     *
     * @param name the name of the file in messages
     * @param text the content of the file
     * @param context values for {@code {{context.*}}} that the Pipeline adds. They are above the file's {@code context} and
     *     {@code contextOverrides} and above those of a webhook, and below the {@code context} of a {@code runWebhook} or {@code analysis}
     * @throws DeploymentFile.InvalidException if the text is not YAML, or the file breaks a rule
     */
    public static PlannedDeployment read(String name, String text, Map<String, String> context)
            throws DeploymentFile.InvalidException {
        return new PlanReader(name, context).read(text);
    }

    /**
     * Reads a file to which the Pipeline adds no context.
     *
     * @throws DeploymentFile.InvalidException if the text is not YAML, or the file breaks a rule
     */
    public static PlannedDeployment read(String name, String text) throws DeploymentFile.InvalidException {
        return read(name, text, Map.of());
    }
}
