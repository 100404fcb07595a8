package io.jenkins.plugins.armory.step;

import edu.umd.cs.findbugs.annotations.CheckForNull;
import io.jenkins.plugins.armory.webhook.Variables;
import java.io.Serializable;
import java.util.function.BiConsumer;
import org.kohsuke.accmod.Restricted;
import org.kohsuke.accmod.restrictions.NoExternalUse;

/**
 * The step of a deployment's plan around a Pipeline step. {@code armoryDeploymentAction} puts it into the context of
 * its body.
 *
 * @param planned the id in the plan
 * @param account the account of the target, {@code null} for none
 * @param namespace the namespace of the target, {@code null} for none
 */
@Restricted(NoExternalUse.class)
public record EnclosingAction(
        String planned,
        @CheckForNull String account,
        @CheckForNull String namespace) implements Serializable {

    /** Gives out the values that templates have of the target. */
    public void variables(BiConsumer<String, String> variables) {
        if (account != null) {
            variables.accept(Variables.ACCOUNT_NAME, account);
        }
        if (namespace != null) {
            variables.accept(Variables.NAMESPACE, namespace);
        }
    }
}
